"""Decisions of the catalogues' packages, for tests that read like the rules of an offer."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from support_retainer.catalogues import read
from support_retainer.domain.charges import Usage, usage_lines
from support_retainer.domain.coverage import Claim, Coverage, Work, decide
from support_retainer.domain.hour_ledger import Lot, allotment, lots_of
from support_retainer.domain.simulation import History, Offer, Outcome, Ticket, TimeRow, simulate
from support_retainer.simulator.offers import offers_of

START = date(2026, 1, 1)
MONTH_END = date(2026, 1, 31)


def offer(catalogue: str, package: str) -> Offer:
    return offers_of(read(catalogue), [package], START, None)[0]


def hours_of(package: Offer) -> tuple[Lot, ...]:
    """The lots of the package's first month, untouched."""
    return tuple(
        lot for pool in package.terms.pools for lot in lots_of([allotment(pool.name, pool.minutes, START, MONTH_END)])
    )


def decide_on(
    package: Offer, activity_type: str, local: str, minutes: int = 60, claim: Claim | None = None, **facts: object
) -> tuple[Coverage, ...]:
    """What becomes of work that starts at a local time of the offer, with the month's hours still untouched."""
    assert package.terms.calendar is not None
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(package.terms.calendar.zone))
    work = Work(activity_type, start, start + timedelta(minutes=minutes), **facts)
    return decide(work, package.terms, claim, hours_of(package))


def price_of(parts: tuple[Coverage, ...], on: date = date(2026, 1, 5)) -> Decimal:
    """What the parts add to the invoice."""
    usage = [Usage("row", "any", part.kind, part.minutes, part.rate or Decimal(0), on) for part in parts]
    return sum((line.amount for line in usage_lines(usage, exponent=Decimal("0.01"))), Decimal(0))


def outcome_of_one_hour(package: Offer, cause: str, reported: date) -> Outcome:
    """The package from START on, with one ticket that was opened and worked on at ten on the day it was reported."""
    calendar = package.policy.calendar
    opened = datetime.combine(reported, time(10), ZoneInfo(calendar.zone))
    ticket = Ticket("T-1", opened, reported, "P3 Medium", cause=cause)
    work = Work("User Support", opened, opened + timedelta(hours=1))
    return simulate(package, History([ticket], [TimeRow(work, reported, ticket)], START, reported, opened))
