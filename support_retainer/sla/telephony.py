"""A telephone system tells of calls by a signed request: each becomes a Call Log, and an unanswered one a ticket.

The secret is `retainer_telephony_secret` in the site's configuration; without it nothing is taken. The header
X-Retainer-Signature is the HMAC-SHA256, in hex, of X-Retainer-Timestamp (epoch seconds), a full stop and the body.
"""

import hashlib
import hmac
import json
import time

import frappe
from frappe import _
from frappe.utils import cint

from support_retainer.exceptions import InvalidCall

MOST_SECONDS_APART = 300
TAKEN = (
    *("from", "to", "status", "type", "start_time", "end_time", "duration", "recording_url", "summary", "medium"),
    "employee_user_id",
)
NEEDED = ("id", "from", "to", "type", "status")


@frappe.whitelist(allow_guest=True, methods=["POST"])
def call() -> str:
    """Write down the call in the JSON body, fields as in ERPNext's Call Log, times in site time; returns its name.

    The same `id` again updates the call, so a repeated request changes nothing. Raises frappe.AuthenticationError
    without a right and fresh signature, InvalidCall for a body that lacks a field.
    """
    body = frappe.request.get_data()
    refuse_unsigned(body)
    values = parsed(body)
    # The signature vouches for the request, and Frappe reads other records as the user of the session.
    frappe.set_user("Administrator")
    known = frappe.db.get_value("Call Log", {"id": values["id"]}, for_update=True)
    log = frappe.get_doc("Call Log", known) if known else frappe.new_doc("Call Log", id=values["id"])
    log.update({fieldname: values[fieldname] for fieldname in TAKEN if fieldname in values})
    return log.save(ignore_permissions=True).name


def refuse_unsigned(body: bytes) -> None:
    secret = frappe.conf.get("retainer_telephony_secret") or ""
    stamp = frappe.get_request_header("X-Retainer-Timestamp") or ""
    given = frappe.get_request_header("X-Retainer-Signature") or ""
    fresh = abs(time.time() - cint(stamp)) <= MOST_SECONDS_APART
    right = hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode())
    if not (secret and fresh and right):
        raise frappe.AuthenticationError(_("The call is not signed with this site's secret, or too long ago."))


def signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def parsed(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        frappe.throw(_("The body is not a JSON object. Send the call's fields."), InvalidCall)
    missing = [fieldname for fieldname in NEEDED if not values.get(fieldname)]
    if missing:
        frappe.throw(_("The call lacks {0}. Send it with these fields.").format(", ".join(missing)), InvalidCall)
    return values
