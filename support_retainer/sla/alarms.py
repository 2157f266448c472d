"""A monitoring system beside ours tells of alarms by a signed request: one ticket for each, whatever it repeats.

The secret is `retainer_alarm_secret` in the site's configuration; see `signed` for the signature.
"""

import frappe
from frappe import _
from frappe.utils import escape_html

from support_retainer.exceptions import NoContract
from support_retainer.sla import clock, signed

FIRING = "firing"
NEEDED = ("id", "contract", "subject", "status")


@frappe.whitelist(allow_guest=True, methods=["POST"])
def alarm() -> str | None:
    """Open a ticket on the contract for an alarm whose `status` is firing; any other status is written on its ticket.

    The JSON body has id, contract, subject and status; description and priority if known. Returns the ticket, None for
    the end of an alarm that has none. A ticket is solved by a person: that it works again does not say why it broke.
    Raises what `signed.values` raises, and NoContract.
    """
    values = signed.values("retainer_alarm_secret", NEEDED)
    customer = frappe.db.get_value("Retainer Contract", {"name": values["contract"], "docstatus": 1}, "customer")
    if not customer:
        frappe.throw(_("contract: there is no active contract {0}.").format(values["contract"]), NoContract)
    # The contract's row makes two requests about one alarm wait for each other.
    frappe.db.get_value("Retainer Contract", values["contract"], "name", for_update=True)
    key = f"alarm:{values['contract']}:{values['id']}"[:140]
    ticket = open_ticket(key)
    if values["status"] != FIRING:
        return over(ticket, values) if ticket else None
    return ticket or make_ticket(key, customer, values)


def open_ticket(key: str) -> str | None:
    rows = frappe.db.sql(
        """select issue.name from `tabCommunication` message
        join `tabIssue` issue on issue.name = message.reference_name and message.reference_doctype = 'Issue'
        where message.message_id = %s and issue.status not in %s""",
        (key, tuple(clock.DONE)),
    )
    return rows[0][0] if rows else None


def make_ticket(key: str, customer: str, values: dict[str, str]) -> str:
    priority = values.get("priority")
    text = escape_html(values.get("description") or values["subject"])
    issue = frappe.get_doc(
        doctype="Issue",
        subject=values["subject"][:140],
        description=text,
        customer=customer,
        retainer_contract=values["contract"],
        retainer_channel="Monitoring",
        priority=priority if priority and frappe.db.exists("Issue Priority", priority) else None,
    ).insert(ignore_permissions=True)
    # The first message of the ticket knows the alarm, which finds it again.
    frappe.get_doc(
        doctype="Communication",
        communication_type="Communication",
        communication_medium="Other",
        sent_or_received="Received",
        subject=issue.subject,
        content=text,
        message_id=key,
        reference_doctype="Issue",
        reference_name=issue.name,
    ).insert(ignore_permissions=True)
    return issue.name


def over(ticket: str, values: dict[str, str]) -> str:
    text = _("The alarm is over: {0}").format(values.get("description") or values["subject"])
    frappe.get_doc("Issue", ticket).add_comment("Info", escape_html(text))
    return ticket
