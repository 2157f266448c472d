"""The client's word on an upgrade."""

import frappe
from frappe.utils import sbool

from support_retainer.maintenance import upgrades
from support_retainer.portal import access
from support_retainer.speech import _


@frappe.whitelist(methods=["POST"])
def answer(job: str, approved: bool, note: str = "") -> None:
    """Approve or decline an upgrade that waits; only contacts who may approve for the contract.

    Raises NotFound for others' jobs, frappe.PermissionError without that right, AlreadyDecided.
    """
    client = access.client()
    contract = frappe.db.get_value("Maintenance Job", {"name": job, "kind": "Upgrade"}, "contract")
    if not contract or contract not in [row.name for row in client.contracts]:
        raise access.NotFound(_("There is no such upgrade."))
    if not client.on(contract).can_approve:
        raise frappe.PermissionError(_("You may not approve for this contract. Ask a colleague who may."))
    upgrades.answer(job, client.user, bool(sbool(approved)), str(note or "")[:500])
