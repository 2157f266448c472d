"""What the desk calls about an export."""

from typing import Any

import frappe

from support_retainer.offboarding.export import request


@frappe.whitelist(methods=["POST"])
def retry(export: str) -> None:
    """After a failure."""
    request.retry(_export(export))


def _export(name: str) -> Any:
    export = frappe.get_doc("Data Export", name)
    export.check_permission("write")
    return export
