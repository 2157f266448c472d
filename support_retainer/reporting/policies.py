"""An SLA Policy of the site as the replay of tickets reads it, and its support hours as they were."""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from support_retainer.domain.history import FormerHours
from support_retainer.domain.sla_clock import ROUND_THE_CLOCK, Policy
from support_retainer.site_time import to_utc

OF_THE_HOURS = ("time_zone", "always_open", "holiday_list")


def of(name: str | None) -> Policy:
    """One without promises where a package names none."""
    if not name:
        return Policy("", ROUND_THE_CLOCK, {})
    doc = frappe.get_cached_doc("SLA Policy", name)
    return Policy(name, doc.calendar(), doc.targets_by_priority())


def former(name: str) -> tuple[FormerHours, ...]:
    """Support hours before each change of them, oldest first, from the versions that Frappe keeps of a policy.

    A Holiday List has no versions, so each has the holidays that its list has today.
    """
    policy = frappe.get_doc("SLA Policy", name)
    versions = frappe.get_all(
        "Version",
        {"ref_doctype": "SLA Policy", "docname": name},
        ["creation", "data"],
        order_by="creation desc, name desc",
    )
    found: list[FormerHours] = []
    for version in versions:
        later = policy.build_calendar()
        _undo(policy, json.loads(version.data))
        if policy.build_calendar() != later:
            found.append(FormerHours(name, to_utc(version.creation), policy.build_calendar()))
    return tuple(reversed(found))


def _undo(policy: Document, version: Mapping[str, Any]) -> None:
    """Take one change back; only fields that say when support is open."""
    for field, old, _new in version.get("changed") or ():
        if field in OF_THE_HOURS:
            policy.set(field, cint(old) if field == "always_open" else old)
    if policy.holiday_list and not frappe.db.exists("Holiday List", policy.holiday_list):
        policy.holiday_list = None
    for _table, _place, name, changes in _of_windows(version, "row_changed"):
        row = next(row for row in policy.windows if row.name == name)
        row.update({field: old for field, old, _new in changes})
    added = {row["name"] for _table, row in _of_windows(version, "added")}
    removed = [row for _table, row in _of_windows(version, "removed")]
    policy.set("windows", [*(row for row in policy.windows if row.name not in added), *removed])


def _of_windows(version: Mapping[str, Any], kind: str) -> list[list[Any]]:
    return [one for one in version.get(kind) or () if one[0] == "windows"]
