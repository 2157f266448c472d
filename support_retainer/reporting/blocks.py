"""The blocks of a report that come from its own figures: tickets, promises, hours, additional work, warranty, invoices.

Each is a chart with its table beside it, or a table alone; what the contract doesn't know is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from support_retainer.domain.coverage import CoverageKind
from support_retainer.reporting import charts, words
from support_retainer.speech import _

Frozen = Mapping[str, Any]
Table = dict[str, Any]
RTL = ("ar", "fa", "he", "ur", "ps")


def of(frozen: Frozen, with_charts: bool) -> list[dict[str, Any]]:
    made = [
        _tickets(frozen, with_charts),
        _promises(frozen, with_charts),
        _hours(frozen, with_charts),
        _additional(frozen),
        _warranty(frozen),
        _invoices(frozen),
    ]
    return [block for block in made if block]


def _labels(frozen: Frozen) -> list[str]:
    return [words.short_day(start) for start in frozen["trend"]["starts"]]


def _axis(frozen: Frozen) -> list[str]:
    """Labels inside a drawing: digits alone where the language is written from right to left."""
    if direction(frozen) == "ltr":
        return _labels(frozen)
    return [f"{int(start[8:])}/{int(start[5:7])}" for start in frozen["trend"]["starts"]]


def direction(frozen: Frozen) -> str:
    return "rtl" if frozen["language"].split("-")[0] in RTL else "ltr"


def _tickets(frozen: Frozen, with_charts: bool) -> dict[str, Any]:
    trend, labels = frozen["trend"], _labels(frozen)
    series = {_("Opened"): trend["opened"], _("Solved"): trend["resolved"], _("Open at the end"): trend["open"]}
    drawn = (
        charts.grouped("tickets", _("Tickets by period"), _axis(frozen), series, _whole)
        if with_charts and _is_any(series)
        else ""
    )
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
        "beside": as_table([_("From"), *series], rows),
        "small_tables": [_counts(label, counted) for label, counted in counts if any(value for value, _n in counted)],
    }


def _counts(label: str, counted: Sequence[Sequence[Any]]) -> Table:
    rows = [[_(value) if value else _("Not stated"), str(count)] for value, count in counted]
    return as_table([label, _("Tickets")], rows)


def _promises(frozen: Frozen, with_charts: bool) -> dict[str, Any] | None:
    promises, trend = frozen["promises"], frozen["trend"]
    if not promises["by_priority"]:
        return None
    series = {_("Answered in time"): trend["response_percent"]}
    if any(row["resolution_target"] for row in promises["by_priority"]):
        series[_("Solved in time")] = trend["resolution_percent"]
    labels = _labels(frozen)
    title = _("Promises kept by period, in percent")
    decided = any(value is not None for values in series.values() for value in values)
    drawn = (
        charts.grouped("promises", title, _axis(frozen), series, _percent_label, top=100)
        if with_charts and decided
        else ""
    )
    rows = [list(row) for row in zip(labels, *(map(words.percent, values) for values in series.values()), strict=True)]
    return {
        "key": "promises",
        "title": _("Response and Solution Times"),
        "chart": drawn,
        "legend": charts.legend(series),
        "beside": as_table([_("From"), *series], rows) if decided else None,
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
    return as_table(heading, shown)


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
        "beside": as_table([_("From"), *series], [list(row) for row in columns]) if series else None,
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
    return as_table([_("Pool"), *(labels[place] for place in kept)], rows)


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
    table = as_table([_("Work"), _("Charged as"), _("Time"), _("Rate"), _("Amount")], rows)
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
    table = as_table([_("Reported"), _("Ticket"), _("Cause"), _("Decision")], rows) if rows else None
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
    table = as_table([_("Invoice"), _("Date"), _("Total"), _("Outstanding")], rows)
    return {"key": "invoices", "title": _("Invoices"), "table": table}


def as_table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return {"heading": list(heading), "rows": [list(row) for row in rows], "total": [], "more": ""}


def _is_any(series: Mapping[str, Sequence[float | None]]) -> bool:
    """An empty frame says less than the table that stands in its place."""
    return any(value for values in series.values() for value in values)


def _whole(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else ""


def _percent_label(value: float) -> str:
    return f"{value:.0f} %"


def _hour_label(value: float) -> str:
    return f"{value:g} h"
