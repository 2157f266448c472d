"""Who did what to an export. The rows are appended and never changed."""

import frappe
from frappe.utils import now_datetime


def note(export: str, event: str, detail: str = "", user: str | None = None) -> None:
    """`event` is one of the options of Data Export Event; the IP address is that of the request, if there is one."""
    frappe.get_doc(
        doctype="Data Export Event",
        data_export=export,
        event=event,
        detail=detail,
        at=now_datetime(),
        by_user=user or frappe.session.user,
        ip_address=getattr(frappe.local, "request_ip", None),
    ).insert(ignore_permissions=True)
