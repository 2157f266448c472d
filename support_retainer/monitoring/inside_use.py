"""How much a remote site is used, asked through its API. It runs in a thread, so it knows neither Frappe nor the
database."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from support_retainer.domain.site_health import Reason
from support_retainer.domain.site_use import MODULE_OF, Use
from support_retainer.monitoring.inside import COUNT, Site

# The site answered, but has no such DocType.
NOT_THERE = (Reason.BAD_STATUS, Reason.NOT_JSON)


def count(site: Site, since: date) -> Use | None:
    """None where the site doesn't say who was active, or stops to answer.

    Without documents where the key may not count one of them: half of what was made would mislead.
    """
    day = since.isoformat()
    reason, users = ask(site, "User", active_since(day))
    if reason is not Reason.FINE or not isinstance(users, int):
        return None
    made: dict[str, int] = {}
    for doctype in MODULE_OF:
        reason, found = ask(site, doctype, [["creation", ">=", day]])
        if reason is Reason.WRONG_CREDENTIALS:
            return Use(users)
        if reason is Reason.FINE and isinstance(found, int):
            made[doctype] = found
        elif reason not in NOT_THERE:
            return None
    return Use(users, made)


def ask(site: Site, doctype: str, filters: Sequence[Any]) -> tuple[Reason, Any]:
    return site.get(COUNT + urlencode({"doctype": doctype, "filters": json.dumps(filters)}))


def active_since(day: str) -> list[list[Any]]:
    """People who work in the site; those of a portal don't use it as its owner does."""
    nobody = ["name", "not in", ["Administrator", "Guest"]]
    return [["enabled", "=", 1], ["user_type", "=", "System User"], ["last_active", ">=", day], nobody]
