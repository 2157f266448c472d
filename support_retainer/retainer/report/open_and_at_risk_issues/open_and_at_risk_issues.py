from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.utils import flt

from support_retainer.domain.sla_clock import ROUND_THE_CLOCK, TargetClock
from support_retainer.domain.working_calendar import WorkingCalendar
from support_retainer.retainer.report.issue_figures import IS_OPEN, PACKAGE
from support_retainer.site_time import to_site, to_utc, utc_now

AT_RISK_PERCENT = 75
MOST = 2000
STATES = ("Missed", "At Risk", "On Track", "Paused", "No Promise")
COLUMNS = """name as issue, subject, customer, priority, status, sla_policy, retainer_pause_reason, response_by,
    sla_resolution_by, first_responded_on, on_hold_since, _assign"""


def execute(filters: dict[str, Any] | None = None) -> tuple:
    """Open tickets on our clock, the most urgent first: what is left of the next target, in working hours."""
    filters = filters or {}
    rows = [complete(row) for row in read(filters)]
    wanted = [row for row in rows if not filters.get("state") or row.state == filters["state"]]
    wanted.sort(key=lambda row: (STATES.index(row.state), row.hours_left if row.hours_left is not None else 0))
    return columns(), wanted, message(rows), None, summary(rows)


def read(filters: dict[str, Any]) -> list[frappe._dict]:
    """At most 2,000, those due next; more on one page help nobody."""
    found = [IS_OPEN, "sla_policy is not null"]
    found += [f"{name} = %({name})s" for name in ("customer", "priority", "retainer_contract") if filters.get(name)]
    found += [f"{PACKAGE} = %(package)s"] if filters.get("package") else []
    permitted = build_match_conditions("Issue")
    found += [f"({permitted})".replace("%", "%%")] if permitted else []
    return frappe.db.sql(
        f"""select {COLUMNS}, {PACKAGE} as package from tabIssue where {" and ".join(found)}
        order by coalesce(if(first_responded_on is null, response_by, null), sla_resolution_by, '9999-12-31')
        limit {MOST}""",  # noqa: S608 (our own text)
        {"now": to_site(utc_now()), **filters},
        as_dict=True,
    )


def complete(row: frappe._dict) -> frappe._dict:
    """The target that is open and due first, and how much of it is left."""
    targets = [("Response", row.response_by)] if not row.first_responded_on else []
    targets = [(name, due) for name, due in [*targets, ("Resolution", row.sla_resolution_by)] if due]
    row.assigned_to = ", ".join(frappe.parse_json(row._assign or "[]"))
    if not targets:
        return row.update({"state": "No Promise", "hours_left": None})
    measured = [(name, due, *measure(row, name, due)) for name, due in targets]
    row.target, row.due_by, left, row.percent = min(measured, key=lambda target: target[2])
    row.hours_left = round(left / 3600, 2)
    row.state = state(row)
    return row


def measure(row: frappe._dict, target: str, due: datetime) -> tuple[int, float]:
    """Working seconds left (below zero: over) and percent used; while the clock stands as it stood when it stopped."""
    calendar, promised = promise(row.sla_policy, row.priority, target)
    now = to_utc(row.on_hold_since) if row.on_hold_since else utc_now()
    left = calendar.between(now, to_utc(due))
    return left, round(100 * (1 - left / promised), 1) if promised else 100.0


def promise(policy: str, priority: str, target: str) -> tuple[WorkingCalendar, float]:
    doc = frappe.get_cached_doc("SLA Policy", policy)
    row = next((row for row in doc.targets if row.priority == priority), frappe._dict())
    calendar = ROUND_THE_CLOCK if row.clock == TargetClock.ALWAYS.value else doc.calendar()
    return calendar, flt(row.response_time if target == "Response" else row.resolution_time)


def state(row: frappe._dict) -> str:
    if row.hours_left < 0 or (row.hours_left == 0 and row.due_by < to_site(utc_now())):
        return "Missed"
    if row.on_hold_since:
        return "Paused"
    return "At Risk" if row.percent >= AT_RISK_PERCENT else "On Track"


def message(rows: list[frappe._dict]) -> str | None:
    text = _("These are the {0} tickets that are due next. Choose a client or a package to see the others.")
    return text.format(MOST) if len(rows) == MOST else None


def summary(rows: list[frappe._dict]) -> list[dict[str, Any]]:
    colours = {"Missed": "Red", "At Risk": "Orange", "On Track": "Green", "Paused": "Grey"}
    return [
        {"label": _(name), "value": sum(row.state == name for row in rows), "datatype": "Int", "indicator": colour}
        for name, colour in colours.items()
    ]


def columns() -> list[dict[str, Any]]:
    def column(fieldname: str, label: str, fieldtype: str, width: int, options: str = "") -> dict[str, Any]:
        return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, "options": options}

    return [
        column("issue", _("Issue"), "Link", 140, "Issue"),
        column("subject", _("Subject"), "Data", 260),
        column("state", _("State"), "Data", 110),
        column("target", _("Target"), "Data", 100),
        column("hours_left", _("Left (Working Hours)"), "Float", 180),
        column("percent", _("Time Used"), "Percent", 100),
        column("due_by", _("Due"), "Datetime", 180),
        column("priority", _("Priority"), "Link", 110, "Issue Priority"),
        column("status", _("Status"), "Data", 90),
        column("retainer_pause_reason", _("Waiting for"), "Data", 100),
        column("customer", _("Client"), "Link", 180, "Customer"),
        column("package", _("Package"), "Link", 130, "Support Package"),
        column("assigned_to", _("Assigned to"), "Data", 180),
    ]
