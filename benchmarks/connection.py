"""A connection to a site, and what the server has counted for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import frappe


def connect(site: str = "") -> None:
    """As Administrator; to the site that ./benchmark made, if no other is named."""
    frappe.init(site=site or os.environ["RETAINER_SITE"], sites_path=".", force=True)
    frappe.connect()


@contextmanager
def request(site: str) -> Iterator[None]:
    """Frappe as a web worker finds it at the start of a request; what is not committed is lost."""
    connect(site)
    try:
        yield
    finally:
        frappe.db.rollback()
        frappe.destroy()


def statements() -> int:
    """The count counts itself: a difference of two is one too many."""
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def rows_read() -> int:
    """Rows and index entries that the server has looked at."""
    return sum(int(value) for _name, value in frappe.db.sql("show session status like 'Handler_read%'"))
