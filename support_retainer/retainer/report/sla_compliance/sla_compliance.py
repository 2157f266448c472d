from typing import Any

import frappe
from frappe import _

from support_retainer.retainer.report import issue_figures as figures

COUNTS = ("tickets", "open", "response_met", "response_missed", "resolution_met", "resolution_missed", "paused")
BEHIND = {name: name.replace("_", " ").title() for name in COUNTS[1:]} | {"tickets": "", "paused_hours": "Paused"}


def execute(filters: dict[str, Any] | None = None) -> tuple:
    """Promises kept and missed by client, package, priority or month; percentages are of the decided ones."""
    filters = filters or {}
    grouping = figures.grouping(filters)
    rows = [with_percent(row).update({"drill": behind(filters, row.grouped)}) for row in read(filters, grouping)]
    return columns(grouping), rows, None, chart(rows), summary(rows)


def read(filters: dict[str, Any], grouping: figures.Grouping) -> list[frappe._dict]:
    return figures.fetch(
        f"""select {grouping.sql} as grouped, count(*) as tickets, sum({figures.IS_OPEN}) as open,
            sum({figures.RESPONSE_MET}) as response_met, sum({figures.RESPONSE_MISSED}) as response_missed,
            sum({figures.RESOLUTION_MET}) as resolution_met, sum({figures.RESOLUTION_MISSED}) as resolution_missed,
            sum(coalesce(total_hold_time, 0) > 0) as paused, sum(coalesce(total_hold_time, 0)) / 3600 as paused_hours
        from tabIssue where {{where}} group by grouped order by grouped""",  # noqa: S608 (our own text)
        filters,
    )


def behind(filters: dict[str, Any], group: str | None) -> dict[str, str]:
    return {name: figures.behind(filters, group, figure) for name, figure in BEHIND.items()}


def with_percent(row: frappe._dict) -> frappe._dict:
    for target in ("response", "resolution"):
        row[f"{target}_percent"] = percent(row[f"{target}_met"], row[f"{target}_missed"])
    row.update({name: int(row[name] or 0) for name in COUNTS})
    return row


def percent(met: int, missed: int) -> float | None:
    """None where nothing is decided yet: that is no failure."""
    decided = (met or 0) + (missed or 0)
    return round(100 * float(met or 0) / float(decided), 1) if decided else None


def columns(grouping: figures.Grouping) -> list[dict[str, Any]]:
    def number(fieldname: str, label: str, fieldtype: str = "Int", width: int = 110) -> dict[str, Any]:
        return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width}

    return [
        grouping.column(),
        number("tickets", _("Tickets"), width=90),
        number("open", _("Open"), width=80),
        number("response_met", _("Response Met"), width=130),
        number("response_missed", _("Response Missed"), width=150),
        number("response_percent", _("Response %"), "Percent"),
        number("resolution_met", _("Resolution Met"), width=140),
        number("resolution_missed", _("Resolution Missed"), width=160),
        number("resolution_percent", _("Resolution %"), "Percent", width=120),
        number("paused", _("Paused Tickets"), width=130),
        number("paused_hours", _("Paused (Working Hours)"), "Float", width=190),
    ]


def chart(rows: list[frappe._dict]) -> dict[str, Any] | None:
    shown = {"response_percent": _("Response %"), "resolution_percent": _("Resolution %")}
    drawn = figures.bars(rows, shown)
    return drawn and {**drawn, "fieldtype": "Percent"}


def summary(rows: list[frappe._dict]) -> list[dict[str, Any]]:
    def total(fieldname: str) -> int:
        return sum(row[fieldname] for row in rows)

    cards = [{"label": _("Tickets"), "value": total("tickets"), "datatype": "Int"}]
    for target, label in (("response", _("Response kept")), ("resolution", _("Resolution kept"))):
        kept = percent(total(f"{target}_met"), total(f"{target}_missed"))
        if kept is not None:
            colour = "Green" if kept >= 95 else "Orange" if kept >= 80 else "Red"
            cards.append({"label": label, "value": kept, "datatype": "Percent", "indicator": colour})
    return cards
