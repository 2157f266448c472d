"""What happened to a client, and the offers that it is replayed under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from support_retainer.domain.billing_period import Period
from support_retainer.domain.changes import Change
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Work
from support_retainer.domain.on_record import Booking, Record
from support_retainer.domain.override import Override
from support_retainer.domain.sla_clock import Policy
from support_retainer.domain.working_calendar import WorkingCalendar

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request of the client; times are UTC, None for what has not happened. `opened_on` is the local date."""

    name: str
    opened_at: datetime
    opened_on: date
    priority: str
    channel: str = ""
    cause: str = ""
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None
    under_warranty: bool | None = None  # what was decided on its claim; None: nobody was asked, the cause tells


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One stretch of work, done on a local date; `ticket` None is work for the contract without a ticket."""

    work: Work
    worked_on: date
    ticket: Ticket | None = None
    override: Override | None = None  # a manager's decision, which no package changes
    is_estimated: bool = False  # done on an estimate that the client approved, charged by its own order
    expenses: Decimal = Decimal(0)
    booking: Booking | None = None  # when it was logged; None: on the spot

    @property
    def issue(self) -> str:
        return self.ticket.name if self.ticket else ""


@dataclass(frozen=True, slots=True)
class History:
    """Everything to replay, from `start` to `until` (both included); `rows` are sorted by the start of the work.

    `seen_at` is the moment of the look back: what has not happened by then is judged as still open. `record` is that of
    the contract which is replayed as it was; its rows have a booking each.
    """

    tickets: Sequence[Ticket]
    rows: Sequence[TimeRow]
    start: date
    until: date
    seen_at: datetime
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class FormerHours:
    """The support hours of a policy as they were before somebody changed them at `until`."""

    policy: str
    until: datetime
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True)
class Offer:
    """A package to try: its terms (with the calendar of its SLA policy), that policy, and its warranty.

    `later` are terms that were agreed for later days, oldest first; `end_date` is the last day of a contract that was
    given up; `exponent` is the smallest unit of the currency. With `prorate_first_hours` a part first month brings its
    share of the hours. `former` are support hours that were in force once, oldest first.
    """

    terms: ContractTerms
    policy: Policy
    warranty_days: int = 0
    later: tuple[ContractTerms, ...] = ()
    end_date: date | None = None
    exponent: Decimal = CENT
    prorate_first_hours: bool = False
    former: tuple[FormerHours, ...] = ()

    def terms_on(self, day: date) -> ContractTerms:
        return next((terms for terms in reversed(self.later) if terms.effective_from <= day), self.terms)

    def terms_for(self, row: TimeRow) -> ContractTerms:
        """Those of the day of the work, with the support hours that were in force when it was booked."""
        terms = self.terms_on(row.worked_on)
        at = row.booking.at if row.booking else None
        then = (one for one in self.former if at and at < one.until and one.policy == terms.sla_policy)
        known = next(then, None)
        return replace(terms, calendar=known.calendar) if known else terms

    def changes_in(self, period: Period, *, by_terms_before: bool = False) -> tuple[Change, ...]:
        """The terms that come into force within a period, after those of its first day or of the day before."""
        days = [terms.effective_from for terms in self.later]
        first = period.start - timedelta(days=1) if by_terms_before else period.start
        return tuple(
            Change(self.terms_on(day - timedelta(days=1)), self.terms_on(day), day)
            for day in days
            if first < day < period.end
        )
