"""Hours that the team worked on contracts, and what they were for, against the hours it had."""

from datetime import date
from typing import Any

import frappe
from frappe import _

from support_retainer.domain.coverage import CHARGED, CoverageKind
from support_retainer.retainer.columns import column, translated
from support_retainer.retainer.drill import to_report
from support_retainer.retainer.report import staff_time

TIME = "Time Worked"
CHARGED_KINDS = frozenset(kind.value for kind in CHARGED)


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], None, dict | None]:
    filters = frappe._dict(filters or {})
    first, last = staff_time.span(filters)
    available = staff_time.Available(first, last, filters.hours_a_day)
    worked = worked_hours(first, last)
    rows = [
        row(person, start, end, available, worked.get((person.user, f"{start:%Y-%m}"), {}))
        for person in staff_time.people(filters.company)
        for start, end in staff_time.months(first, last)
    ]
    return columns(), rows, None, chart(rows)


def worked_hours(first: date, last: date) -> dict[tuple[str, str], dict[str, float]]:
    """(user, month) -> hours by coverage, "" for time without a contract; one query."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for user, month, coverage, hours in frappe.db.sql(
        """select coalesce(nullif(sheet.user, ''), sheet.owner), date_format(detail.from_time, '%%Y-%%m') as month,
            if(coalesce(detail.retainer_contract, '') = '', '', detail.retainer_coverage) as coverage,
            sum(detail.hours)
        from `tabTimesheet Detail` detail join `tabTimesheet` sheet on sheet.name = detail.parent
        where detail.docstatus = 1 and detail.from_time >= %(first)s
            and detail.from_time < %(last)s + interval 1 day
        group by 1, 2, 3""",
        {"first": first, "last": last},
    ):
        found.setdefault((user, month), {})[coverage or ""] = float(hours or 0)
    return found


def row(
    person: frappe._dict, start: date, end: date, available: staff_time.Available, hours: dict[str, float]
) -> dict[str, Any]:
    has = available.hours(person.holiday_list, start, end)
    on_contracts = sum(spent for kind, spent in hours.items() if kind)
    rows = {"user": person.user, "from_date": start, "to_date": end}
    kinds = {"on_contracts": "On Contracts", "included": "Included", "charged": "Charged", "warranty": "Warranty"}
    return {
        "drill": {
            "worked": to_report(TIME, **rows),
            **{name: to_report(TIME, kind=kind, **rows) for name, kind in kinds.items()},
        },
        "user": person.user,
        "full_name": person.full_name,
        "team": person.team or _("No team"),
        "month": f"{start:%Y-%m}",
        "available": has,
        "worked": sum(hours.values()),
        "on_contracts": on_contracts,
        "included": hours.get(CoverageKind.INCLUDED.value, 0.0),
        "charged": sum(spent for kind, spent in hours.items() if kind in CHARGED_KINDS),
        "warranty": hours.get(CoverageKind.WARRANTY.value, 0.0),
        "utilisation": round(100 * on_contracts / has, 1) if has else None,
    }


def columns() -> list[dict]:
    return translated(
        [
            column("user", "Person", "Link", 200, options="User"),
            column("full_name", "Name", width=150),
            column("team", "Team", width=140),
            column("month", "Month", width=90),
            column("available", "Available (h)", "Float", 110, precision=1),
            column("worked", "Worked (h)", "Float", 110, precision=1),
            column("on_contracts", "On Contracts (h)", "Float", 130, precision=1),
            column("included", "Included (h)", "Float", 110, precision=1),
            column("charged", "Charged (h)", "Float", 110, precision=1),
            column("warranty", "Warranty (h)", "Float", 110, precision=1),
            column("utilisation", "Utilisation", "Percent", 110),
        ]
    )


def chart(rows: list[dict]) -> dict | None:
    """Hours of all by month, by what they were for."""
    months = sorted({row["month"] for row in rows})
    if not months:
        return None

    def total(fieldname: str) -> list[float]:
        return [round(sum(row[fieldname] for row in rows if row["month"] == month), 1) for month in months]

    datasets = [
        {"name": _("Available"), "values": total("available")},
        {"name": _("On contracts"), "values": total("on_contracts")},
        {"name": _("Charged"), "values": total("charged")},
    ]
    return {
        "data": {"labels": months, "datasets": datasets},
        "type": "bar",
        "colors": ["#cbd5e1", "#1d4f91", "#c8871e"],
    }
