"""Between the times Frappe stores (naive, in the site's zone) and the UTC that the rules are computed in."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone

UTC = timezone.utc


def site_zone() -> ZoneInfo:
    return ZoneInfo(get_system_timezone())


def to_utc(stored: datetime | str) -> datetime:
    """A stored time as an aware UTC time."""
    return get_datetime(stored).replace(tzinfo=site_zone()).astimezone(UTC)


def to_site(at: datetime | None) -> datetime | None:
    """An aware time as Frappe stores it; None stays None."""
    return at.astimezone(site_zone()).replace(tzinfo=None) if at else None


def utc_now() -> datetime:
    """Now, in UTC; follows `frappe.flags.current_time` (site time), as ERPNext's SLA does."""
    frozen = frappe.flags.current_time
    return to_utc(frozen) if frozen else datetime.now(UTC)


def site_date(at: datetime) -> date:
    """The calendar date on which an aware time falls for the site."""
    return at.astimezone(site_zone()).date()
