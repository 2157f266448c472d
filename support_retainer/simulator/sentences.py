"""Codes and figures of the simulation in words, shared by the text and the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from support_retainer.domain.advice import Advice, Grounds, Shortcoming
from support_retainer.domain.charges import LineKind
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.promises import Kept
from support_retainer.domain.simulation import FEES, Outcome

CENT = Decimal("0.01")
WHOLE = Decimal(1)


@dataclass(frozen=True)
class MoneyColumn:
    """One column of invoices: what it is called and the lines it adds up."""

    title: str
    kinds: frozenset[LineKind]


@dataclass(frozen=True)
class HoursColumn:
    title: str
    kinds: tuple[CoverageKind, ...]


MONEY = (
    MoneyColumn("Fee", FEES),
    MoneyColumn("Overage", frozenset({LineKind.OVERAGE})),
    MoneyColumn("Emergency", frozenset({LineKind.EMERGENCY})),
    MoneyColumn("Other work", frozenset({LineKind.HOURLY, LineKind.DAILY, LineKind.ONE_OFF})),
)
HOURS = (
    HoursColumn("Included", (CoverageKind.INCLUDED,)),
    HoursColumn("Overage", (CoverageKind.OVERAGE,)),
    HoursColumn("Emergency", (CoverageKind.EMERGENCY,)),
    HoursColumn("Other charged", (CoverageKind.HOURLY, CoverageKind.DAILY)),
    HoursColumn("Quoted", (CoverageKind.QUOTED,)),
    HoursColumn("Warranty", (CoverageKind.WARRANTY,)),
    HoursColumn("Free", (CoverageKind.FREE,)),
    HoursColumn("Not offered", (CoverageKind.NOT_OFFERED,)),
    HoursColumn("Awaiting approval", (CoverageKind.AWAITING_APPROVAL,)),
    HoursColumn("Stopped", (CoverageKind.STOPPED,)),
)


def money(amount: Decimal) -> str:
    return f"{amount.quantize(CENT, ROUND_HALF_UP):,}"


def round_money(amount: Decimal) -> str:
    return f"{amount.quantize(WHOLE, ROUND_HALF_UP):,}"


def hours(minutes: int) -> str:
    """Minutes as hours and minutes, 1:30."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def replayed(tickets: int, entries: int) -> str:
    """What the comparison rests on."""
    return f"{counted(tickets, 'ticket', 'tickets')} and {counted(entries, 'time entry', 'time entries')}"


def percent(kept: Kept) -> str:
    """The share that was kept, cut rather than rounded so that one miss never shows as 100 %."""
    if kept.percent is None:
        return "–"
    return f"{int(kept.percent * 10) / 10:.1f} %"


def kept(promise: Kept) -> str:
    """Met and missed in one phrase."""
    if not promise.decided:
        return "nothing promised" if not promise.undecided else f"{promise.undecided} open"
    still_open = f", {promise.undecided} open" if promise.undecided else ""
    return f"{percent(promise)} kept ({promise.met:,} met, {promise.missed:,} missed{still_open})"


def shown_money(outcomes: Iterable[Outcome]) -> list[MoneyColumn]:
    """The columns in which any invoice has an amount; the fee always."""
    kinds = {line.kind for outcome in outcomes for invoice in outcome.invoices for line in invoice.lines}
    return [column for column in MONEY if column.kinds & kinds or column.title == "Fee"]


def shown_hours(outcomes: Iterable[Outcome]) -> list[HoursColumn]:
    outcomes = list(outcomes)
    return [
        column
        for column in HOURS
        if column.title == "Included" or any(outcome.minutes_of(*column.kinds) for outcome in outcomes)
    ]


def included_hours(outcome: Outcome) -> str:
    """What the package grants each month."""
    pools = [f"{hours(pool.minutes)} h {_for(pool.channel, pool.activity_type)}" for pool in outcome.offer.terms.pools]
    return ", ".join(pool.strip() for pool in pools) or "no limit of hours"


def _for(channel: str, activity_type: str) -> str:
    narrowed = " ".join(part for part in (activity_type, f"by {channel}" if channel else "") if part)
    return f"for {narrowed}" if narrowed else ""


def advice_of(advice: Advice | None) -> list[str]:
    """The advice as sentences, the package first."""
    if advice is None:
        return ["The packages have different currencies, so their costs can't be compared."]
    best, lacks = advice.best, advice.shortcomings
    terms = best.offer.terms
    sentences = [f"{terms.package} fits best: {terms.currency} {money(best.yearly)} a year.", _GROUNDS[advice.grounds]]
    if advice.runner_up is not None:
        sentences.append(_next_best(advice))
    sentences += [
        f"{package}: {'; '.join(_SHORTCOMINGS[code] for code in codes)}." for package, codes in lacks.items() if codes
    ]
    return sentences


def _next_best(advice: Advice) -> str:
    runner_up = advice.runner_up
    assert runner_up is not None
    name = runner_up.offer.terms.package
    difference = runner_up.yearly - advice.best.yearly
    word = "more" if difference >= 0 else "less"
    return f"Next is {name} at {money(runner_up.yearly)} a year, {money(abs(difference))} {word}."


_GROUNDS = {
    Grounds.ONLY_ONE: "It is the only package that was tried.",
    Grounds.CHEAPEST: "It is the cheapest for this history, fee and extra work together.",
    Grounds.CHEAPEST_WITHOUT_SHORTCOMING: "It is the cheapest of the packages that serve this client in full.",
    Grounds.FEWEST_SHORTCOMINGS: "No package serves this client in full; it lacks least, and is the cheapest of those.",
}
_SHORTCOMINGS = {
    Shortcoming.WORK_NOT_OFFERED: "some of the work is not offered",
    Shortcoming.WORK_STOPPED: "work beyond the hours would have stopped or waited for approval",
    Shortcoming.CHANNEL_NOT_OFFERED: "more than a tenth of the tickets came by a channel it lacks",
    Shortcoming.RESPONSE_NOT_KEPT: "the team answered fewer than nine tickets in ten in the promised time",
}
