"""ERPNext's own web pages, shut for contacts who see own tickets only: they know the customer, not the person.

A contact of the client's finds every ticket of the company at /issues, and a portal user every invoice at /invoices.
Both are in the portal for those who may see them. Other clients and everybody else notice nothing.
"""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.website.page_renderers.base_renderer import BaseRenderer
from werkzeug.wrappers import Response

from support_retainer.portal import access, pages
from support_retainer.speech import _

OF_CUSTOMERS = frozenset(
    ("Issue", "Sales Invoice", "Sales Order", "Quotation", "Delivery Note", "Material Request", "Timesheet", "Project")
)


class ShutPage(BaseRenderer):
    """Frappe asks this renderer before its own: a list or a detail of what belongs to a customer."""

    def can_render(self) -> bool:
        if not _is_website_user() or self.path.split("/")[0] == pages.ROOT or not narrowed():
            return False
        asked = (self.path, frappe.form_dict.get("doctype"), _of_web_form(self.path))
        return any(is_of_customers(name) for name in asked)

    def render(self) -> Response:
        text = _("It may have been moved, or it belongs to somebody else.")
        return pages.problem(access.client(), 404, _("There is nothing here"), text)


def opens(doc: Document, ptype: str, user: str, verbose: bool = False) -> bool:
    """For `has_website_permission`: False shuts one record, True leaves the decision to ERPNext."""
    if user in (doc.get("raised_by"), doc.owner):
        return True
    customer = doc.party_name if doc.doctype == "Quotation" else doc.get("customer")
    return customer not in narrowed(user)


def refuse_lists(function: str) -> None:
    """The rows that a web page lists are asked for by a function too. Raises frappe.PermissionError."""
    if function.startswith("frappe.www.list.") and is_of_customers(frappe.form_dict.get("doctype")) and narrowed():
        raise frappe.PermissionError(_("You have no access to this. Ask a colleague who has."))


def is_of_customers(name: Any) -> bool:
    """Asked of the database, which takes "issue" and "Issue " for the name as well."""
    return bool(name) and frappe.db.get_value("DocType", {"name": str(name)[:140]}, "name") in OF_CUSTOMERS


def _of_web_form(path: str) -> str | None:
    """ERPNext's form for tickets lists them too."""
    return frappe.db.get_value("Web Form", {"route": path.split("/")[0]}, "doc_type")


def narrowed(user: str | None = None) -> frozenset[str]:
    """Customers of whom the user sees own tickets only; none for anybody who is no client."""
    try:
        return access.client(user).narrowed
    except access.NotAClient:
        return frozenset()


def _is_website_user() -> bool:
    user = frappe.session.user
    return user != "Guest" and frappe.get_cached_value("User", user, "user_type") == "Website User"
