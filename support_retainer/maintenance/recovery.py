"""What to do when a site is lost, written from what is known of it at this moment: the disaster recovery document.

It is kept nowhere, so it cannot grow old: the print format in the desk and the client's download render it anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, format_datetime, format_duration, now_datetime

from support_retainer.maintenance import backups, recovery_steps
from support_retainer.site_time import site_zone
from support_retainer.speech import _

TEMPLATE = "support_retainer/templates/recovery/recovery.html"
UNTESTED_DAYS = 90


@dataclass(frozen=True, slots=True)
class Person:
    role: str
    name: str
    mail: str
    phone: str


def recovery_document(site: Document, inside: bool = True) -> str:
    """The body of the document as HTML. Without `inside` it is the client's: no names of our bench, no words of tools,
    no numbers of people on call, and nothing that is only ours to mend."""
    return frappe.render_template(TEMPLATE, facts(site, inside))


def facts(site: Document, inside: bool) -> dict[str, Any]:
    proof = last_proof(site.name)
    folder = site.local_site if inside and site.local_site else urlsplit(site.url).hostname
    return {
        "site": site,
        "inside": inside,
        "written_at": _("{0} ({1})").format(format_datetime(now_datetime()), site_zone().key),
        "copies": list(copies(site, inside)),
        "versions": versions(site),
        "steps": list(recovery_steps.steps(site, folder)),
        "people": list(people(site, inside)),
        "proof": proof,
        "proof_lines": proof_lines(proof, inside),
        "gaps": list(gaps(site, proof)) if inside else [],
    }


def last_proof(site: str) -> frappe._dict | None:
    """The newest restore test that came to an end."""
    over = {"site": site, "status": ["in", ("Passed", "Failed")]}
    fields = ["status", "started_at", "seconds", "source", "tables", "rows", "checksums", "is_encrypted", "reason"]
    return next(iter(frappe.get_all("Restore Test", over, fields, order_by="started_at desc", limit=1)), None)


def proof_lines(proof: frappe._dict | None, inside: bool) -> list[tuple[str, str]]:
    if not proof:
        return [(_("Result"), _("No backup of this site has been restored for a test yet."))]
    lines = [
        (_("Result"), _(proof.status)),
        (_("When"), format_datetime(proof.started_at)),
        (_("Duration"), format_duration(proof.seconds) or "0s"),
        (_("Backup"), _(proof.source) + (f", {_('encrypted')}" if proof.is_encrypted else "")),
    ]
    if proof.status == "Passed":
        lines.append((_("Restored"), _("{0} tables with {1} rows").format(proof.tables, f"{cint(proof.rows):,}")))
    elif inside and proof.reason:
        lines.append((_("Reason"), proof.reason))
    return lines


def copies(site: Document, inside: bool) -> Iterator[tuple[str, str, str]]:
    """(what, where, as of when) of each part of a backup."""
    place = _("The folder private/backups of the site, on its server")
    if inside and site.local_site:
        place = f"sites/{site.local_site}/private/backups"
    newest = as_of(site.newest_backup_at, site.newest_backup_mb)
    yield _("Database"), place, newest
    seen = backups.newest_parts(site.local_site) if site.local_site else {}
    for part, label in PARTS.items():
        when = as_of(seen.get(part)) if site.local_site else _("not seen from here; see the folder")
        yield label(), place, when
    copied = as_of(site.off_site_copied_at) if site.off_site_copy else ""
    yield _("Copy outside the server"), site.off_site_copy or _("none recorded"), copied


PARTS = {
    "files": lambda: _("Public files"),
    "private-files": lambda: _("Private files"),
    "site_config_backup": lambda: _("Configuration with the keys of the site"),
}


def as_of(at: datetime | None, size_mb: float | None = None) -> str:
    if not at:
        return _("none seen")
    return format_datetime(at) + (f", {size_mb:g} MB" if size_mb else "")


def versions(site: Document) -> list[tuple[str, str]]:
    rows = [line.split(" ", 1) for line in (site.versions or "").splitlines() if " " in line]
    return [(app, version) for app, version in rows]


def people(site: Document, inside: bool) -> Iterator[Person]:
    contract = frappe.get_cached_doc("Retainer Contract", site.contract) if site.contract else None
    if contract and contract.account_manager:
        yield person(_("Account manager"), contract.account_manager)
    if inside:
        on_call = {row.user for row in frappe.get_cached_doc("Retainer Settings").on_call}
        yield from (person(_("On call"), user) for user in sorted(on_call))
    for row in contract.contacts if contract else ():
        if row.user and row.emergency_contact:
            yield person(_("Emergency contact of the client"), row.user)
    if site.hosted_by:
        yield Person(_("Hosted by"), site.hosted_by, "", "")


def person(role: str, user: str) -> Person:
    row = (
        frappe.db.get_value("User", user, ["full_name", "email", "phone", "mobile_no"], as_dict=True) or frappe._dict()
    )
    return Person(role, row.full_name or user, row.email or user, row.mobile_no or row.phone or "")


def gaps(site: Document, proof: frappe._dict | None) -> Iterator[str]:
    """What is missing for a recovery that can be relied on, each with what to do; for us alone."""
    yield from gaps_of_backups(site)
    yield from gaps_of_proof(proof)
    if not any(one.role == _("Emergency contact of the client") for one in people(site, False)):
        yield _("The contract names no emergency contact of the client. Tick one in its contacts.")
    if not site.recovery_notes:
        yield _("Nothing is entered in To Restore: where, in which order, who decides.")


def gaps_of_backups(site: Document) -> Iterator[str]:
    if not site.newest_backup_at:
        yield _("No backup was ever seen. Give the checks an API key, or name the site of this bench.")
    elif site.backup_hours and site.newest_backup_at < add_to_date(now_datetime(), hours=-site.backup_hours):
        yield _("The newest backup is older than {0} hours. See why none was taken.").format(site.backup_hours)
    if not site.off_site_copy:
        yield _("No copy outside the server is recorded. Make one, and enter where it is kept.")


def gaps_of_proof(proof: frappe._dict | None) -> Iterator[str]:
    if not proof:
        yield _("No restore was ever tested. Test one.")
    elif proof.status == "Failed":
        yield _("The last restore test failed. Mend what it says, and test again.")
    elif proof.started_at < add_to_date(now_datetime(), days=-UNTESTED_DAYS):
        yield _("The last restore test is older than {0} days. Test again.").format(UNTESTED_DAYS)
