"""What a Frappe site tells of itself through its API: version, scheduler, queues, errors, storage, backups, logins."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from support_retainer.domain.site_health import Measured, Reason
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.fetch import Answer, Ask, fetch

HEALTH = quote("/api/resource/System Health Report/System Health Report")
VERSIONS = "/api/method/frappe.utils.change_log.get_versions"
BACKUPS = "/api/method/frappe.utils.backups.fetch_latest_backups"
PING = "/api/method/ping"
ZONE = "/api/method/frappe.client.get_single_value?doctype=System+Settings&field=time_zone"
LOGINS = "/api/method/frappe.client.get_count?doctype=Activity+Log&filters=" + quote(
    json.dumps([["operation", "=", "Login"], ["status", "=", "Failed"], ["creation", "Timespan", "today"]])
)
BACKUP_NAME = re.compile(r"(\d{8}_\d{6})-")


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
    return Reason.FINE, found.get("message", found.get("data"))


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
    for path, take in TAKERS:
        reason, found = site.get(path)
        if reason is Reason.FINE and found is not None:
            seen = take(found, seen)
    return without_naive_time(seen)


def without_naive_time(seen: Measured) -> Measured:
    at = seen.newest_backup_at
    return replace(seen, newest_backup_at=None, backups_known=False) if at and not at.tzinfo else seen


def _health(report: Mapping[str, Any], seen: Measured) -> Measured:
    failing = [row for row in report.get("failing_scheduled_jobs") or [] if (row.get("failure_rate") or 0) >= 50]
    sizes = [report.get(name) or 0 for name in ("backups_size", "private_files_size", "public_files_size")]
    return replace(
        seen,
        scheduler=report.get("scheduler_status"),
        pending_jobs=sum(int(row.get("pending_jobs") or 0) for row in report.get("queue_status") or []),
        failing_jobs=len(failing),
        errors_per_day=int(report.get("total_errors") or 0),
        database_mb=round(float(report.get("db_storage_usage") or 0), 1),
        storage_mb=round(float(sum(sizes)), 1),
    )


def _versions(found: Any, seen: Measured) -> Measured:
    if not isinstance(found, Mapping):
        return seen
    rows = {str(app): row for app, row in found.items() if isinstance(row, Mapping)}
    return replace(seen, versions={app: str(row["version"])[:40] for app, row in rows.items() if row.get("version")})


def _backups(found: Any, seen: Measured) -> Measured:
    """The time stands in the file's name, in the zone of the site."""
    name = found.get("database") if isinstance(found, Mapping) else None
    written = BACKUP_NAME.search(str(name or ""))
    if not written:
        return replace(seen, backups_known=True)
    return replace(seen, backups_known=True, newest_backup_at=datetime.strptime(written[1], "%Y%m%d_%H%M%S"))


def _logins(found: Any, seen: Measured) -> Measured:
    return replace(seen, failed_logins=found) if isinstance(found, int) else seen


def _zone(found: Any, seen: Measured) -> Measured:
    """Without a zone the time of the backup is not known, only that there is one."""
    if seen.newest_backup_at is None:
        return seen
    try:
        return replace(seen, newest_backup_at=seen.newest_backup_at.replace(tzinfo=ZoneInfo(str(found))))
    except (ZoneInfoNotFoundError, ValueError):
        return seen


Taker = Callable[[Any, Measured], Measured]
TAKERS: tuple[tuple[str, Taker], ...] = (
    (VERSIONS, _versions),
    (BACKUPS, _backups),
    (LOGINS, _logins),
    (ZONE, _zone),
)
