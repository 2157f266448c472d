"""Whether a client's site is well: what was measured becomes findings, findings in a row become an incident.

Times are aware UTC datetimes, durations say their unit. Nothing here opens a connection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from support_retainer.domain.site_use import Use

FLAPPING_WITHIN = timedelta(hours=1)
FLAPPING_CHANGES = 4
# A check that has been going up and down has to hold this many times as long before it counts as well again.
FLAPPING_PATIENCE = 3


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
    failing_jobs: int = 5
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
    "Basic": Level(15, 360, Thresholds(fail_after=3, slow_after_ms=8000, certificate_days=7, errors_per_day=1000)),
    "Standard": Level(10, 120, Thresholds(fail_after=3, slow_after_ms=5000, errors_per_day=500)),
    "Advanced": Level(5, 60, Thresholds(releases_behind=8)),
    "Premium": Level(5, 30, Thresholds(slow_after_ms=2000, certificate_days=21, releases_behind=4)),
    "24x7": Level(5, 15, Thresholds(fail_after=1, slow_after_ms=1500, certificate_days=30, releases_behind=2)),
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
    failed_logins: int | None = None
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


def parts(version: str) -> tuple[int, ...]:
    """ "15.72.4" as (15, 72, 4); what is no number ends it, so "15.0.0-dev" is (15, 0, 0)."""
    found: list[int] = []
    for word in version.strip().lstrip("v").split("."):
        digits = word[: next((n for n, char in enumerate(word) if not char.isdigit()), len(word))]
        if not digits:
            break
        found.append(int(digits))
    return tuple(found)


def newest_of(known: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The newest version of each app within each of its major versions, as {"erpnext 15": "15.71.1"}."""
    newest: dict[str, str] = {}
    for versions in known:
        for app, version in versions.items():
            line = _line(app, version)
            if parts(version) > parts(newest.get(line, "")):
                newest[line] = version
    return newest


def version_lag(mine: Mapping[str, str], newest: Mapping[str, str]) -> int | None:
    """How many minor releases the furthest-behind app lags within its major version; None if none is known."""
    lags = []
    for app, version in mine.items():
        own, best = parts(version), parts(newest.get(_line(app, version), ""))
        if len(own) > 1 and len(best) > 1:
            lags.append(max(best[1] - own[1], 0))
    return max(lags, default=None)


def newest_of_line(app: str, version: str, newest: Mapping[str, str]) -> str:
    """The newest version of the app within the major version of `version`; "" if none is known."""
    return newest.get(_line(app, version), "")


def _line(app: str, version: str) -> str:
    return f"{app} {next(iter(parts(version)), 0)}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one check of one site has been going: whether it counts as down, and what came last, how often in a row."""

    is_down: bool = False
    last_good: bool = True
    streak: int = 0
    changes: tuple[datetime, ...] = ()
    reason: Reason = Reason.FINE

    def is_flapping(self, at: datetime) -> bool:
        return len([change for change in self.changes if at - change <= FLAPPING_WITHIN]) >= FLAPPING_CHANGES


def advance(standing: Standing, finding: Finding, at: datetime, limits: Thresholds) -> Standing:
    """The standing after one more finding: N bad ones in a row bring it down, N good ones up again.

    One that flaps is down as a whole: it opens one incident and has to hold longer before that is over.
    """
    good = finding.is_good
    changed = good is not standing.last_good
    recent = tuple(one for one in standing.changes if at - one <= FLAPPING_WITHIN)
    after = replace(
        standing,
        last_good=good,
        streak=1 if changed else standing.streak + 1,
        changes=(*recent, at) if changed else recent,
        reason=standing.reason if good else finding.reason,
    )
    return replace(after, is_down=_is_down(after, at, limits))


def _is_down(after: Standing, at: datetime, limits: Thresholds) -> bool:
    flapping = after.is_flapping(at)
    if not after.last_good:
        return after.is_down or flapping or after.streak >= max(limits.fail_after, 1)
    patience = FLAPPING_PATIENCE if flapping else 1
    return after.is_down and after.streak < max(limits.recover_after, 1) * patience


def keep_measured(
    standings: Mapping[Check, Standing], findings: Iterable[Finding], *, reached: bool, looked_inside: bool
) -> dict[Check, Standing]:
    """Without the checks that no longer exist: a limit set to zero, a key taken away, a site moved to plain http."""
    found = {finding.check for finding in findings}
    return {
        check: standing
        for check, standing in standings.items()
        if check in found or not (reached if check in FROM_OUTSIDE else looked_inside)
    }


class SiteStatus(str, Enum):
    UNKNOWN = "Unknown"
    UP = "Up"
    DEGRADED = "Degraded"
    DOWN = "Down"
    MAINTENANCE = "Maintenance"


def status(standings: Mapping[Check, Standing], in_maintenance: bool) -> SiteStatus:
    """What is said of a site as a whole."""
    if in_maintenance:
        return SiteStatus.MAINTENANCE
    if not standings:
        return SiteStatus.UNKNOWN
    down = {check for check, standing in standings.items() if standing.is_down}
    if down & REACHED_BY and not only_a_warning(down, standings):
        return SiteStatus.DOWN
    return SiteStatus.DEGRADED if down else SiteStatus.UP


def only_a_warning(down: Iterable[Check], standings: Mapping[Check, Standing]) -> bool:
    """A certificate that runs out soon still serves."""
    return {check for check in down if check in REACHED_BY} == {Check.CERTIFICATE} and (
        standings[Check.CERTIFICATE].reason is Reason.EXPIRES_SOON
    )


def is_up(findings: Iterable[Finding]) -> bool | None:
    """Whether a visit reached the site; None if it did not try."""
    tried = [one for one in findings if one.check in REACHED_BY]
    return all(one.is_good or one.reason is Reason.EXPIRES_SOON for one in tried) if tried else None
