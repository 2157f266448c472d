"""DocShare: our records are shared with colleagues, never with clients."""

import frappe
from frappe import _, bold
from frappe.model.document import Document

from support_retainer.exceptions import SharedOutside
from support_retainer.permissions import is_desk_user

MODULE = "Retainer"


def validate(doc: Document, method: str | None = None) -> None:
    """Raises SharedOutside: Frappe lets a share open what our permission check has closed to website users."""
    if frappe.get_meta(doc.share_doctype).module != MODULE:
        return
    if doc.everyone or not is_desk_user(doc.user):
        frappe.throw(
            _("{0}: {1} is no desk user. Clients see their records in the portal; share this with colleagues.").format(
                bold(_("User")), bold(doc.user or _("Everyone"))
            ),
            SharedOutside,
            title=_("Not to be shared outside"),
        )
