"""Hours that contracts promise against hours that the team has, by team and month: can we sell more, must we hire?

A contract belongs to the team of its account manager.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from support_retainer.retainer.columns import column, translated
from support_retainer.retainer.drill import to_names, to_report
from support_retainer.retainer.report import staff_time


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], None, dict | None]:
    filters = frappe._dict(filters or {})
    first, last = staff_time.span(filters)
    people = staff_time.people(filters.company)
    team_of = {person.user: person.team for person in people}
    contracts = [frappe.get_doc("Retainer Contract", name) for name in serving(filters, first, last)]
    available = staff_time.Available(first, last, filters.hours_a_day)
    teams = {doc.name: team_of.get(doc.account_manager, "") for doc in contracts}
    rows = []
    for start, end in staff_time.months(first, last):
        has = by_team((person.team, available.hours(person.holiday_list, start, end)) for person in people)
        hours = {doc.name: promised(doc, start, end) for doc in contracts}
        sold = by_team((teams[name], count) for name, count in hours.items())
        links = {
            team: {
                "sold": to_names(
                    "Retainer Contract", ",".join(name for name in hours if hours[name] and teams[name] == team)
                ),
                "available": to_report("Team Utilisation", company=filters.company, from_date=start, to_date=end),
            }
            for team in {*has, *sold}
        }
        rows += [
            {**row(team, start, sold.get(team, 0.0), has.get(team, 0.0)), "drill": links[team]}
            for team in sorted({*has, *sold})
        ]
    return columns(), rows, None, chart(rows)


def serving(filters: frappe._dict, first: date, last: date) -> list[str]:
    conditions: dict[str, Any] = {"docstatus": 1, "start_date": ["<=", last]}
    if filters.company:
        conditions["company"] = filters.company
    found = frappe.get_all("Retainer Contract", conditions, ["name", "end_date"], order_by="name")
    return [contract.name for contract in found if not contract.end_date or getdate(contract.end_date) >= first]


def promised(contract: Any, start: date, end: date) -> float:
    """Hours of the contract's pools, as agreed, for the days it serves between the two; a month has a month's hours."""
    begins = max(start, getdate(contract.start_date))
    ends = min(end, getdate(contract.end_date)) if contract.end_date else end
    if begins > ends:
        return 0.0
    minutes = sum(pool.minutes for pool in contract.terms_on(begins).pools)
    whole = (frappe.utils.get_last_day(start) - frappe.utils.get_first_day(start)).days + 1
    return minutes / 60 * ((ends - begins).days + 1) / whole


def by_team(hours: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for team, count in hours:
        found[team] = found.get(team, 0.0) + count
    return found


def row(team: str, month: date, sold: float, available: float) -> dict[str, Any]:
    return {
        "month": f"{month:%Y-%m}",
        "team": team or _("No team"),
        "sold": round(sold, 1),
        "available": round(available, 1),
        "free": round(available - sold, 1),
        "share": round(100 * sold / available, 1) if available else None,
    }


def columns() -> list[dict]:
    return translated(
        [
            column("month", "Month", width=100),
            column("team", "Team", width=200),
            column("sold", "Hours Sold", "Float", 130, precision=1),
            column("available", "Hours Available", "Float", 140, precision=1),
            column("free", "Free", "Float", 110, precision=1),
            column("share", "Sold of Available", "Percent", 150),
        ]
    )


def chart(rows: list[dict]) -> dict | None:
    months = sorted({row["month"] for row in rows})
    if not months:
        return None
    datasets = [
        {"name": label, "values": [sum(row[name] for row in rows if row["month"] == month) for month in months]}
        for name, label in (("sold", _("Hours sold")), ("available", _("Hours available")))
    ]
    return {"data": {"labels": months, "datasets": datasets}, "type": "bar", "colors": ["#1d4f91", "#cbd5e1"]}
