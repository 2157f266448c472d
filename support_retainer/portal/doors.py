"""Doors of the desk that Frappe and ERPNext leave open to everybody who is logged in, shut for clients.

Their functions for the desk trust that whoever calls works there: one tells the balance of any customer, one copies any
message into a ticket, one writes who likes a record that the caller may not even read, one mails to anybody. A client
needs none of them. What the web pages of ERPNext call stays open, as does everything for staff and for other users.
"""

import frappe
from frappe.modules.utils import load_doctype_module

from support_retainer.portal import access, shut_pages
from support_retainer.speech import _

OF_THE_DESK = (
    "erpnext.",
    "frappe.core.doctype.communication.email.make",
    "frappe.core.doctype.prepared_report.",
    "frappe.desk.calendar.",
    "frappe.desk.doctype.",
    "frappe.desk.form.assign_to.",
    "frappe.desk.form.document_follow.",
    "frappe.desk.like.",
    "frappe.desk.listview.",
    "frappe.desk.query_report.",
    "frappe.desk.reportview.",
    "frappe.model.mapper.",
)
OF_WEB_PAGES = (
    "erpnext.accounts.doctype.payment_request.payment_request.make_payment_request",
    "erpnext.buying.doctype.purchase_order.purchase_order.make_purchase_invoice_from_portal",
    "erpnext.buying.doctype.request_for_quotation.request_for_quotation.create_supplier_quotation",
    "erpnext.controllers.website_list_for_contact.",
    "erpnext.templates.",
    "erpnext.www.",
)


def guard() -> None:
    """Called once a request's user is known. Raises frappe.PermissionError."""
    function = asked_for()
    if function.startswith(OF_THE_DESK) and not function.startswith(OF_WEB_PAGES) and _is_client():
        raise frappe.PermissionError(_("This belongs to the desk. Ask your contact at the support team."))
    shut_pages.refuse_lists(function)


def asked_for() -> str:
    """The dotted path of the function that a request calls, by any of the ways there are; "" where it calls none."""
    if command := frappe.form_dict.get("cmd"):
        return str(command)
    parts = [part for part in frappe.request.path.split("/") if part]
    if parts[:1] != ["api"] or "method" not in parts[1:3]:
        return ""
    said = parts[parts.index("method") + 1 :]
    if len(said) == 2:  # version 2 finds a function by the DocType whose module it stands in
        return f"{_module_of(said[0])}.{said[1]}"
    return said[0] if said else ""


def _module_of(doctype: str) -> str:
    return load_doctype_module(doctype).__name__ if frappe.db.exists("DocType", doctype) else ""


def _is_client() -> bool:
    user = frappe.session.user
    if user == "Guest" or frappe.get_cached_value("User", user, "user_type") != "Website User":
        return False
    try:
        access.client(user)
    except access.NotAClient:
        return False
    return True
