import math
from typing import Any

import frappe
from frappe import _

from support_retainer.retainer.report import issue_figures as figures

PERCENTILES = (50, 75, 90, 95)
TARGETS = {"response": "first_response_time", "resolution": "user_resolution_time"}


def execute(filters: dict[str, Any] | None = None) -> tuple:
    """Working hours to the first response and to the resolution, pauses left out, by client, package and so on.

    The n-th percentile is the time within which n of 100 tickets were done (nearest rank).
    """
    filters = filters or {}
    grouping = figures.grouping(filters)
    found = sorted(read(filters, grouping).items())
    rows = [row_of(grouped, times).update({"drill": behind(filters, grouped)}) for grouped, times in found]
    return columns(grouping), rows, None, chart(rows)


def read(filters: dict[str, Any], grouping: figures.Grouping) -> dict[str, dict[str, list[float]]]:
    """Group -> target -> seconds of every ticket that reached it."""
    rows = figures.fetch(
        f"""select {grouping.sql} as grouped, if(first_responded_on is null, null, first_response_time) as response,
            if(sla_resolution_date is null, null, user_resolution_time) as resolution
        from tabIssue where {{where}}""",  # noqa: S608 (our own text)
        filters,
    )
    found: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        times = found.setdefault(row.grouped or "", {target: [] for target in TARGETS})
        for target in TARGETS:
            if row[target] is not None:
                times[target].append(float(row[target]))
    return found


def row_of(grouped: str, times: dict[str, list[float]]) -> frappe._dict:
    row = frappe._dict(grouped=grouped)
    for target, seconds in times.items():
        row[f"{target}_count"] = len(seconds)
        for number in PERCENTILES:
            row[f"{target}_{number}"] = percentile(seconds, number)
    return row


def behind(filters: dict[str, Any], grouped: str) -> dict[str, str]:
    """Count and percentiles are of the same tickets."""
    shown = {"response": "Answered", "resolution": "Solved"}
    links = {target: figures.behind(filters, grouped, figure) for target, figure in shown.items()}
    return {f"{target}_{of}": link for target, link in links.items() for of in ("count", *PERCENTILES)}


def percentile(seconds: list[float], number: int) -> float | None:
    """In hours; None where no ticket got so far."""
    if not seconds:
        return None
    rank = math.ceil(number / 100 * len(seconds))
    return round(sorted(seconds)[rank - 1] / 3600, 2)


def columns(grouping: figures.Grouping) -> list[dict[str, Any]]:
    found = [grouping.column()]
    for target, label in (("response", _("Response")), ("resolution", _("Resolution"))):
        found.append({"fieldname": f"{target}_count", "label": label, "fieldtype": "Int", "width": 110})
        found += [
            {"fieldname": f"{target}_{number}", "label": _("{0} % within (h)").format(number), "fieldtype": "Float"}
            | {"precision": 2, "width": 140}
            for number in PERCENTILES
        ]
    return found


def chart(rows: list[frappe._dict]) -> dict[str, Any] | None:
    return figures.bars(rows, {"response_90": _("Response, 90 %"), "resolution_90": _("Resolution, 90 %")})
