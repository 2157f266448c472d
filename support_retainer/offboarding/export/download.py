"""The one door to an archive for clients: a token, the person it was made for, and a line in the trail."""

from pathlib import Path
from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from support_retainer import guesses
from support_retainer.exceptions import LinkRefused
from support_retainer.offboarding.export import links, trail


@frappe.whitelist(methods=["GET"])
def fetch(token: str, part: int | str = 1) -> Response:
    """One part of an archive. Raises LinkRefused with the same words for every reason."""
    guesses.refuse("export")
    token, number = str(token), cint(part)
    try:
        export = links.holder(token, frappe.session.user)
        answer = part_of(export, number)
        links.count(export, number)
    except LinkRefused:
        guesses.note("export")
        frappe.db.commit()  # a GET is rolled back, and the refusal is part of the trail
        frappe.throw(_("This link is not valid (any more). Ask for a new one on the page Exports."), LinkRefused)
    frappe.db.commit()
    return answer


@frappe.whitelist(methods=["GET"])
def for_staff(export: str, part: int | str = 1) -> Response:
    """One part of an archive for whoever runs the exports, written down too. Raises LinkRefused, PermissionError."""
    doc = frappe.get_doc("Client Data Export", export)
    doc.check_permission("write")
    answer = part_of(doc, cint(part))
    trail.note(doc.name, "Downloaded", _("part {0} of {1}, in the desk").format(cint(part), len(doc.parts)))
    frappe.db.commit()
    return answer


def part_of(export: Document, number: int) -> Response:
    row = next((row for row in export.parts if row.idx == number and export.status == "Ready"), None)
    path = Path(frappe.get_site_path("private", "files", row.file_name)) if row else None
    if not path or not path.is_file():
        raise LinkRefused
    answer = Response(mimetype="application/octet-stream", direct_passthrough=True)
    answer.headers.add("Content-Disposition", "attachment", filename=row.file_name)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if frappe.local.request.headers.get("X-Use-X-Accel-Redirect"):
        answer.headers["X-Accel-Redirect"] = quote(f"/protected/private/files/{row.file_name}")
    else:
        answer.headers["Content-Length"] = str(path.stat().st_size)
        answer.response = wrap_file(frappe.local.request.environ, path.open("rb"))
    return answer
