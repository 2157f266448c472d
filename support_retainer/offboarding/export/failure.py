"""An export that failed: its record says why, its passphrase is gone, and whoever looks after the client is told."""

import frappe
from frappe import _

from support_retainer.hours import notices
from support_retainer.offboarding.export import trail, working_folder


def tell(export: str, said: str) -> None:
    frappe.db.set_value("Client Data Export", export, {"status": "Failed", "error": said})
    working_folder.forget_passphrase(export)
    trail.note(export, "Failed", said)
    ask_somebody(export, _("The export {0} failed. Its record says what to do.").format(export))


def ask_somebody(export: str, text: str) -> None:
    """One open ToDo for the account manager, else for each Retainer Manager; the client is told that we know."""
    about = {"reference_type": "Client Data Export", "reference_name": export, "status": "Open"}
    if frappe.db.exists("ToDo", about):
        return
    for person in responsible(export):
        todo = frappe.get_doc(doctype="ToDo", allocated_to=person, description=text, priority="High", **about)
        todo.insert(ignore_permissions=True)


def responsible(export: str) -> list[str]:
    contract = frappe.db.get_value("Client Data Export", export, "contract")
    manager = frappe.db.get_value("Retainer Contract", contract, "account_manager")
    return [manager] if manager else notices.managers()


def settled(export: str) -> None:
    """The tasks about it are closed: it is made now, or not wanted any more."""
    about = {"reference_type": "Client Data Export", "reference_name": export, "status": "Open"}
    for name in frappe.get_all("ToDo", about, pluck="name"):
        todo = frappe.get_doc("ToDo", name)
        todo.status = "Closed"
        todo.save(ignore_permissions=True)
