"""The simulation as plain text for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from support_retainer.domain.advice import Advice
from support_retainer.domain.simulation import History, Outcome
from support_retainer.simulator import sentences
from support_retainer.simulator.sentences import hours, money

Table = list[list[str]]


def report(catalogue: Mapping[str, Any], history: History, outcomes: Sequence[Outcome], advice: Advice | None) -> str:
    """Every package with its invoices and hours by month, then the comparison and the advice."""
    blocks = [_heading(catalogue, history), *(_package(outcome) for outcome in outcomes)]
    if len(outcomes) > 1:
        blocks.append("Comparison\n" + _aligned(_comparison(outcomes)))
    return "\n\n".join([*blocks, "\n".join(sentences.advice_of(advice))])


def _heading(catalogue: Mapping[str, Any], history: History) -> str:
    return (
        f"{catalogue['title']} (catalogue {catalogue['catalogue']})\n"
        f"{sentences.replayed(len(history.tickets), len(history.rows))}, {history.start} to {history.until}\n"
        "Hours are those of the month from the invoice's day on; what they owe comes with the next invoice."
    )


def _package(outcome: Outcome) -> str:
    terms = outcome.offer.terms
    lines = [
        f"== {terms.package}: {terms.currency} {money(outcome.invoices[0].fee)} a month, "
        f"{sentences.included_hours(outcome)}",
        f"   First response: {sentences.kept(outcome.promises.response)}",
        f"   Resolution:     {sentences.kept(outcome.promises.resolution)}",
        _aligned(_months(outcome)),
        f"   Total {terms.currency} {money(outcome.total)}, on average {money(outcome.yearly)} a year",
    ]
    return "\n".join(lines)


def _months(outcome: Outcome) -> Table:
    """One row for each invoice; its hours are those of the period that starts with it, billed a month later."""
    money_columns, hour_columns = sentences.shown_money([outcome]), sentences.shown_hours([outcome])
    table = [
        [
            *("Invoice", *(column.title for column in money_columns), "Total"),
            *("|", *(f"{column.title} h" for column in hour_columns), "Expired h"),
        ]
    ]
    for number, invoice in enumerate(outcome.invoices):
        amounts = [money(invoice.amount_of(*column.kinds)) for column in money_columns]
        row = [_date(invoice), *amounts, money(invoice.total), "|"]
        if not invoice.is_closing:
            spent = outcome.hours[number]
            row += [hours(spent.minutes_of(*column.kinds)) for column in hour_columns] + [hours(spent.expired)]
        table.append(row)
    return table


def _date(invoice: Any) -> str:
    return f"{invoice.period.start}{' (last)' if invoice.is_closing else ''}"


def _comparison(outcomes: Sequence[Outcome]) -> Table:
    columns = sentences.shown_hours(outcomes)
    table = [
        [
            *("Package", "A year", "Total"),
            *("|", *(f"{column.title} h" for column in columns)),
            *("|", "Response kept", "Resolution kept"),
        ]
    ]
    for outcome in outcomes:
        spent = [hours(outcome.minutes_of(*column.kinds)) for column in columns]
        promises = [sentences.percent(outcome.promises.response), sentences.percent(outcome.promises.resolution)]
        package = outcome.offer.terms.package
        table.append([package, money(outcome.yearly), money(outcome.total), "|", *spent, "|", *promises])
    return table


def _aligned(table: Table) -> str:
    """Columns as wide as their widest cell, the first to the left, figures to the right."""
    widths = [max(len(row[place]) for row in table if place < len(row)) for place in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        lines.append("   " + "  ".join(cells).rstrip())
    return "\n".join(lines)
