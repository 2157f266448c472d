"""The links in the mail about an estimate: each lets one contact answer once, without logging in.

A link's token is signed with the site's key, so a made-up one is refused before the database is asked, and kept as a
hash only. It dies with the first answer, with a new version, and with the estimate's last day.
"""

import hashlib
import hmac
import json
import secrets
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_url, getdate
from frappe.utils.password import get_encryption_key

FIELD = "retainer_links"
MOST_GUESSES = 10
WITHIN = timedelta(hours=1)


def issue(estimate: Document, contacts: list[str]) -> dict[str, str]:
    """New links by contact; those that were sent before are dead."""
    tokens = {contact: _signed(estimate.name, secrets.token_urlsafe(32)) for contact in contacts}
    kept = {_digest(token): contact for contact, token in tokens.items()}
    estimate.db_set(FIELD, json.dumps(kept), update_modified=False)
    return {contact: _url(estimate.name, token) for contact, token in tokens.items()}


def revoke(estimate: Document) -> None:
    estimate.db_set(FIELD, None, update_modified=False)


def holder(estimate: str, token: str) -> str:
    """The contact whom an unused link was mailed to. Raises PermissionError, the same for whatever is wrong with it."""
    _refuse_guessing()
    contact = _holder(estimate, token) if _is_ours(estimate, token) else None
    if not contact:
        _count_guess()
        raise frappe.PermissionError(
            _("This link was used, has expired or was replaced. Log in to the support portal, or write to us.")
        )
    return contact


def _holder(estimate: str, token: str) -> str | None:
    """Locks the estimate, so that of two answers at once the second finds the link used."""
    found = frappe.db.get_value(
        "Quotation", estimate, [FIELD, "valid_till", "docstatus"], as_dict=True, for_update=True
    )
    if (
        not found
        or found.docstatus != 1
        or (found.valid_till and found.valid_till < getdate(frappe.flags.current_time))
    ):
        return None
    digest, links = _digest(token), json.loads(found[FIELD] or "{}")
    holders = [contact for known, contact in links.items() if hmac.compare_digest(known, digest)]
    return next(iter(holders), None)


def _signed(estimate: str, nonce: str) -> str:
    message = f"{estimate}\n{nonce}".encode()
    return f"{nonce}.{hmac.new(get_encryption_key().encode(), message, hashlib.sha256).hexdigest()}"


def _is_ours(estimate: str, token: str) -> bool:
    nonce = str(token).partition(".")[0]
    return hmac.compare_digest(_signed(estimate, nonce).encode(), str(token).encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _url(estimate: str, token: str) -> str:
    return get_url(f"/support/estimates/{estimate}?token={token}")


def _refuse_guessing() -> None:
    """Raises TooManyRequestsError for an address that came with MOST_GUESSES wrong links within an hour."""
    if int(frappe.cache.get_value(_guesses(), shared=False) or 0) >= MOST_GUESSES:
        raise frappe.TooManyRequestsError(_("Too many links that don't work. Try again in an hour."))


def _count_guess() -> None:
    guesses = int(frappe.cache.get_value(_guesses()) or 0) + 1
    frappe.cache.set_value(_guesses(), guesses, expires_in_sec=int(WITHIN.total_seconds()))


def _guesses() -> str:
    return f"retainer_estimate_guesses:{frappe.local.request_ip or 'here'}"
