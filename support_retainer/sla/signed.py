"""Requests of other systems, vouched for by a secret of this site instead of a user.

The header X-Retainer-Signature is the HMAC-SHA256, in hex, of X-Retainer-Timestamp (epoch seconds), a full stop and the
body. A request can be repeated for as long as its timestamp is fresh, so whoever reads one must bear a repetition.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint

from support_retainer.exceptions import InvalidCall

MOST_SECONDS_APART = 300


def values(setting: str, needed: Iterable[str]) -> dict[str, str]:
    """The JSON object in the body of a request signed with the secret that `setting` names in the site's configuration.

    From here on the request acts as the Administrator: the signature vouches for it, and Frappe reads other records as
    the user of the session. Raises frappe.AuthenticationError without a right and fresh signature or without a secret,
    InvalidCall for a body that lacks a field.
    """
    body = frappe.request.get_data()
    refuse_unsigned(frappe.conf.get(setting) or "", body)
    found = parsed(body)
    missing = [fieldname for fieldname in needed if not found.get(fieldname)]
    if missing:
        frappe.throw(_("The request lacks {0}. Send it with these fields.").format(", ".join(missing)), InvalidCall)
    frappe.set_user("Administrator")
    return found


def refuse_unsigned(secret: str, body: bytes) -> None:
    stamp = frappe.get_request_header("X-Retainer-Timestamp") or ""
    given = frappe.get_request_header("X-Retainer-Signature") or ""
    fresh = abs(time.time() - cint(stamp)) <= MOST_SECONDS_APART
    right = hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode())
    if not (secret and fresh and right):
        raise frappe.AuthenticationError(_("The request is not signed with this site's secret, or too long ago."))


def signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def parsed(body: bytes) -> dict[str, str]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        frappe.throw(_("The body is not a JSON object. Send the fields in one."), InvalidCall)
    return found
