"""Exports in the portal: what there is, asking for one, and fetching it. For those who run the client's account."""

from typing import Any
from urllib.parse import quote

import frappe
from frappe.utils import add_to_date, now_datetime

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding import after_end, checklist
from support_retainer.offboarding.export import links, request
from support_retainer.offboarding.export.working_folder import UNDER_WAY
from support_retainer.portal import access, files
from support_retainer.portal.pages import Elsewhere
from support_retainer.speech import _

SHOWN = (
    "name",
    "contract",
    "status",
    "progress",
    "reason",
    "creation",
    "size_mb",
    "row_count",
    "expires_on",
    "encrypted",
    "left_out",
    "certificate",
)


def page(client: access.Client) -> dict[str, Any]:
    if token := frappe.form_dict.get("token"):
        raise Elsewhere(links.PATH.format(quote(str(token), safe=""), frappe.utils.cint(frappe.form_dict.get("part"))))
    mine = administered(client)
    exports = visible(client, mine)
    for row in exports:
        row.parts = parts_of(row.name) if row.status == "Ready" else []
    ends = [ending(contract) for contract in mine]
    busy = any(row.status in UNDER_WAY for row in exports)
    return {"exports": exports, "contracts": mine, "busy": busy, "ends": [end for end in ends if end]}


def ending(contract: str) -> dict[str, Any] | None:
    """The offboarding of a contract with both sides' duties; None where it does not end."""
    name = frappe.db.get_value(
        "Offboarding",
        {"contract": contract, "status": ["not in", ("Withdrawn", "Reactivated")]},
        order_by="creation desc",
    )
    if not name:
        return None
    doc = frappe.get_doc("Offboarding", name)
    return {"doc": doc, "outstanding": checklist.outstanding(contract)}


@frappe.whitelist(methods=["POST"])
def done(task: str, is_done: int | str = 1) -> None:
    """Tick one of the client's own duties. Raises NotFound for ours and for anybody else's."""
    row = frappe.db.get_value("Offboarding Task", str(task), ["parent", "duty_of"], as_dict=True)
    doc = own_offboarding(row.parent) if row else None
    if not doc or row.duty_of != "Client":
        raise access.NotFound(_("There is no such task."))
    next(known for known in doc.tasks if known.name == task).done = frappe.utils.cint(is_done)
    doc.save(ignore_permissions=True)


@frappe.whitelist(methods=["POST"])
def ask_for_deletion(offboarding: str) -> None:
    """That we delete what we hold, after the contract has ended. Raises NotFound, InvalidOffboarding."""
    doc = own_offboarding(str(offboarding))
    if not doc:
        raise access.NotFound(_("There is no such offboarding."))
    after_end.ask_for_deletion(doc, frappe.session.user)


def own_offboarding(name: str) -> Any:
    """The record, if the caller runs the account of its contract; None otherwise."""
    client = access.client()
    contract = frappe.db.get_value("Offboarding", name, "contract")
    return frappe.get_doc("Offboarding", name) if contract in administered(client) else None


def administered(client: access.Client) -> list[str]:
    """Contracts whose account the user runs: an export holds everything, so no other contact sees one."""
    return [row.name for row in client.contracts if client.on(row.name).is_admin]


def visible(client: access.Client, mine: list[str]) -> list[frappe._dict]:
    """Exports of the contracts whose account the user runs, and those the user was sent a link to."""
    sent = links.exports_sent_to(client.user)
    theirs = [row.name for row in client.contracts]
    return frappe.get_all(
        "Client Data Export",
        filters={"contract": ["in", theirs or [""]]},
        or_filters={"contract": ["in", mine or [""]], "name": ["in", sent or [""]]},
        fields=[*SHOWN],
        order_by="creation desc",
        limit=20,
    )


def parts_of(export: str) -> list[frappe._dict]:
    return frappe.get_all(
        "Data Export Part",
        {"parent": export, "parenttype": "Client Data Export"},
        ["idx", "file_name", "size_mb", "sha256"],
        order_by="idx",
    )


@frappe.whitelist(methods=["POST"])
def ask(contract: str) -> str:
    """Ask for an export of everything, at any time; one a day. Returns its name. Raises NotFound, ExportRefused."""
    client = access.client()
    own_account(access.own_contract(contract, client).name, client)
    recent = {"contract": contract, "creation": [">", add_to_date(now_datetime(), days=-1)]}
    if frappe.db.exists("Client Data Export", {**recent, "status": ["in", (*UNDER_WAY, "Ready")]}):
        frappe.throw(
            _("There is an export of the last 24 hours. Fetch that one, or ask again tomorrow."), ExportRefused
        )
    return request.request(contract).name


@frappe.whitelist(methods=["POST"])
def fetch(export: str, part: int | str = 1) -> str:
    """A link for the caller, made now; the browser goes there. Raises NotFound, ExportRefused."""
    client = access.client()
    row = frappe.db.get_value("Client Data Export", str(export), ["name", "contract"], as_dict=True)
    if not row:
        raise access.NotFound(_("There is no such export."))
    contract = access.own_contract(row.contract, client)
    if row.name not in links.exports_sent_to(client.user):
        own_account(contract.name, client)
    return links.PATH.format(
        links.make(frappe.get_doc("Client Data Export", row.name), client.user), frappe.utils.cint(part)
    )


@frappe.whitelist(methods=["GET"])
def certificate(export: str) -> None:
    """The proof that an archive was deleted, as a PDF. Raises NotFound."""
    client = access.client()
    row = frappe.db.get_value("Client Data Export", str(export), ["contract", "certificate"], as_dict=True)
    if not row or not row.certificate:
        raise access.NotFound(_("There is no such export."))
    own_account(access.own_contract(row.contract, client).name, client)
    _send(row.certificate)


@frappe.whitelist(methods=["GET"])
def erasure_certificate(offboarding: str) -> None:
    """The proof that the client's data was deleted, as a PDF. Raises NotFound."""
    doc = own_offboarding(str(offboarding))
    if not doc or not doc.deletion_certificate:
        raise access.NotFound(_("There is no such offboarding."))
    _send(doc.deletion_certificate)


def _send(file_url: str) -> None:
    file = frappe.get_doc("File", {"file_url": file_url})
    files.send(file.get_content(), file.file_name)


def own_account(contract: str, client: access.Client) -> None:
    if not client.on(contract).is_admin:
        raise access.NotFound(_("There is no such export."))
