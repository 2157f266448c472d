"""The offers that come with the app, for the desk: which there are, and loading one."""

from typing import Any

import frappe

from support_retainer.catalogues import CatalogueError, available, loader, read
from support_retainer.exceptions import RetainerError

MAY_LOAD = ("Retainer Manager", "System Manager")


@frappe.whitelist(methods=["GET"])
def offered() -> list[dict[str, Any]]:
    """[{name, title, currency, packages: [{package_name, monthly_fee}], loaded}] in the order of their names."""
    frappe.only_for(MAY_LOAD)
    return [_summary(name) for name in available()]


def _summary(name: str) -> dict[str, Any]:
    catalogue = read(name)
    packages = [
        {"package_name": package["package_name"], "monthly_fee": str(package.get("monthly_fee") or 0)}
        for package in catalogue["packages"]
    ]
    return {
        "name": name,
        "title": catalogue["title"],
        "currency": catalogue["currency"],
        "packages": packages,
        "loaded": bool(frappe.db.exists("Support Package", {"catalogue": name})),
    }


@frappe.whitelist(methods=["POST"])
def load(name: str) -> list[str]:
    """Create or update the records of an offer, keep what was edited here; returns what was done, a line each."""
    frappe.only_for(MAY_LOAD)
    try:
        return loader.load(name).lines()
    except CatalogueError as error:
        frappe.throw(str(error), RetainerError)
