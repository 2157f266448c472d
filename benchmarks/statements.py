"""What a process asks the server, by whatever connection: for counting inside the web application."""

from collections.abc import Iterator
from contextlib import contextmanager

from frappe.database.database import Database


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    asked: list[str] = []
    real = Database.sql

    def sql(self: Database, query: object, *values: object, **more: object) -> object:
        asked.append(str(query))
        return real(self, query, *values, **more)

    Database.sql = sql
    try:
        yield asked
    finally:
        Database.sql = real
