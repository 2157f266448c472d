"""The simulation as JSON for scripts. Money is text with two decimals, time is minutes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from support_retainer.domain.advice import Advice
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.pooled_hours import PeriodHours
from support_retainer.domain.promises import Kept
from support_retainer.domain.simulation import History, Invoice, Outcome
from support_retainer.simulator import sentences
from support_retainer.simulator.tickets_csv import Reading


def dumps(
    catalogue: Mapping[str, Any],
    history: History,
    outcomes: Sequence[Outcome],
    advice: Advice | None,
    reading: Reading,
) -> str:
    figures = {
        "catalogue": catalogue["catalogue"],
        "start": history.start.isoformat(),
        "until": history.until.isoformat(),
        "tickets": len(history.tickets),
        "time_entries": len(history.rows),
        "lines": reading.lines,
        "bad_lines": reading.bad_lines,
        "packages": [_package(outcome) for outcome in outcomes],
        "advice": _advice(advice),
    }
    return json.dumps(figures, indent=2, ensure_ascii=False)


def _package(outcome: Outcome) -> dict[str, Any]:
    terms = outcome.offer.terms
    return {
        "package": terms.package,
        "currency": terms.currency,
        "total": _money(outcome.total),
        "yearly": _money(outcome.yearly),
        "minutes": {kind.value: outcome.minutes_of(kind) for kind in CoverageKind if outcome.minutes_of(kind)},
        "response": _kept(outcome.promises.response),
        "resolution": _kept(outcome.promises.resolution),
        "unserved_tickets": outcome.unserved_tickets,
        "invoices": [_invoice(invoice) for invoice in outcome.invoices],
        "periods": [_hours(hours) for hours in outcome.hours],
    }


def _invoice(invoice: Invoice) -> dict[str, Any]:
    return {
        "date": invoice.period.start.isoformat(),
        "total": _money(invoice.total),
        "closing": invoice.is_closing,
        "lines": [
            {
                "kind": line.kind.value,
                "of": line.of,
                "quantity": str(line.quantity),
                "rate": _money(line.rate),
                "amount": _money(line.amount),
                "minutes": line.minutes,
            }
            for line in invoice.lines
        ],
    }


def _hours(hours: PeriodHours) -> dict[str, Any]:
    return {
        "start": hours.period.start.isoformat(),
        "granted": hours.granted,
        "worked": hours.worked,
        "expired": hours.expired,
        "rolled": hours.rolled,
        "by_coverage": {kind.value: minutes for kind, minutes in hours.by_kind.items()},
    }


def _kept(kept: Kept) -> dict[str, int]:
    return {"met": kept.met, "missed": kept.missed, "undecided": kept.undecided}


def _advice(advice: Advice | None) -> dict[str, Any] | None:
    if advice is None:
        return None
    return {
        "package": advice.best.offer.terms.package,
        "grounds": advice.grounds.value,
        "saving": _money(advice.saving) if advice.saving is not None else None,
        "shortcomings": {package: [code.value for code in codes] for package, codes in advice.shortcomings.items()},
        "sentences": sentences.advice_of(advice),
    }


def _money(amount: Any) -> str:
    return sentences.money(amount).replace(",", "")
