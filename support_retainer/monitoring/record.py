"""What a pass has seen, written down: a sample for each site, how its checks stand, and what is said of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import frappe
from frappe.model.document import Document
from frappe.utils import now

from support_retainer.domain import site_health, site_standing
from support_retainer.domain.restoring import kept
from support_retainer.domain.site_health import Check, Finding, Measured, Reason
from support_retainer.domain.site_incidents import SiteState
from support_retainer.domain.site_standing import Standing
from support_retainer.monitoring import releases, use, words
from support_retainer.monitoring.probe import Seen
from support_retainer.site_time import site_date, to_site

SAMPLE = (
    *("name", "owner", "creation", "modified", "modified_by"),
    *("site", "at", "is_up", "excused", "response_ms", "http_status", "bad"),
)
FIGURES = (
    *("scheduler", "pending_jobs", "failing_jobs", "errors_per_day", "database_mb", "storage_mb", "failed_logins"),
    *("deadlocks", "cache_mb", "buffer_mb", "workers"),  # of use to an audit; no limit is set on them
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A site after the pass: its state for the incidents, and what its last findings say."""

    site: Document
    state: SiteState
    findings: tuple[Finding, ...]
    is_up: bool | None
    detail: str

    def explain(self, check: Check, reason: Reason) -> str:
        """What is wrong, with the figures where this pass has measured them."""
        for finding in self.findings:
            if finding.check is check and not finding.is_good:
                return words.explain(finding, self.detail)
        return words.sentence(check, reason)


def write(sites: list[Document], seen: Mapping[str, Seen], moment: datetime) -> list[Recorded]:
    """Store samples and standings in the caller's transaction."""
    newest = releases.newest(tuple(one.measured.versions for one in seen.values()))
    recorded = [one(site, seen[site.name], moment, newest) for site in sites]
    samples = [sample(row, seen[row.site.name], moment) for row in recorded]
    frappe.db.bulk_insert("Site Check", list(SAMPLE), samples)
    for row in recorded:
        found = values(row, seen[row.site.name], moment)
        frappe.db.set_value("Managed Site", row.site.name, found, update_modified=False)
        if counted := seen[row.site.name].measured.use:
            use.keep(row.site.name, site_date(moment), counted)
    return recorded


def one(site: Document, seen: Seen, moment: datetime, newest: Mapping[str, str]) -> Recorded:
    limits = site.limits()
    findings = tuple(site_health.judge(seen.measured, limits, moment, newest))
    standings = read_standings(site.standings)
    for finding in findings:
        standings[finding.check] = site_standing.advance(
            standings.get(finding.check, Standing()), finding, moment, limits
        )
    standings = site_standing.keep_measured(
        standings,
        findings,
        reached=seen.measured.reached is Reason.FINE,
        looked_inside=seen.measured.looked_inside or not seen.probe.key,
    )
    state = SiteState(site.name, standings, site.in_maintenance(moment), site.hosted_by or "")
    return Recorded(site, state, findings, site_health.is_up(findings), seen.detail)


def sample(row: Recorded, seen: Seen, moment: datetime) -> tuple:
    stamp, user = now(), frappe.session.user
    bad = ", ".join(finding.check.value for finding in row.findings if not finding.is_good)
    head = (frappe.generate_hash(length=10), user, stamp, stamp, user)
    measured = seen.measured
    answer = (measured.response_ms or 0, measured.http_status or 0)
    return (*head, row.site.name, to_site(moment), int(bool(row.is_up)), int(row.state.in_maintenance), *answer, bad)


def values(row: Recorded, seen: Seen, moment: datetime) -> dict[str, object]:
    """The fields of the record that a visit brings up to date; what was not measured stays."""
    measured = seen.measured
    bad = [words.explain(finding, seen.detail) for finding in row.findings if not finding.is_good]
    found: dict[str, object] = {
        "status": site_standing.status(row.state.standings, row.state.in_maintenance).value,
        "response_ms": measured.response_ms or 0,
        "standings": write_standings(row.state.standings),
        "last_error": "\n".join(bad),
    }
    if measured.certificate_expires_at:
        found["certificate_expires_on"] = to_site(measured.certificate_expires_at).date()
    if measured.newest_backup_at:
        found["newest_backup_at"] = to_site(measured.newest_backup_at)
    return found | ({} if row.site.local_site else backups(measured, moment)) | inside(measured, moment)


def backups(measured: Measured, moment: datetime) -> dict[str, object]:
    """What the site lists of its backups; those in a folder of this bench are looked at there."""
    if not measured.backups:
        return {}
    result = kept(measured.backups, site_date(moment))
    return {
        "newest_backup_mb": max(measured.backups, key=lambda backup: backup.day).megabytes,
        "backup_kept_days": result.oldest_days,
        "backup_trend": result.growth_percent or 0,
    }


def inside(measured: Measured, moment: datetime) -> dict[str, object]:
    if not measured.looked_inside:
        return {}
    figures = {name: getattr(measured, name) for name in FIGURES if getattr(measured, name) is not None}
    return {
        "inspected_at": to_site(moment),
        "versions": write_versions(measured.versions),
        "figures": "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items()),
    }


def write_versions(versions: Mapping[str, str]) -> str:
    return "\n".join(f"{app} {version}" for app, version in sorted(versions.items()))


def read_standings(text: str | None) -> dict[Check, Standing]:
    return {
        Check(name): Standing(
            bool(row["down"]),
            bool(row["good"]),
            row["streak"],
            tuple(datetime.fromtimestamp(at, timezone.utc) for at in row["changes"]),
            Reason(row["reason"]),
        )
        for name, row in json.loads(text or "{}").items()
    }


def write_standings(standings: Mapping[Check, Standing]) -> str:
    return json.dumps(
        {
            check.value: {
                "down": int(one.is_down),
                "good": int(one.last_good),
                "streak": one.streak,
                "changes": [int(at.timestamp()) for at in one.changes],
                "reason": one.reason.value,
            }
            for check, one in standings.items()
        }
    )
