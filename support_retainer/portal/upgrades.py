"""The client's word on an upgrade or a window of maintenance, and the client's own wish for an upgrade."""

from datetime import date

import frappe
from frappe.utils import getdate, sbool

from support_retainer.maintenance import requests, upgrades
from support_retainer.portal import access, conversation, narrowing, sites_page
from support_retainer.portal.new_ticket import AnswerNeeded
from support_retainer.portal.ticket import path_of
from support_retainer.speech import _

LONGEST_VERSION = 20


@frappe.whitelist(methods=["POST"])
def answer(job: str, approved: bool, note: str = "") -> None:
    """Approve or decline what waits; only contacts who may approve for the contract.

    Raises NotFound for others' jobs, frappe.PermissionError without that right, AlreadyDecided.
    """
    client = access.client()
    contract = frappe.db.get_value("Maintenance Job", str(job), "contract")
    if not contract or contract not in [row.name for row in client.contracts]:
        raise access.NotFound(_("There is no such upgrade."))
    if not client.on(contract).can_approve:
        raise frappe.PermissionError(_("You may not approve for this contract. Ask a colleague who may."))
    upgrades.answer(str(job), client.user, bool(sbool(approved)), str(note or "")[:500])


@frappe.whitelist(methods=["POST"])
def request(site: str, version: str = "", wanted_by: str = "", wish: str = "") -> str:
    """Ask for an upgrade of an own site: a ticket to talk in, and the job that plans it. Returns the ticket's path.

    Raises NotFound for others' sites and packages without upgrades, AlreadyAsked, AnswerNeeded, PortalNarrowed.
    """
    client = access.client()
    narrowing.refuse_new_ticket(client)
    own = sites_page.own_site(client, str(site))
    offer = sites_page.offer_of(client, own)
    if not offer:
        raise access.NotFound(_("There is no such site."))
    day = wanted_day(str(wanted_by or ""))
    version = str(version or "").strip()[:LONGEST_VERSION]
    issue = frappe.get_doc(
        doctype="Issue",
        subject=_("Upgrade of {0}").format(own.name)[:140],
        description=conversation.from_text(str(wish or "").strip() or _("Please upgrade {0}.").format(own.name)),
        customer=client.customer,
        raised_by=client.user,
        via_customer_portal=1,
        retainer_channel="Portal",
        retainer_contract=own.contract,
        managed_site=own.name,
    ).insert(ignore_permissions=True)
    requests.request(own, offer, issue.name, version, day)
    return path_of(issue.name)


def wanted_day(text: str) -> date | None:
    """Raises AnswerNeeded for a day that is none, or is over."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if not day or day < getdate():
        frappe.throw(_("Wanted by: choose a day from today on, or leave it empty."), AnswerNeeded)
    return day
