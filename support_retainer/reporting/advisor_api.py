"""'Which package fits?' for the desk and for the command line."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import frappe
from frappe import _

from support_retainer import amounts
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.promises import Kept
from support_retainer.domain.simulation import Outcome
from support_retainer.exceptions import NoHistory
from support_retainer.reporting import advisor, advisor_file
from support_retainer.reporting.contract_record import Compared
from support_retainer.simulator import sentences
from support_retainer.simulator.export_file import Told

ADVISED = ("Customer", "Lead", "Retainer Contract")


@frappe.whitelist(methods=["GET"])
def advise(doctype: str, name: str, months: int = advisor.MONTHS) -> dict[str, Any]:
    """What each package would have cost a Customer, Lead or Retainer Contract in the last months, and which fits best.

    Money is Decimal, time whole minutes. Without any history {nothing: why}.
    """
    _refuse_strangers(doctype, name)
    try:
        return as_dict(advisor.advise(doctype, name, int(months)))
    except NoHistory as nothing:
        frappe.clear_messages()
        return {"nothing": str(nothing)}


@frappe.whitelist(methods=["POST"])
def advise_on_file(
    doctype: str,
    name: str,
    file: str,
    product: str = "",
    activity_type: str = "",
    default_priority: str = "",
    time_zone: str = "",
    date_format: str = "",
) -> dict[str, Any]:
    """The same for a CSV file that hangs on the customer or lead, with {lines, bad_lines, problems, notes}.

    `product` is the helpdesk that wrote it, none for our own format. Raises UnreadableFile, NothingToDo.
    """
    _refuse_strangers(doctype, name)
    told = Told(activity_type, default_priority)
    read = advisor_file.read(doctype, name, file, product, told, time_zone, date_format)
    tried = advisor.try_packages(*advisor.whose_is(doctype, name), read.history)
    return {
        **as_dict(tried),
        "lines": read.lines,
        "bad_lines": read.bad_lines,
        "problems": read.problems,
        "notes": read.notes,
    }


def _refuse_strangers(doctype: str, name: str) -> None:
    if doctype not in ADVISED:
        raise frappe.PermissionError(_("Choose a customer, a lead or a contract."))
    frappe.get_doc(doctype, name).check_permission("read")
    frappe.has_permission("Support Package", "read", throw=True)


def as_dict(advised: advisor.Advised) -> dict[str, Any]:
    best = advised.advice.best.offer.terms.package if advised.advice else ""
    with_more = {outcome.offer.terms.package: outcome.yearly for outcome in advised.more}
    return {
        "currency": advised.outcomes[0].offer.terms.currency if advised.outcomes else "",
        "start": advised.history.start,
        "until": advised.history.until,
        "tickets": len(advised.history.tickets),
        "time_entries": len(advised.history.rows),
        "own": advised.own,
        "best": best,
        "sentences": sentences.advice_of(advised.advice),
        "packages": [package(outcome, with_more) for outcome in advised.outcomes],
        "break_even": [
            {"package": one, "other": other, "minutes": minutes} for one, other, minutes in advised.break_even()
        ],
        "more_percent": advisor.MORE_PERCENT,
        "best_with_more": advised.best_with_more(),
        "skipped": list(advised.skipped),
        "record": record(advised.record),
        "left_out": list(advised.left_out),
    }


def record(compared: Sequence[Compared]) -> dict[str, Any]:
    """The contract as it was: {periods, sent, replayed, differences: [{start, documents, sent, replayed}]}."""
    return {
        "periods": len(compared),
        "sent": sum((row.sent for row in compared), Decimal(0)),
        "replayed": sum((row.replayed for row in compared), Decimal(0)),
        "differences": [
            {"start": row.start, "documents": list(row.documents), "sent": row.sent, "replayed": row.replayed}
            for row in compared
            if not row.is_equal
        ],
    }


def package(outcome: Outcome, with_more: dict[str, Decimal]) -> dict[str, Any]:
    """One package: what it costs by month, what became of the time, and which promises would have been kept."""
    terms = outcome.offer.terms
    return {
        "package": terms.package,
        "monthly_fee": terms.monthly_fee,
        "total": outcome.total,
        "yearly": _to_unit(outcome.yearly, outcome.offer.exponent),
        "yearly_with_more": _to_unit(with_more[terms.package], outcome.offer.exponent),
        "overage_minutes": outcome.minutes_of(CoverageKind.OVERAGE, CoverageKind.EMERGENCY, CoverageKind.HOURLY),
        "refused_minutes": outcome.minutes_of(CoverageKind.STOPPED, CoverageKind.NOT_OFFERED),
        "expired_minutes": sum(hours.expired for hours in outcome.hours),
        "response": _kept(outcome.promises.response),
        "resolution": _kept(outcome.promises.resolution),
        "months": [
            {"start": invoice.period.start, "fee": invoice.fee, "total": invoice.total, "closing": invoice.is_closing}
            for invoice in outcome.invoices
        ],
    }


def lines(shown: dict[str, Any]) -> list[str]:
    """The same for a terminal."""
    head = f"{sentences.replayed(shown['tickets'], shown['time_entries'])}, {shown['start']} to {shown['until']}"
    rows = [
        f"  {row['package']:<24} {shown['currency']} {row['yearly']:>12,} a year, "
        f"{row['yearly_with_more']:>12,} with {shown['more_percent']} % more tickets"
        for row in sorted(shown["packages"], key=lambda row: row["yearly"])
    ]
    even = [
        f"  {row['other']} pays instead of {row['package']} from {row['minutes'] / 60:.1f} hours a month"
        for row in shown["break_even"]
    ]
    return [head, *rows, *even, *shown["sentences"], *shown["left_out"], *_record_lines(shown)]


def _record_lines(shown: dict[str, Any]) -> list[str]:
    """His own invoices, and where the replay of the contract gives others."""
    record = shown["record"]
    if not record["periods"]:
        return []
    currency, differences = shown["currency"], record["differences"]
    periods = sentences.counted(record["periods"], "period", "periods")
    sent, replayed = (amounts.figure(record[name], currency) for name in ("sent", "replayed"))
    if not differences:
        return [f"Replayed as it was, the contract gives what was invoiced for {periods}: {currency} {sent}."]
    return [
        f"Replayed as it was, the contract gives {currency} {replayed} for {periods}; invoiced were {sent}. "
        "Somebody changed these invoices by hand, or what they charge for past the app:",
        *(_difference(row, currency) for row in differences),
    ]


def _difference(row: dict[str, Any], currency: str) -> str:
    documents = ", ".join(row["documents"]) or "no invoice"
    sent, replayed = (amounts.figure(row[name], currency) for name in ("sent", "replayed"))
    return f"  period from {row['start']}: {documents} charged {sent}, terms and time give {replayed}"


def _kept(kept: Kept) -> dict[str, Any]:
    return {"met": kept.met, "missed": kept.missed, "percent": kept.percent}


def _to_unit(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
