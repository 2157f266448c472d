"""What other systems call: a webhook that takes alerts, and our own figures for Prometheus.

Either the request is signed as the telephone system's is, with `retainer_alert_secret` of the site's configuration
(X-Retainer-Signature is the HMAC-SHA256, in hex, of X-Retainer-Timestamp, a full stop and the body), or it comes with
the API key of a user with the role Retainer Agent or Retainer Manager, for the tools that cannot sign.
"""

import hmac
import time

import frappe
from frappe import _
from frappe.utils import cint
from werkzeug.wrappers import Response

from support_retainer import guesses
from support_retainer.exceptions import AlertReplayed, AlertTooLarge
from support_retainer.monitoring import alerts
from support_retainer.monitoring import metrics as figures
from support_retainer.sla.signed import MOST_SECONDS_APART, signature

MOST_BYTES = 512 * 1024
STAFF = {"Retainer Agent", "Retainer Manager", "System Manager"}


@frappe.whitelist(allow_guest=True, methods=["POST"])
def alert() -> dict[str, int]:
    """Take the alerts in the JSON body; gives {taken, opened, over, ignored}.

    Raises AlertTooLarge (413), frappe.AuthenticationError (401), AlertReplayed (409) and UnknownAlert (422).
    """
    body = body_of_request()
    if not is_staff():
        refuse_unsigned(body)
    with_rights = frappe.session.user
    frappe.set_user("Administrator")  # tickets are made for clients whom neither a tool nor a guest may read
    try:
        return alerts.take(body)
    finally:
        frappe.set_user(with_rights)


@frappe.whitelist(allow_guest=True, methods=["GET"])
def metrics(token: str | None = None) -> Response:
    """Our own figures in Prometheus' text format, for staff or with `retainer_metrics_token` of the configuration."""
    guesses.refuse("metrics")
    secret = str(frappe.conf.get("retainer_metrics_token") or "")
    known = bool(secret) and hmac.compare_digest(secret.encode(), str(token or "").encode())
    if not (known or is_staff()):
        guesses.note("metrics")
        raise frappe.PermissionError(_("Figures are for staff, or for whoever has the token of this site."))
    return Response(figures.as_text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def is_staff() -> bool:
    return frappe.session.user != "Guest" and bool(STAFF & set(frappe.get_roles()))


def body_of_request() -> bytes:
    """The length that is announced is looked at first, so that a long body is not read to be refused."""
    announced = cint(frappe.request.content_length)
    body = b"" if announced > MOST_BYTES else frappe.request.get_data()
    if announced > MOST_BYTES or len(body) > MOST_BYTES:
        raise AlertTooLarge(_("The body is longer than {0} KB. Send fewer alerts at once.").format(MOST_BYTES // 1024))
    return body


def refuse_unsigned(body: bytes) -> None:
    secret = frappe.conf.get("retainer_alert_secret") or ""
    stamp = frappe.get_request_header("X-Retainer-Timestamp") or ""
    given = (frappe.get_request_header("X-Retainer-Signature") or "").lower()
    fresh = abs(time.time() - cint(stamp)) <= MOST_SECONDS_APART
    right = hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode())
    if not (secret and fresh and right):
        raise frappe.AuthenticationError(_("The alert is not signed with this site's secret, or too long ago."))
    refuse_replayed(given)


def refuse_replayed(given: str) -> None:
    """A signature is good once; the cache keeps it for as long as its time stamp would be fresh."""
    key = frappe.cache.make_key(f"retainer_alert_signature:{given}")
    if not frappe.cache.set(key, 1, nx=True, ex=2 * MOST_SECONDS_APART):
        raise AlertReplayed(_("This very request came before. Sign it anew to send it again."))
