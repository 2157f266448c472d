"""A telephone system tells of calls by a signed request: each becomes a Call Log, which makes or continues a ticket.

The secret is `retainer_telephony_secret` in the site's configuration; see `signed` for the signature.
"""

import frappe

from support_retainer.sla import signed

TAKEN = (
    *("from", "to", "status", "type", "start_time", "end_time", "duration", "recording_url", "summary", "medium"),
    "employee_user_id",
)
NEEDED = ("id", "from", "to", "type", "status")


@frappe.whitelist(allow_guest=True, methods=["POST"])
def call() -> str:
    """Write down the call in the JSON body, fields as in ERPNext's Call Log, times in site time; returns its name.

    The same `id` again updates the call, so a repeated request changes nothing. Raises what `signed.values` raises.
    """
    values = signed.values("retainer_telephony_secret", NEEDED)
    known = frappe.db.get_value("Call Log", {"id": values["id"]}, for_update=True)
    log = frappe.get_doc("Call Log", known) if known else frappe.new_doc("Call Log", id=values["id"])
    log.update({fieldname: values[fieldname] for fieldname in TAKEN if fieldname in values})
    return log.save(ignore_permissions=True).name
