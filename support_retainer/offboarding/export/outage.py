"""A database that goes away in the middle of an export: it comes back, and the export goes on."""

import re
import time

import frappe
import pymysql

# Of MariaDB and its clients: no server, no answer, a connection cut by a restart, a server about to stop.
CODES = re.compile(r"\b(1053|1927|2002|2003|2006|2013)\b")
PATIENCE = 300.0  # seconds; a server that repairs its tables first takes minutes
EVERY = 1.0


class DumpBroke(OSError):
    """mariadb-dump ended before it was through, with its own words."""


def is_one(error: BaseException) -> bool:
    """Whether the failure is that of a server, the site's own or the client's, and not of what was asked of it."""
    known = isinstance(error, DumpBroke | pymysql.err.OperationalError) and CODES.search(str(error))
    return bool(known) or isinstance(error, pymysql.err.InterfaceError) or not answers()


def wait() -> None:
    """Until our own database answers, on a new connection. Raises what it says when patience is over."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            frappe.db.close()
            frappe.db.connect()
            frappe.db.sql("select 1")
        except pymysql.err.Error:
            if time.monotonic() > until:
                raise
            time.sleep(EVERY)
        else:
            return


def answers() -> bool:
    try:
        frappe.db.rollback()
        frappe.db.sql("select 1")
    except pymysql.err.Error:
        return False
    return True
