"""What the template shows: the snapshot's figures as text, charts with their tables, and the words of the record."""

import json
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import sanitize_html

from support_retainer.reporting import blocks, words
from support_retainer.reporting.blocks import Frozen, Table, as_table
from support_retainer.speech import _

WIDE = 5  # columns of a table that still find room beside a chart


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
        "direction": blocks.direction(frozen),
        "summary": sanitize_html(report.summary) if report.summary else "",
        "tiles": _tiles(frozen),
        "blocks": [
            *map(_complete, blocks.of(frozen, with_charts)),
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


def _complete(block: dict[str, Any]) -> dict[str, Any]:
    """Every part that a block may have; the portal's templates refuse what is not there."""
    parts = {"chart": "", "legend": [], "beside": None, "table": None, "small_tables": [], "figures": [], "note": ""}
    beside = block.get("beside")
    return {**parts, "is_wide": bool(beside and len(beside["heading"]) > WIDE), **block}


def _section(section: Frozen) -> dict[str, Any]:
    """A provider's section; its text is in the client's language already."""
    table = as_table(section["columns"], section["rows"]) if section.get("rows") else None
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
    table = as_table([_("Opened"), _("Ticket"), _("Subject"), _("Priority"), _("State")], rows)
    table["more"] = _("and {0} more").format(tickets["unlisted"]) if tickets["unlisted"] else ""
    return table
