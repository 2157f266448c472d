"""Indexes on tables of Frappe and ERPNext that keep what is asked often flat, however many rows there are.

ERPNext asks, for each row of a timesheet, whether the user has others at that time; without an index it reads every
row there is. Its condition is an OR of three ranges, which MariaDB answers by joining two short ones: what begins after
the work began, and what ends after that. So it needs both orders; one alone is not used.
"""

import frappe

INDEXES = {
    # A client's list of tickets, all or of one status, newest first: a page costs what it shows, not what there is.
    "Issue": (("customer", "modified"), ("customer", "status", "modified")),
    "Timesheet Detail": (("from_time", "to_time"), ("to_time", "from_time")),
    "Timesheet": (("user", "retainer_day"), ("docstatus", "retainer_day")),
}
# Articles are searched while a client types.
FULLTEXT = {"Help Article": ("title", "content")}


def add() -> None:
    """A second call changes nothing; a first one changes tables and therefore commits."""
    for doctype, indexes in INDEXES.items():
        for fields in indexes:
            frappe.db.add_index(doctype, list(fields), name_of(fields))
    for doctype, fields in FULLTEXT.items():
        for field in fields:
            add_fulltext(f"tab{doctype}", field)


def add_fulltext(table: str, field: str) -> None:
    if not frappe.db.has_index(table, name_of((field,))):
        frappe.db.sql_ddl(f"ALTER TABLE `{table}` ADD FULLTEXT INDEX `{name_of((field,))}` (`{field}`)")


def drop() -> None:
    """Changes tables and therefore commits."""
    words = {doctype: tuple((field,) for field in fields) for doctype, fields in FULLTEXT.items()}
    for doctype, indexes in {**INDEXES, **words}.items():
        table = f"tab{doctype}"
        for name in map(name_of, indexes):
            if frappe.db.has_index(table, name):
                frappe.db.sql_ddl(f"ALTER TABLE `{table}` DROP INDEX `{name}`")


def name_of(fields: tuple[str, ...]) -> str:
    return "retainer_" + "_".join(fields)
