"""Whether a client's site is well: what a visit measured becomes findings. What follows from findings in a row is in
site_standing.

Times are aware UTC datetimes, durations say their unit. Nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from support_retainer.domain.restoring import Backup
from support_retainer.domain.site_use import Use
from support_retainer.domain.versions import version_lag


class Check(str, Enum):
    """What is looked at. The first three decide whether a site counts as up."""

    DNS = "DNS"
    UPTIME = "Uptime"
    CERTIFICATE = "Certificate"
    SPEED = "Response Time"
    API = "Site API"
    VERSION = "Version"
    SCHEDULER = "Scheduler"
    QUEUE = "Queue"
    JOBS = "Failed Jobs"
    ERRORS = "Errors"
    DATABASE = "Database Size"
    STORAGE = "Storage"
    BACKUP = "Backup"
    LOGINS = "Failed Logins"


REACHED_BY = frozenset({Check.DNS, Check.UPTIME, Check.CERTIFICATE})
FROM_OUTSIDE = REACHED_BY | {Check.SPEED}


class Reason(str, Enum):
    """Why a measurement is bad; the shell makes the sentence."""

    FINE = "Fine"
    NO_ADDRESS = "No Address"
    ADDRESS_REFUSED = "Address Refused"
    SCHEME_REFUSED = "Scheme Refused"
    REFUSED = "Connection Refused"
    TIMEOUT = "Timeout"
    TOO_LONG = "Answer Too Long"
    BAD_TLS = "Bad TLS"
    BAD_STATUS = "Bad Status"
    TOO_MANY_REDIRECTS = "Too Many Redirects"
    BROKEN = "Broken Answer"
    NOT_JSON = "Not JSON"
    WRONG_CREDENTIALS = "Wrong Credentials"
    EXPIRES_SOON = "Expires Soon"
    SLOW = "Slow"
    BEHIND = "Behind"
    STOPPED = "Stopped"
    ABOVE_LIMIT = "Above Limit"
    MISSING = "Missing"
    TOO_OLD = "Too Old"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a measurement is bad. Zero switches a limit off."""

    fail_after: int = 2
    recover_after: int = 2
    slow_after_ms: int = 3000
    certificate_days: int = 14
    releases_behind: int = 0
    pending_jobs: int = 500
    failing_jobs: int = 2
    errors_per_day: int = 200
    database_mb: int = 0
    storage_mb: int = 0
    backup_hours: int = 26
    failed_logins_per_day: int = 50


@dataclass(frozen=True, slots=True)
class Level:
    """What a monitoring level of a package promises: how often is looked, and how soon it is told."""

    check_every_minutes: int
    inspect_every_minutes: int
    thresholds: Thresholds


LEVELS: Mapping[str, Level] = {
    "Basic": Level(
        15,
        360,
        Thresholds(fail_after=3, slow_after_ms=8000, certificate_days=7, failing_jobs=5, errors_per_day=1000),
    ),
    "Standard": Level(10, 120, Thresholds(fail_after=3, slow_after_ms=5000, errors_per_day=500)),
    "Advanced": Level(5, 60, Thresholds(releases_behind=8)),
    "Premium": Level(5, 30, Thresholds(slow_after_ms=2000, certificate_days=21, releases_behind=4)),
    "24x7": Level(
        5, 15, Thresholds(fail_after=1, slow_after_ms=1500, certificate_days=30, releases_behind=2, failing_jobs=1)
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one visit to a site found; None is what was not measured. Sizes in MB, `reached` by HTTP."""

    reached: Reason | None = None
    http_status: int | None = None
    response_ms: int | None = None
    certificate_expires_at: datetime | None = None
    api: Reason | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    scheduler: str | None = None
    pending_jobs: int | None = None
    failing_jobs: int | None = None
    errors_per_day: int | None = None
    database_mb: float | None = None
    storage_mb: float | None = None
    backups_known: bool = False
    newest_backup_at: datetime | None = None
    backups: tuple[Backup, ...] = ()
    failed_logins: int | None = None
    deadlocks: int | None = None
    cache_mb: float | None = None
    buffer_mb: float | None = None
    workers: int | None = None
    use: Use | None = None

    @property
    def looked_inside(self) -> bool:
        return bool(self.versions) or self.scheduler is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """One check of one visit. `value` and `limit` are in the unit of the check's threshold."""

    check: Check
    reason: Reason = Reason.FINE
    value: float | None = None
    limit: float | None = None

    @property
    def is_good(self) -> bool:
        return self.reason is Reason.FINE


_UNREACHED = {Reason.NO_ADDRESS: Check.DNS, Reason.BAD_TLS: Check.CERTIFICATE}


def judge(seen: Measured, limits: Thresholds, at: datetime, newest: Mapping[str, str] | None = None) -> list[Finding]:
    """The findings of one visit; a cause that hides others (no address, no connection) stands alone."""
    if seen.reached is not None and seen.reached is not Reason.FINE:
        check = _UNREACHED.get(seen.reached, Check.UPTIME)
        return [Finding(check, seen.reached, seen.http_status)]
    findings = []
    if seen.reached is not None:
        findings = [Finding(Check.DNS), Finding(Check.UPTIME, value=seen.http_status)]
        findings += _speed(seen, limits) + _certificate(seen, limits, at)
    return [*findings, *_inside(seen, limits, at, newest or {})]


def _speed(seen: Measured, limits: Thresholds) -> list[Finding]:
    return _below(Check.SPEED, seen.response_ms, limits.slow_after_ms, Reason.SLOW)


def _certificate(seen: Measured, limits: Thresholds, at: datetime) -> list[Finding]:
    if seen.certificate_expires_at is None:
        return []
    days = (seen.certificate_expires_at - at).total_seconds() / 86400
    reason = Reason.EXPIRES_SOON if days < limits.certificate_days else Reason.FINE
    return [Finding(Check.CERTIFICATE, reason, round(days, 1), limits.certificate_days)]


def _inside(seen: Measured, limits: Thresholds, at: datetime, newest: Mapping[str, str]) -> list[Finding]:
    """What a Frappe site tells of itself to those who have a key."""
    findings = [Finding(Check.API, seen.api)] if seen.api is not None else []
    if seen.scheduler is not None:
        findings.append(Finding(Check.SCHEDULER, Reason.FINE if seen.scheduler == "Active" else Reason.STOPPED))
    for check, value, limit in (
        (Check.QUEUE, seen.pending_jobs, limits.pending_jobs),
        (Check.JOBS, seen.failing_jobs, limits.failing_jobs),
        (Check.ERRORS, seen.errors_per_day, limits.errors_per_day),
        (Check.DATABASE, seen.database_mb, limits.database_mb),
        (Check.STORAGE, seen.storage_mb, limits.storage_mb),
        (Check.LOGINS, seen.failed_logins, limits.failed_logins_per_day),
    ):
        findings += _below(check, value, limit, Reason.ABOVE_LIMIT)
    return findings + _version(seen, limits, newest) + _backup(seen, limits, at)


def _below(check: Check, value: float | None, limit: float, otherwise: Reason) -> list[Finding]:
    if value is None or not limit:
        return []
    return [Finding(check, otherwise if value > limit else Reason.FINE, value, limit)]


def _version(seen: Measured, limits: Thresholds, newest: Mapping[str, str]) -> list[Finding]:
    lag = version_lag(seen.versions, newest)
    if lag is None or not limits.releases_behind:
        return []
    reason = Reason.BEHIND if lag > limits.releases_behind else Reason.FINE
    return [Finding(Check.VERSION, reason, lag, limits.releases_behind)]


def _backup(seen: Measured, limits: Thresholds, at: datetime) -> list[Finding]:
    if not seen.backups_known or not limits.backup_hours:
        return []
    if seen.newest_backup_at is None:
        return [Finding(Check.BACKUP, Reason.MISSING, None, limits.backup_hours)]
    hours = (at - seen.newest_backup_at).total_seconds() / 3600
    reason = Reason.TOO_OLD if hours > limits.backup_hours else Reason.FINE
    return [Finding(Check.BACKUP, reason, round(hours, 1), limits.backup_hours)]


def is_up(findings: Iterable[Finding]) -> bool | None:
    """Whether a visit reached the site; None if it did not try."""
    tried = [one for one in findings if one.check in REACHED_BY]
    return all(one.is_good or one.reason is Reason.EXPIRES_SOON for one in tried) if tried else None
