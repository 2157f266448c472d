"""Databases that live for one restore test. Each is held by a named lock of the connection that made it; a test that
is killed loses its lock with its connection, and the next one drops what is no longer held."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import frappe
from frappe import _

from support_retainer.exceptions import NoScratchDatabase

LONGEST_SECONDS = 3 * 3600
PREFIX = "_retainer_scratch_"
HOSTS = ("localhost", "127.0.0.1", "%")


@dataclass(frozen=True)
class Scratch:
    """`password` is that of a user who may do anything in this database and nothing elsewhere."""

    name: str
    password: str
    admin: "Admin"


class Admin:
    """A connection with the right to create databases."""

    def __init__(self) -> None:
        from frappe.database import get_db

        login, password = frappe.conf.get("root_login"), frappe.conf.get("root_password")
        if not (login and password):
            raise NoScratchDatabase(
                _(
                    "A restore test needs a database user who may create databases. Set root_login and root_password "
                    "in common_site_config.json."
                )
            )
        place = {"host": frappe.conf.db_host, "port": frappe.conf.db_port, "socket": frappe.conf.db_socket}
        self.db = get_db(**place, user=login, password=password, cur_db_name="")
        try:
            self.db.connect()
        except Exception as error:
            raise NoScratchDatabase(
                _(
                    "The database does not let {0} in. See root_login and root_password in common_site_config.json."
                ).format(login)
            ) from error

    def sql(self, query: str, values: object = None) -> list[tuple]:
        """`values` or a per cent sign in the query, not both: without values nothing is filled in."""
        rows = self.db.sql(query, values) if values else self.db.sql(query)
        return [tuple(row) for row in rows or ()]

    def close(self) -> None:
        self.db.close()


@contextmanager
def scratch_database() -> Iterator[Scratch]:
    """A new one with a user of its own; both are gone afterwards, whatever happened. Raises NoScratchDatabase."""
    admin = Admin()
    name = PREFIX + frappe.generate_hash(length=12)
    try:
        drop_forgotten(admin)
        admin.sql("select get_lock(%s, 5)", name)
        try:
            yield Scratch(name, create(admin, name), admin)
        finally:
            drop(admin, name)
    finally:
        admin.close()


def create(admin: Admin, name: str) -> str:
    password = frappe.generate_hash(length=32)
    admin.sql(f"create database `{name}` character set utf8mb4 collate utf8mb4_unicode_ci")
    for host in HOSTS:
        admin.sql(f"create user `{name}`@`{host}` identified by '{password}'")
        admin.sql(f"grant all privileges on `{name.replace('_', chr(92) + '_')}`.* to `{name}`@`{host}`")
    return password


def drop(admin: Admin, name: str) -> None:
    """Also when the connection was lost meanwhile: then with a new one."""
    with suppress(Exception):
        return _drop(admin, name)
    again = Admin()
    try:
        _drop(again, name)
    finally:
        again.close()


def _drop(admin: Admin, name: str) -> None:
    admin.sql(f"drop database if exists `{name}`")
    for host in HOSTS:
        admin.sql(f"drop user if exists `{name}`@`{host}`")


def forgotten(admin: Admin) -> list[str]:
    like = PREFIX.replace("_", chr(92) + "_") + "%"
    names = [
        row[0]
        for row in admin.sql("select schema_name from information_schema.schemata where schema_name like %s", like)
    ]
    return [name for name in names if admin.sql("select is_free_lock(%s)", name)[0][0]]


def drop_forgotten(admin: Admin) -> None:
    for name in forgotten(admin):
        _drop(admin, name)
