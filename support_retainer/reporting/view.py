"""What the template shows: the snapshot's figures as text, charts with their tables, and the words of the record."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import sanitize_html

from support_retainer.domain.coverage import CoverageKind
from support_retainer.reporting import charts, words
from support_retainer.speech import _

Frozen = Mapping[str, Any]
Table = dict[str, Any]
RTL = ("ar", "fa", "he", "ur", "ps")


def of(report: Document, *, with_charts: bool = True) -> dict[str, Any]:
    """Everything the template needs; the language has to be set to the client's."""
    frozen = json.loads(report.snapshot)
    return {
        "title": TITLES[frozen["kind"]](),
        "customer": frozen["customer_name"],
        "package": frozen["package"],
        "contract": frozen["contract"],
        "name": report.name,
        "span": words.span(frozen["period"]["start"], frozen["period"]["end"]),
        "zone": frozen["zone"],
        "account_manager": frozen["account_manager"],
        "letter_head": frozen["letter_head"],
        "language": frozen["language"],
        "direction": _direction(frozen),
        "summary": sanitize_html(report.summary) if report.summary else "",
        "tiles": _tiles(frozen),
        "blocks": [
            *map(_complete, _blocks(frozen, with_charts)),
            *map(_complete, map(_section, frozen["sections"])),
        ],
        "recommendations": [_recommendation(row) for row in report.recommendations if row.shown],
        "meeting": _meeting(report),
        "tickets": _ticket_list(frozen),
    }


TITLES = {
    "Weekly": lambda: _("Weekly Support Report"),
    "Monthly": lambda: _("Monthly Support Report"),
    "Quarterly Review": lambda: _("Quarterly Review"),
}


def _tiles(frozen: Frozen) -> list[dict[str, str]]:
    """The figures at the top; what the contract doesn't promise is left out."""
    tickets, promises, pools = frozen["tickets"], frozen["promises"], frozen["hours"]["pools"]
    tiles = [
        (_("Tickets opened"), str(tickets["opened"])),
        (_("Tickets solved"), str(tickets["resolved"])),
        (_("Answered in time"), words.percent(promises["response"]["percent"])),
    ]
    if promises["resolution"]["percent"] is not None:
        tiles.append((_("Solved in time"), words.percent(promises["resolution"]["percent"])))
    said = frozen.get("satisfaction") or {}  # reports made before it was counted have none
    if said.get("rated"):
        tiles.append((_("Your rating"), _("{0} of 5 stars").format(f"{said['stars']:g}")))
    if pools:
        used = words.hours(sum(pool["used"] for pool in pools))
        tiles.append((_("Included hours used"), used))
    tiles.append((_("Additional work"), words.money(frozen["charged"], frozen["currency"])))
    return [{"label": label, "value": value} for label, value in tiles]


def _blocks(frozen: Frozen, with_charts: bool) -> list[dict[str, Any]]:
    made = [
        _tickets(frozen, with_charts),
        _promises(frozen, with_charts),
        _hours(frozen, with_charts),
        _additional(frozen),
        _warranty(frozen),
        _invoices(frozen),
    ]
    return [block for block in made if block]


def _complete(block: dict[str, Any]) -> dict[str, Any]:
    """Every part that a block may have; the portal's templates refuse what is not there."""
    parts = {"chart": "", "legend": [], "beside": None, "table": None, "small_tables": [], "figures": [], "note": ""}
    return {**parts, **block}


def _labels(frozen: Frozen) -> list[str]:
    return [words.short_day(start) for start in frozen["trend"]["starts"]]


def _axis(frozen: Frozen) -> list[str]:
    """Labels inside a drawing: digits alone where the language is written from right to left."""
    if _direction(frozen) == "ltr":
        return _labels(frozen)
    return [f"{int(start[8:])}/{int(start[5:7])}" for start in frozen["trend"]["starts"]]


def _direction(frozen: Frozen) -> str:
    return "rtl" if frozen["language"].split("-")[0] in RTL else "ltr"


def _tickets(frozen: Frozen, with_charts: bool) -> dict[str, Any]:
    trend, labels = frozen["trend"], _labels(frozen)
    series = {_("Opened"): trend["opened"], _("Solved"): trend["resolved"], _("Open at the end"): trend["open"]}
    drawn = charts.grouped("tickets", _("Tickets by period"), _axis(frozen), series, _whole) if with_charts else ""
    rows = [list(row) for row in zip(labels, *(map(str, values) for values in series.values()), strict=True)]
    tickets = frozen["tickets"]
    counts = (
        (_("Priority"), tickets["by_priority"]),
        (_("State"), tickets["by_state"]),
        (_("Cause"), tickets["by_cause"]),
        (_("Type"), tickets["by_type"]),
    )
    return {
        "key": "tickets",
        "title": _("Tickets"),
        "chart": drawn,
        "legend": charts.legend(series),
        "beside": _table([_("From"), *series], rows),
        "small_tables": [_counts(label, counted) for label, counted in counts if any(value for value, _n in counted)],
    }


def _counts(label: str, counted: Sequence[Sequence[Any]]) -> Table:
    rows = [[_(value) if value else _("Not stated"), str(count)] for value, count in counted]
    return _table([label, _("Tickets")], rows)


def _promises(frozen: Frozen, with_charts: bool) -> dict[str, Any] | None:
    promises, trend = frozen["promises"], frozen["trend"]
    if not promises["by_priority"]:
        return None
    series = {_("Answered in time"): trend["response_percent"]}
    if any(row["resolution_target"] for row in promises["by_priority"]):
        series[_("Solved in time")] = trend["resolution_percent"]
    labels = _labels(frozen)
    title = _("Promises kept by period, in percent")
    drawn = charts.grouped("promises", title, _axis(frozen), series, _percent_label, top=100) if with_charts else ""
    rows = [list(row) for row in zip(labels, *(map(words.percent, values) for values in series.values()), strict=True)]
    return {
        "key": "promises",
        "title": _("Response and Solution Times"),
        "chart": drawn,
        "legend": charts.legend(series),
        "beside": _table([_("From"), *series], rows),
        "table": _by_priority(promises["by_priority"]),
        "note": _("Times are working time in your support hours, without the time a ticket waited for you."),
    }


def _by_priority(rows: Sequence[Frozen]) -> Table:
    heading = [
        *(_("Priority"), _("Tickets"), _("Response promised"), _("Median"), _("In time")),
        *(_("Solution promised"), _("Median"), _("In time")),
    ]
    shown = [
        [
            _(row["priority"]),
            str(row["tickets"]),
            *_against(row["response_target"], row["response"]),
            *_against(row["resolution_target"], row["resolution"]),
        ]
        for row in rows
    ]
    return _table(heading, shown)


def _against(target: int | None, promise: Frozen) -> list[str]:
    in_time = f"{promise['met']} / {promise['met'] + promise['missed']}" if target else "–"
    return [words.duration(target or None), words.duration(promise["median_seconds"]), in_time]


def _hours(frozen: Frozen, with_charts: bool) -> dict[str, Any] | None:
    trend, hours = frozen["trend"], frozen["hours"]
    if not trend["minutes"] and not hours["pools"]:
        return None
    labels = _labels(frozen)
    series = {_(kind): [minutes / 60 for minutes in values] for kind, values in trend["minutes"]}
    drawn = (
        charts.stacked("hours", _("Hours by period"), _axis(frozen), series, _hour_label)
        if with_charts and series
        else ""
    )
    columns = zip(labels, *(map(words.hours, values) for _kind, values in trend["minutes"]), strict=True)
    return {
        "key": "hours",
        "title": _("Hours"),
        "chart": drawn,
        "legend": charts.legend(series),
        "beside": _table([_("From"), *series], [list(row) for row in columns]),
        "table": _pools(hours["pools"]),
    }


def _pools(pools: Sequence[Frozen]) -> Table | None:
    if not pools:
        return None
    names = ("opening", "allotted", "topped_up", "adjusted", "used", "expired", "balance")
    labels = (_("Before"), _("Granted"), _("Topped up"), _("Adjusted"), _("Used"), _("Expired"), _("Left"))
    kept = [
        place
        for place, name in enumerate(names)
        if name not in ("topped_up", "adjusted") or any(pool[name] for pool in pools)
    ]
    rows = [[pool["pool"], *(words.hours(pool[names[place]]) for place in kept)] for pool in pools]
    return _table([_("Pool"), *(labels[place] for place in kept)], rows)


def _additional(frozen: Frozen) -> dict[str, Any] | None:
    if not frozen["additional"]:
        return None
    currency = frozen["currency"]
    rows = [
        [
            _(row["of"]) or _("Support"),
            _(CoverageKind[row["kind"].upper()].value),
            words.hours(row["minutes"]),
            words.money(row["unit_rate"], currency),
            words.money(row["amount"], currency),
        ]
        for row in frozen["additional"]
    ]
    table = _table([_("Work"), _("Charged as"), _("Time"), _("Rate"), _("Amount")], rows)
    table["total"] = [_("Total, before taxes"), "", "", "", words.money(frozen["charged"], currency)]
    return {"key": "additional", "title": _("Additional Work"), "table": table}


def _warranty(frozen: Frozen) -> dict[str, Any] | None:
    warranty = frozen["warranty"]
    if not warranty["worked"] and not warranty["claims"]:
        return None
    rows = [
        [words.short_day(claim["complaint_date"]), claim["issue"] or "", _(claim["cause"] or ""), _(claim["decision"])]
        for claim in warranty["claims"]
    ]
    note = _("We worked {0} under the implementation warranty. It drew none of your hours and is not charged.").format(
        words.hours(warranty["worked"])
    )
    table = _table([_("Reported"), _("Ticket"), _("Cause"), _("Decision")], rows) if rows else None
    return {"key": "warranty", "title": _("Warranty"), "note": note, "table": table}


def _invoices(frozen: Frozen) -> dict[str, Any] | None:
    if not frozen["invoices"]:
        return None
    rows = [
        [
            row["name"],
            words.short_day(row["posting_date"]),
            words.money(row["grand_total"], row["currency"]),
            words.money(row["outstanding_amount"], row["currency"]),
        ]
        for row in frozen["invoices"]
    ]
    table = _table([_("Invoice"), _("Date"), _("Total"), _("Outstanding")], rows)
    return {"key": "invoices", "title": _("Invoices"), "table": table}


def _section(section: Frozen) -> dict[str, Any]:
    """A provider's section; its text is in the client's language already."""
    table = _table(section["columns"], section["rows"]) if section.get("rows") else None
    return {
        "key": section["key"],
        "title": section["title"],
        "figures": section.get("figures") or [],
        "table": table,
        "note": section.get("note") or "",
    }


def _recommendation(row: Document) -> dict[str, str]:
    decided = row.decision not in ("", "Open", None)
    return {
        "text": row.recommendation,
        "fact": row.fact or "",
        "decision": _(row.decision) if decided else "",
        "note": row.decision_note or "",
        "due_on": words.day(str(row.due_on)) if row.due_on else "",
        "responsible": frappe.get_cached_value("User", row.responsible, "full_name") if row.responsible else "",
        "carried": _("agreed in an earlier review") if row.carried_from else "",
    }


def _meeting(report: Document) -> dict[str, str] | None:
    if not (report.meeting_on or report.meeting_notes):
        return None
    return {
        "on": words.day(str(report.meeting_on)) if report.meeting_on else "",
        "attendees": report.attendees or "",
        "notes": sanitize_html(report.meeting_notes or ""),
    }


def _ticket_list(frozen: Frozen) -> Table | None:
    tickets = frozen["tickets"]
    if not tickets["list"]:
        return None
    rows = [
        [words.short_day(row["opened_on"]), row["name"], row["subject"], _(row["priority"]), _(row["status"])]
        for row in tickets["list"]
    ]
    table = _table([_("Opened"), _("Ticket"), _("Subject"), _("Priority"), _("State")], rows)
    table["more"] = _("and {0} more").format(tickets["unlisted"]) if tickets["unlisted"] else ""
    return table


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return {"heading": list(heading), "rows": [list(row) for row in rows], "total": [], "more": ""}


def _whole(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else ""


def _percent_label(value: float) -> str:
    return f"{value:.0f} %"


def _hour_label(value: float) -> str:
    return f"{value:g} h"
