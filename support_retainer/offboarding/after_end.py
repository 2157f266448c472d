"""After the last day: monitoring stops, our keys to the client's systems are wiped, data goes when the client asks."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate, now_datetime, nowdate
from frappe.utils.password import remove_encrypted_password

from support_retainer.domain.offboarding import TaskKey
from support_retainer.exceptions import InvalidOffboarding
from support_retainer.offboarding import checklist, erasure

KEYS = ("api_key", "api_secret")


def begin(contract: Document) -> None:
    """The contract has ended today: the checklist turns to transition, the sites are not watched any more."""
    doc = checklist.open_for(contract)
    doc.status = "Transition"
    doc.save(ignore_permissions=True)
    stop_monitoring(contract.name)


def stop_monitoring(contract: str) -> None:
    for name in frappe.get_all("Managed Site", {"contract": contract, "enabled": 1}, pluck="name"):
        frappe.db.set_value("Managed Site", name, "enabled", 0)


def may_wipe(doc: Document, today: date) -> bool:
    """The last export may need the keys; they go when it is made, and after the transition in any case."""
    return doc.status == "Transition" and (checklist.has_final_export(doc) or today >= getdate(doc.transition_end))


def wipe_secrets(doc: Document) -> list[str]:
    """Keys and passwords that we hold for the contract's sites; returns the sites."""
    sites = frappe.get_all("Managed Site", {"contract": doc.contract}, pluck="name")
    for name in sites:
        for fieldname in KEYS:
            remove_encrypted_password("Managed Site", name, fieldname)
        frappe.db.set_value("Managed Site", name, dict.fromkeys(KEYS, ""))
    checklist.tick(doc, [TaskKey.CREDENTIALS] if sites else [])
    return sites


def ask_for_deletion(doc: Document, user: str) -> None:
    """The client asks that we delete what we hold. Raises InvalidOffboarding before the contract has ended."""
    if doc.status not in ("Transition", "Closed"):
        frappe.throw(_("The contract has not ended yet. Data can be deleted after its last day."), InvalidOffboarding)
    if not doc.deletion_requested_on:
        doc.db_set({"deletion_requested_on": nowdate(), "deletion_requested_by": user}, notify=True)
        doc.add_comment("Info", _("Deletion of data asked for by {0}.").format(user))


def delete_data(doc: Document) -> Document:
    """Erase the client's data, once asked for, with a certificate. Raises InvalidOffboarding."""
    if not doc.deletion_requested_on or doc.deleted_at:
        frappe.throw(_("{0}: nobody has asked for the deletion, or it is done.").format(doc.name), InvalidOffboarding)
    counts = erasure.erase(doc.contract)
    doc.reload()  # what was erased must not come back with this copy of it
    wipe_secrets(doc)
    doc.deletion_certificate = erasure.certify(doc, counts)
    doc.deleted_at, doc.status = now_datetime(), "Closed"
    doc.save(ignore_permissions=True, ignore_version=True)
    return doc


def reactivate(doc: Document) -> Document:
    """The client comes back: a new contract with the same terms, as a draft from today on; returns it.

    The old one stays ended, because its periods, hours and invoices are settled. The sites go over to the new one, not
    watched and without keys: the client gives new ones.
    """
    if frappe.db.get_value("Retainer Contract", doc.contract, "status") != "Ended":
        frappe.throw(_("{0} has not ended; withdraw the notice instead.").format(doc.contract), InvalidOffboarding)
    old = frappe.get_doc("Retainer Contract", doc.contract)
    made = frappe.copy_doc(old)
    made.update({"start_date": max(getdate(), getdate(add_days(old.end_date, 1))), "amended_from": None, "terms": []})
    made.insert(ignore_permissions=True)
    hand_over_sites(old.name, made)
    doc.status = "Reactivated"
    doc.save(ignore_permissions=True)
    doc.add_comment("Info", _("The client came back: {0}.").format(made.name))
    return made


def hand_over_sites(contract: str, made: Document) -> None:
    sites = frappe.get_all("Managed Site", {"contract": contract}, pluck="name", order_by="name")
    for name in sites:
        frappe.db.set_value("Managed Site", name, "contract", made.name)
    if sites:
        text = _("Sites of the old contract: {0}. Enter their new keys and switch on the checks.")
        made.add_comment("Info", text.format(", ".join(sites)))
