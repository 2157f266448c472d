"""The simulation as one HTML page that needs nothing else: charts as SVG, a table beside each."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

from support_retainer.domain.advice import Advice
from support_retainer.domain.simulation import History, Invoice, Outcome
from support_retainer.simulator import sentences, svg
from support_retainer.simulator.sentences import hours, money, round_money

STYLE = Path(__file__).with_name("page.css")


def page(catalogue: Mapping[str, Any], history: History, outcomes: Sequence[Outcome], advice: Advice | None) -> str:
    """The whole document; every name from the catalogue is escaped."""
    sections = [
        _advice(advice),
        _section("What a year costs", "cost", *_cost(outcomes)),
        _section("Promises kept", "promises", *_promises(outcomes)),
        *(_package(outcome) for outcome in outcomes),
    ]
    title = f"Which package fits? {catalogue['title']}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>\n"
        f"<body><header>{_heading(catalogue, history)}</header>\n<main>{''.join(sections)}</main></body></html>\n"
    )


def _heading(catalogue: Mapping[str, Any], history: History) -> str:
    return (
        f"<h1>Which package fits?</h1><p>{escape(catalogue['title'])}. Replayed from "
        f"{sentences.replayed(len(history.tickets), len(history.rows))}, {history.start} to {history.until}.</p>"
    )


def _advice(advice: Advice | None) -> str:
    first, *others = sentences.advice_of(advice)
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in others)
    return f'<section class="advice"><h2>{escape(first)}</h2><ul>{items}</ul></section>'


def _section(title: str, name: str, chart: str, table: str) -> str:
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(title)}</h2>'
        f'<div class="pair"><figure>{chart}</figure>{table}</div></section>\n'
    )


def _cost(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    columns = sentences.shown_money(outcomes)
    names = [outcome.offer.terms.package for outcome in outcomes]
    currency = outcomes[0].offer.terms.currency
    yearly = [[_yearly(outcome, column.kinds) for outcome in outcomes] for column in columns]
    series = [
        svg.Series(column.title, values, f"s{place}")
        for place, (column, values) in enumerate(zip(columns, yearly, strict=True))
    ]
    chart = svg.bars(names, series, f"Average cost of a year by package in {currency}", _amount)
    rows = [
        [name, *(_amount(values[place]) for values in yearly), round_money(outcome.yearly)]
        for place, (name, outcome) in enumerate(zip(names, outcomes, strict=True))
    ]
    table = _table(f"Average cost of a year in {currency}", ["Package", *(c.title for c in columns), "Total"], rows)
    return chart + svg.legend(series), table


def _yearly(outcome: Outcome, kinds: Any) -> float:
    amount = sum((invoice.amount_of(*kinds) for invoice in outcome.invoices), Decimal(0))
    return float(amount * 12 / len(outcome.hours))


def _promises(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    names = [outcome.offer.terms.package for outcome in outcomes]
    series = [
        svg.Series("First response in time", [outcome.promises.response.percent or 0 for outcome in outcomes], "s0"),
        svg.Series("Resolved in time", [outcome.promises.resolution.percent or 0 for outcome in outcomes], "s4"),
    ]
    charts = [
        f"<figcaption>{one.name}</figcaption>"
        + svg.bars(names, [one], f"{one.name} by package in percent", lambda value: f"{value:.1f} %", ends)
        for one, ends in zip(
            series,
            (
                [sentences.percent(outcome.promises.response) for outcome in outcomes],
                [sentences.percent(outcome.promises.resolution) for outcome in outcomes],
            ),
            strict=True,
        )
    ]
    rows = [
        [name, *_counts(outcome.promises.response), *_counts(outcome.promises.resolution)]
        for name, outcome in zip(names, outcomes, strict=True)
    ]
    heading = ["Package", "Answered in time", "late", "Resolved in time", "late"]
    return "".join(charts), _table("Tickets by what became of the promises", heading, rows)


def _counts(kept: Any) -> list[str]:
    return [f"{kept.met:,}", f"{kept.missed:,}"]


def _package(outcome: Outcome) -> str:
    terms = outcome.offer.terms
    name = escape(terms.package)
    place = "p" + "".join(
        character for character in terms.package.lower() if character.isascii() and character.isalnum()
    )
    lead = (
        f"{terms.currency} {money(outcome.invoices[0].fee)} a month, {sentences.included_hours(outcome)}. "
        f"Total {terms.currency} {money(outcome.total)}, {money(outcome.yearly)} a year. "
        f"First response: {sentences.kept(outcome.promises.response)}. "
        f"Resolution: {sentences.kept(outcome.promises.resolution)}."
    )
    return (
        f'<section aria-labelledby="{place}"><h2 id="{place}">{name}</h2><p>{escape(lead)}</p>'
        f'<h3>Invoices</h3><div class="pair">{_invoices(outcome)}</div>'
        f'<h3>Hours</h3><div class="pair">{_hours(outcome)}</div></section>\n'
    )


def _invoices(outcome: Outcome) -> str:
    columns = sentences.shown_money([outcome])
    months = [_month(invoice) for invoice in outcome.invoices]
    series = [
        svg.Series(column.title, [float(invoice.amount_of(*column.kinds)) for invoice in outcome.invoices], f"s{place}")
        for place, column in enumerate(columns)
    ]
    currency, package = outcome.offer.terms.currency, outcome.offer.terms.package
    chart = svg.columns(months, series, f"Invoices of {package} by month in {currency}", _amount)
    rows = [
        [_day(invoice), *(money(invoice.amount_of(*column.kinds)) for column in columns), money(invoice.total)]
        for invoice in outcome.invoices
    ]
    table = _table(f"Invoices in {currency}", ["Invoice", *(column.title for column in columns), "Total"], rows)
    return f"<figure>{chart}{svg.legend(series)}</figure>{table}"


def _hours(outcome: Outcome) -> str:
    columns = sentences.shown_hours([outcome])
    months = [f"{spent.period.start:%b %y}" for spent in outcome.hours]
    series = [
        svg.Series(column.title, [spent.minutes_of(*column.kinds) / 60 for spent in outcome.hours], f"h{_hue(column)}")
        for column in columns
    ]
    granted = max(spent.granted for spent in outcome.hours) / 60
    chart = svg.columns(months, series, f"Hours under {outcome.offer.terms.package} by month", _hour, granted)
    rows = [
        [
            spent.period.start.isoformat(),
            *(hours(spent.minutes_of(*column.kinds)) for column in columns),
            hours(spent.expired),
        ]
        for spent in outcome.hours
    ]
    table = _table("Hours by period", ["Period from", *(column.title for column in columns), "Expired"], rows)
    return f"<figure>{chart}{svg.legend(series, 'Hours in the package' if granted else '')}</figure>{table}"


def _hue(column: sentences.HoursColumn) -> int:
    return sentences.HOURS.index(column)


def _month(invoice: Invoice) -> str:
    return f"{invoice.period.start:%b %y}"


def _day(invoice: Invoice) -> str:
    return f"{invoice.period.start}{' (last)' if invoice.is_closing else ''}"


def _amount(value: float) -> str:
    return f"{value:,.0f}"


def _hour(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") + " h"


def _table(caption: str, heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in heading)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    label = escape(caption)
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{label}"><table><caption>{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
