"""What a Frappe site tells of itself through its API: version, scheduler, queues, errors, storage, backups, logins."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode, urljoin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from support_retainer.domain.restoring import Backup
from support_retainer.domain.site_health import Measured, Reason
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.fetch import Answer, Ask, fetch

HEALTH = quote("/api/resource/System Health Report/System Health Report")
VERSIONS = "/api/method/frappe.utils.change_log.get_versions"
BACKUPS = "/api/method/frappe.utils.backups.fetch_latest_backups"
PING = "/api/method/ping"
ZONE = "/api/method/frappe.client.get_single_value?doctype=System+Settings&field=time_zone"
COUNT = "/api/method/frappe.client.get_count?"
LIST = "/api/method/frappe.client.get_list?"
BACKUP_LIST = "/api/method/frappe.desk.desk_page.getpage?name=backups"
BACKUP_NAME = re.compile(r"(\d{8}_\d{6})-")
LISTED_BACKUP = re.compile(
    r"/backups/(\d{8}_\d{6})-\S*?-database(?:-enc)?\.sql\.gz.*?>\s*([\d.]+)([KM])\s*<", re.DOTALL
)
UNITS = {"K": 1024.0, "M": 1.0}
MEMORY = re.compile(r"([\d.]+)([BKMGT]?)")
MEMORY_UNITS = {"": 1, "B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
Taker = Callable[[Any, Measured], Measured]


class Site:
    """The API of one site, asked with its key."""

    def __init__(self, client: Client, url: str, key: str, secret: str, allow_private: bool) -> None:
        self._client, self._url, self._allow_private = client, url, allow_private
        self._headers = {"Authorization": f"token {key}:{secret}", "Accept": "application/json"}

    def get(self, path: str) -> tuple[Reason, Any]:
        """Why it failed or FINE, and the content of the answer."""
        ask = Ask(urljoin(self._url, path), self._allow_private, self._headers)
        return read(fetch(self._client, ask))


def read(answer: Answer) -> tuple[Reason, Any]:
    if answer.status in (401, 403):
        return Reason.WRONG_CREDENTIALS, None
    if answer.reason is not Reason.FINE:
        return answer.reason, None
    try:
        found = json.loads(answer.body)
    except ValueError:
        return Reason.NOT_JSON, None
    if not isinstance(found, Mapping):
        return Reason.NOT_JSON, None
    return Reason.FINE, found.get("message", found.get("data", found.get("docs")))


def ping(site: Site, seen: Measured) -> Measured:
    reason, word = site.get(PING)
    return replace(seen, api=Reason.BROKEN if reason is Reason.FINE and word != "pong" else reason)


def inspect(site: Site, seen: Measured) -> Measured:
    """Everything there is to ask. A site of an older version that lacks a page says nothing about that part.

    The report comes first: where the key does not open it, nothing else will open either.
    """
    reason, report = site.get(HEALTH)
    if reason is Reason.WRONG_CREDENTIALS:
        return replace(seen, api=reason)
    if isinstance(report, Mapping):
        seen = _health(report, seen)
    for path, take in questions(zone_of(site)):
        reason, found = site.get(path)
        if reason is Reason.FINE and found is not None:
            seen = take(found, seen)
    return seen


def zone_of(site: Site) -> ZoneInfo | None:
    """In which the site writes its times."""
    _reason, name = site.get(ZONE)
    try:
        return ZoneInfo(str(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def questions(zone: ZoneInfo | None) -> tuple[tuple[str, Taker], ...]:
    day_ago = f"{datetime.now(zone or timezone.utc) - timedelta(days=1):%Y-%m-%d %H:%M:%S}"
    return (
        (VERSIONS, _versions),
        (BACKUPS, partial(_backups, zone)),
        (BACKUP_LIST, _backup_list),
        (failed_jobs(day_ago), _failed_jobs),
        (failed_logins(day_ago), _logins),
        (deadlocks(day_ago), _deadlocks),
    )


def failed_jobs(since: str) -> str:
    """Different scheduled jobs, and not their runs; the report lists five of them at most."""
    query = {
        "doctype": "Scheduled Job Log",
        "fields": '["scheduled_job_type"]',
        "filters": json.dumps([["status", "=", "Failed"], ["creation", ">", since]]),
        "group_by": "scheduled_job_type",
        "order_by": "scheduled_job_type",
        "limit_page_length": 0,
    }
    return LIST + urlencode(query)


def failed_logins(since: str) -> str:
    """Since a moment: a count by "Timespan" compares a time with days and finds nothing."""
    filters = [["operation", "=", "Login"], ["status", "=", "Failed"], ["creation", ">", since]]
    return COUNT + urlencode({"doctype": "Activity Log", "filters": json.dumps(filters)})


def deadlocks(since: str) -> str:
    """Errors that say so, in the words of MariaDB."""
    filters = [["error", "like", "%Deadlock found%"], ["creation", ">", since]]
    return COUNT + urlencode({"doctype": "Error Log", "filters": json.dumps(filters)})


def _health(report: Mapping[str, Any], seen: Measured) -> Measured:
    sizes = [report.get(name) or 0 for name in ("backups_size", "private_files_size", "public_files_size")]
    return replace(
        seen,
        scheduler=report.get("scheduler_status"),
        pending_jobs=sum(int(row.get("pending_jobs") or 0) for row in report.get("queue_status") or []),
        errors_per_day=int(report.get("total_errors") or 0),
        database_mb=round(float(report.get("db_storage_usage") or 0), 1),
        storage_mb=round(float(sum(sizes)), 1),
        cache_mb=megabytes(report.get("cache_memory_usage")),
        buffer_mb=megabytes(report.get("bufferpool_size")),
        workers=int(report.get("total_background_workers") or 0),
    )


def megabytes(text: Any) -> float | None:
    """Of "1.25M" as Redis says it, or of bytes as MariaDB does; None where it is neither."""
    found = MEMORY.fullmatch(str(text or "").strip())
    return round(float(found[1]) * MEMORY_UNITS[found[2]] / 1024**2, 1) if found else None


def _versions(found: Any, seen: Measured) -> Measured:
    if not isinstance(found, Mapping):
        return seen
    rows = {str(app): row for app, row in found.items() if isinstance(row, Mapping)}
    return replace(seen, versions={app: str(row["version"])[:40] for app, row in rows.items() if row.get("version")})


def _backups(zone: ZoneInfo | None, found: Any, seen: Measured) -> Measured:
    """The time stands in the file's name, in the zone of the site; without a zone it is not known."""
    name = found.get("database") if isinstance(found, Mapping) else None
    written = BACKUP_NAME.search(str(name or ""))
    if not written:
        return replace(seen, backups_known=True)
    if not zone:
        return seen
    at = datetime.strptime(written[1], "%Y%m%d_%H%M%S").replace(tzinfo=zone)
    return replace(seen, backups_known=True, newest_backup_at=at)


def _backup_list(found: Any, seen: Measured) -> Measured:
    """How large they are, which only the page for people tells."""
    page = next(iter(found), None) if isinstance(found, list) else None
    script = page.get("script") if isinstance(page, Mapping) else None
    return replace(
        seen,
        backups=tuple(
            Backup(datetime.strptime(day[:8], "%Y%m%d").date(), round(float(size) / UNITS[unit], 1))
            for day, size, unit in LISTED_BACKUP.findall(str(script or ""))
        ),
    )


def _failed_jobs(found: Any, seen: Measured) -> Measured:
    return replace(seen, failing_jobs=len(found)) if isinstance(found, list) else seen


def _deadlocks(found: Any, seen: Measured) -> Measured:
    return replace(seen, deadlocks=found) if isinstance(found, int) else seen


def _logins(found: Any, seen: Measured) -> Measured:
    return replace(seen, failed_logins=found) if isinstance(found, int) else seen
