"""Links to a finished export: for one named contact each, expiring, revocable, kept as a hash only."""

import hashlib
import secrets
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, get_url, now_datetime

from support_retainer import post
from support_retainer.archive.parts import NUMBERED
from support_retainer.exceptions import ExportRefused, LinkRefused
from support_retainer.offboarding.export import trail
from support_retainer.speech import language_of, speaking

TEMPLATE = "support_retainer/templates/emails/data_export_ready.html"
VALID_FOR = timedelta(days=7)
PATH = "/api/method/support_retainer.offboarding.export.download.fetch?token={0}&part={1}"


def make(export: Document, user: str) -> str:
    """A token for a contact of the contract. Raises ExportRefused before the archive is whole, or for anybody else."""
    if export.status != "Ready":
        frappe.throw(
            _("{0} is {1}: there is no archive to link to.").format(export.name, _(export.status)), ExportRefused
        )
    if user not in contacts(export.contract):
        frappe.throw(
            _("{0} is no contact of {1}. Add the person to the contract first.").format(user, export.contract),
            ExportRefused,
        )
    token = secrets.token_urlsafe(32)
    row = export.append("links", {"user": user, "token_hash": hash_of(token), "expires_at": now_datetime() + VALID_FOR})
    row.db_insert()
    trail.note(export.name, "Link Made", user)
    return token


def contacts(contract: str) -> list[str]:
    """Enabled users whom the contract names and who see the company's matters."""
    return frappe.db.sql_list(
        """select contact.user from `tabRetainer Contract Contact` contact
        join tabUser user on user.name = contact.user and user.enabled = 1
        where contact.parent = %s and contact.parenttype = 'Retainer Contract'
            and coalesce(contact.tickets, '') != 'Own'
        order by contact.idx""",
        contract,
    )


def url_of(token: str, part: int = 1) -> str:
    """By way of the portal, which asks a guest to log in first."""
    return get_url(f"/support/exports?token={token}&part={part}")


def exports_sent_to(user: str) -> list[str]:
    """Whole archives to which the person has a link that still works."""
    return frappe.db.sql_list(
        """select distinct export.name from `tabData Export Link` link
        join `tabClient Data Export` export on export.name = link.parent and export.status = 'Ready'
        join `tabRetainer Contract Contact` contact on contact.parent = export.contract and contact.user = link.user
        where link.user = %s and link.revoked_at is null and link.expires_at > %s""",
        (user, now_datetime()),
    )


def holder(token: str, user: str) -> Document:
    """The export that the token opens for this user. Raises LinkRefused, whatever the reason; the trail has it."""
    row = frappe.db.get_value(
        "Data Export Link",
        {"token_hash": hash_of(token)},
        ["name", "parent", "user", "expires_at", "revoked_at"],
        as_dict=True,
    )
    if not row:
        raise LinkRefused
    export = frappe.get_doc("Client Data Export", row.parent)
    problem = why_refused(row, export, user)
    if problem:
        trail.note(export.name, "Refused", f"{row.user}: {problem}", user)
        raise LinkRefused
    export.flags.link = row.name
    return export


def why_refused(row: frappe._dict, export: Document, user: str) -> str | None:
    """Not to be told to whoever asks."""
    reasons = {
        "of another user": row.user != user,
        "revoked": bool(row.revoked_at),
        "expired": get_datetime(row.expires_at) < now_datetime(),
        "the archive is not there": export.status != "Ready",
        "no contact any more": user not in contacts(export.contract),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def count(export: Document, part: int) -> None:
    """One download more, by the link that was used."""
    row = next(row for row in export.links if row.name == export.flags.link)
    row.db_set({"downloads": row.downloads + 1, "last_download_at": now_datetime()})
    trail.note(export.name, "Downloaded", _("part {0} of {1}").format(part, len(export.parts)))


def revoke(export: Document, user: str | None = None) -> int:
    """End the links of one contact, or all; returns how many were open."""
    now: datetime = now_datetime()
    open_rows = [row for row in export.links if not row.revoked_at and user in (None, row.user)]
    for row in open_rows:
        row.db_set("revoked_at", now)
        trail.note(export.name, "Revoked", row.user)
    return len(open_rows)


def send(export: Document, user: str) -> None:
    """A mail with the link of each part; the link works only for this person, logged in."""
    token = make(export, user)
    with speaking(language_of(user, export.customer)):
        facts = {
            "parts": [(row.file_name, row.size_mb, url_of(token, row.idx)) for row in export.parts],
            "valid_until": frappe.utils.format_datetime(now_datetime() + VALID_FOR),
            "deleted_on": frappe.utils.formatdate(export.expires_on),
            "encrypted": export.encrypted,
            "whole": NUMBERED.sub(r"\1", export.parts[0].file_name),
            "manifest_sha256": export.manifest_sha256,
        }
        subject = _("Your data: the export of {0} is ready").format(export.contract)
        # What is kept of a mail that can't go out has no link in it: everybody in the desk could read it there.
        post.queue([user], subject, frappe.render_template(TEMPLATE, facts), export, subject)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
