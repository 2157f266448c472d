"""Rows that fill a site: older invoices and other clients' contracts, copied in bulk from real ones."""

import frappe

OLD = "OLD-SINV-"


def old_invoices(count: int, like: str) -> None:
    """Bring the site to `count` older submitted invoices like `like`, with their items, GL and payment entries."""
    known = frappe.db.count("Sales Invoice", {"name": ["like", f"{OLD}%"]})
    for first in range(known, count, 5_000):
        numbers = range(first, min(first + 5_000, count))
        _copy("Sales Invoice", {"name": like}, numbers, {"name": _numbered, "posting_date": _spread_day})
        _copy("Sales Invoice Item", {"parent": like}, numbers, {"name": _child, "parent": _numbered})
        _copy("GL Entry", {"voucher_no": like}, numbers, {"name": _child, "voucher_no": _numbered})
        _copy("Payment Ledger Entry", {"voucher_no": like}, numbers, {"name": _child, "voucher_no": _numbered})
        frappe.db.commit()
    for doctype in ("Sales Invoice", "Sales Invoice Item", "GL Entry", "Payment Ledger Entry"):
        frappe.db.sql(f"analyze table `tab{doctype}`")


def other_contracts(count: int, like: str) -> None:
    """Bring the site to `count` contracts, each with its last period invoiced and its next one a year ahead."""
    known = frappe.db.count("Retainer Contract")
    for first in range(known, count, 5_000):
        numbers = range(first, min(first + 5_000, count))
        _copy("Retainer Contract", {"name": like}, numbers, {"name": _contract})
        _copy("Retainer Contract Term", {"parent": like}, numbers, {"name": _child, "parent": _contract})
        period = frappe.get_all("Retainer Billing Period", {"contract": like, "status": "Due"}, pluck="name")[0]
        later = {"name": _child, "contract": _contract, "bill_on": lambda row, n: "2099-01-01"}
        _copy("Retainer Billing Period", {"name": period}, numbers, later)
        frappe.db.commit()
    frappe.db.sql("analyze table `tabRetainer Contract`, `tabRetainer Billing Period`")


def _copy(doctype: str, filters: dict, numbers: range, changed: dict) -> None:
    columns = [row[0] for row in frappe.db.sql(f"show columns from `tab{doctype}`")]
    rows = frappe.db.get_all(doctype, filters=filters, fields=[f"`{column}`" for column in columns])
    values = (
        tuple(changed[column](row, number) if column in changed else row.get(column) for column in columns)
        for number in numbers
        for row in rows
    )
    frappe.db.bulk_insert(doctype, columns, values, chunk_size=1_000)


def _numbered(row: dict, number: int) -> str:
    return f"{OLD}{number:07}"


def _contract(row: dict, number: int) -> str:
    return f"RET-CROWD-{number:06}"


def _child(row: dict, number: int) -> str:
    return f"{row['name']}-{number:06}"


def _spread_day(row: dict, number: int) -> object:
    """Older invoices lie in the five years before, a few dozen a day."""
    return frappe.utils.add_days(row["posting_date"], -1 - number % 1800)
