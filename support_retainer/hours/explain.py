"""What would happen to time that nobody has saved yet: for the form while it is typed in, and for the portal."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from support_retainer.domain.coverage import Coverage, CoverageKind
from support_retainer.exceptions import InvalidTime
from support_retainer.hours import extras, reasons
from support_retainer.hours.decider import Decider, stretch
from support_retainer.hours.reasons import amount

WARNED = sorted(
    kind.value for kind in CoverageKind if kind not in (CoverageKind.WARRANTY, CoverageKind.INCLUDED, CoverageKind.FREE)
)
WANTED = (
    *("name", "idx", "parent", "activity_type", "from_time", "to_time", "issue", "task", "retainer_contract"),
    *("retainer_override", "retainer_override_rate", "retainer_override_reason", "retainer_override_by"),
    *("retainer_channel", "retainer_expenses"),
)


def explain(rows: Iterable[dict[str, Any]], *, without_warranty: bool = False) -> list[dict[str, Any]]:
    """One answer for each row, in order; a row that is on no contract, or has no times yet, has no parts.

    An answer is {idx, contract, currency, parts, extras, billed_minutes, drawn_minutes, amount}; a part is {coverage,
    reason, pool, minutes, drawn_minutes, rate, amount, from_time, to_time}, an extra {what, amount}: fees and expenses
    beside the time. Money in `currency`.
    """
    wanted = [_row(row) for row in rows]
    _find_contracts(wanted)
    ready = [row for row in wanted if row.retainer_contract and row.from_time and row.to_time]
    decider = Decider(ready)
    if without_warranty:
        decider.claims.clear()
    return [_answer(row, decider if row in ready else None) for row in wanted]


def warning(issue: str, activity_type: str) -> str:
    """What to know before work on a ticket begins: that its first hour is charged, stopped or waits in any part; ""
    where it is included."""
    now = get_datetime(frappe.flags.current_time or now_datetime())
    row = {"issue": issue, "activity_type": activity_type, "from_time": now, "to_time": now + timedelta(hours=1)}
    (answer,) = explain([row])
    parts = [part for part in answer["parts"] if part["coverage"] in WARNED]
    return parts[0]["reason"] if parts else ""


def _row(given: dict[str, Any]) -> frappe._dict:
    row = frappe._dict({name: given.get(name) for name in WANTED})
    for name in ("from_time", "to_time"):
        row[name] = get_datetime(row[name]) if row[name] else None
    if row.from_time and row.to_time and row.to_time < row.from_time:
        frappe.throw(_("Row {0}: the work ends before it begins. Correct its times.").format(row.idx), InvalidTime)
    return row


def _find_contracts(rows: list[frappe._dict]) -> None:
    """A row on a ticket belongs to the ticket's contract, as it will when the sheet is saved."""
    issues = sorted({row.issue for row in rows if row.issue})
    if not issues:
        return
    found = frappe.get_all("Issue", {"name": ["in", issues]}, ["name", "retainer_contract"], as_list=True)
    contracts = dict(found)
    for row in rows:
        if row.issue:
            row.retainer_contract = contracts.get(row.issue)


def _answer(row: frappe._dict, decider: Decider | None) -> dict[str, Any]:
    currency, parts, beside = None, [], []
    if decider:
        currency = frappe.get_cached_value("Retainer Contract", row.retainer_contract, "currency")
        decided = decider.decide(row)
        row.retainer_one_off_fee = decider.fee_of(row, decided[0])
        parts = [_part(row, part, decider, currency) for part in decided]
        beside = [{"what": what, "amount": amount} for what, amount in extras.listed(row, parts[0]["coverage"])]
    return {
        "idx": row.idx,
        "contract": row.retainer_contract,
        "currency": currency,
        "parts": parts,
        "extras": beside,
        "billed_minutes": sum(part["minutes"] for part in parts),
        "drawn_minutes": sum(part["drawn_minutes"] for part in parts),
        "amount": sum(charged["amount"] for charged in [*parts, *beside]),
    }


def _part(row: frappe._dict, part: Coverage, decider: Decider, currency: str) -> dict[str, Any]:
    start, end = stretch(row, part)
    return {
        "coverage": part.kind.value,
        "reason": reasons.sentence(decider.reason(row, part)),
        "pool": part.pool,
        "minutes": part.minutes,
        "drawn_minutes": sum(taken.minutes for taken in part.draws),
        "rate": float(part.rate or 0),
        "amount": float(_money(part, currency)),
        "from_time": str(start),
        "to_time": str(end),
    }


def _money(part: Coverage, currency: str) -> Any:
    """Days are charged per day and incident by the invoice; here a day's rate stands for the row."""
    if not part.is_charged:
        return 0
    return part.rate if part.kind is CoverageKind.DAILY else amount(part.minutes, part.rate, currency)
