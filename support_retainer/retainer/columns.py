"""Columns of our script reports, said once."""

from typing import Any

CONTRACT = {
    "fieldname": "contract",
    "label": "Contract",
    "fieldtype": "Link",
    "options": "Retainer Contract",
    "width": 150,
}
CUSTOMER = {"fieldname": "customer", "label": "Customer", "fieldtype": "Link", "options": "Customer", "width": 180}
PACKAGE = {"fieldname": "package", "label": "Package", "fieldtype": "Link", "options": "Support Package", "width": 150}
CURRENCY = {"fieldname": "currency", "label": "Currency", "fieldtype": "Link", "options": "Currency", "width": 80}


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more: Any) -> dict[str, Any]:
    return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def money(fieldname: str, label: str, width: int = 120) -> dict[str, Any]:
    """An amount in the currency of its row."""
    return column(fieldname, label, "Currency", width, options="currency")


def translated(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    from frappe import _

    return [{**one, "label": _(one["label"])} for one in columns]
