"""Many policies and contracts at once, for benchmarks: copies of real records, written straight into their tables."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_timedelta

CHUNK = 500
Row = dict[str, Any]


def crowd_around(contract: Document, policies: int, contracts: int) -> list[str]:
    """Fill up to that many policies and contracts in all; returns the customers, one for each contract that was added.

    Every policy has hours of its own, so that no two share a calendar; every contract has its own customer.
    Customers, policies and contracts are complete records. Ledgers and periods are not made. The caller commits.
    """
    agreed = json.loads(contract.terms[0].package_snapshot)["sla_policy"]
    names = copy_policies(agreed, policies - frappe.db.count("SLA Policy")) or [agreed]
    customers = copy_record("Customer", contract.customer, contracts - frappe.db.count("Retainer Contract"), "Crowd")
    copy_contracts(contract, customers, names)
    return customers


def copy_policies(name: str, count: int) -> list[str]:
    def change_hours(row: Row, number: int) -> Row:
        return {**row, "start_time": get_timedelta(row["start_time"]) + timedelta(seconds=number)}

    copies = copy_record("SLA Policy", name, count, "Crowd Policy")
    for field in frappe.get_meta("SLA Policy").get_table_fields():
        change = change_hours if field.options == "SLA Policy Window" else None
        copy_children(field.options, name, copies, change)
    return copies


def copy_contracts(contract: Document, customers: list[str], policies: list[str]) -> None:
    def change_customer(row: Row, number: int) -> Row:
        return {**row, "customer": customers[number]}

    def change_policy(row: Row, number: int) -> Row:
        snapshot = json.loads(row["package_snapshot"])
        snapshot["sla_policy"] = policies[number % len(policies)]
        return {**row, "package_snapshot": json.dumps(snapshot)}

    copies = copy_record("Retainer Contract", contract.name, len(customers), "Crowd Contract", change_customer)
    copy_children("Retainer Contract Term", contract.name, copies, change_policy)


Change = Callable[[Row, int], Row]


def copy_record(doctype: str, name: str, count: int, prefix: str, change: Change | None = None) -> list[str]:
    """`count` copies of a row without its children; returns their names."""
    original = frappe.db.get_value(doctype, name, "*", as_dict=True)
    autoname = frappe.get_meta(doctype).autoname or ""
    named_by = ["name", *([autoname[6:]] if autoname.startswith("field:") else [])]
    first = frappe.db.count(doctype, {"name": ["like", f"{prefix} 0%"]})
    names = [f"{prefix} {first + number:06}" for number in range(count)]
    write(
        doctype,
        ({**_changed(original, number, change), **dict.fromkeys(named_by, copy)} for number, copy in enumerate(names)),
    )
    return names


def copy_children(doctype: str, parent: str, copies: list[str], change: Change | None = None) -> None:
    originals = frappe.get_all(doctype, filters={"parent": parent}, fields=["*"], order_by="idx")
    write(
        doctype,
        (
            {**_changed(row, number, change), "name": f"{copy}-{row.idx}", "parent": copy}
            for number, copy in enumerate(copies)
            for row in originals
        ),
    )


def _changed(row: Row, number: int, change: Change | None) -> Row:
    return change(row, number) if change else row


def write(doctype: str, rows: Iterator[Row]) -> None:
    values = list(rows)
    if values:
        fields = list(values[0])
        frappe.db.bulk_insert(doctype, fields, [[row[name] for name in fields] for row in values], chunk_size=CHUNK)
