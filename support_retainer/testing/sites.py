"""Managed sites for tests, benchmarks and the demo."""

from typing import Any

import frappe
from frappe.model.document import Document


def make_site(contract: Document | None = None, **values: Any) -> Document:
    """A Managed Site of the contract; `values` are fields of the record."""
    name = values.pop("site_name", None) or f"erp-{frappe.generate_hash(length=8)}.client.example"
    values = {"url": f"https://{name}", "contract": contract.name if contract else None, **values}
    return frappe.get_doc(doctype="Managed Site", site_name=name, **values).insert(ignore_permissions=True)
