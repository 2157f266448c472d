"""Yearly uplifts: which anniversaries raise the fee, and from which day, so that the client knows before he pays it.

He is told thirty days before the invoice that the new fee is first on. An anniversary over which nobody told him (the
scheduler was down) is made up: the new fee counts from the first period that begins thirty days after he is told and
is not billed yet. What was billed, or is still to be billed for the time before, stays at the old fee.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from support_retainer.domain.billing_period import Anchor, billable
from support_retainer.domain.lifecycle import anniversaries, uplifted

TOLD_AHEAD = timedelta(days=30)
TOLD_AT_LEAST = timedelta(days=14)  # what a late run may leave of it before the anniversary
PERCENT_STEP = Decimal("0.000000001")  # as records keep it


@dataclass(frozen=True, slots=True)
class Uplift:
    """The fee rises on `day`, once for each of the anniversaries; the last one is told in time, or none is."""

    day: date
    anniversaries: tuple[date, ...]

    def percent(self, yearly: Decimal) -> Decimal:
        """Two anniversaries at 10 % are one uplift of 21 %."""
        grown: Decimal = (1 + yearly / 100) ** len(self.anniversaries)
        return ((grown - 1) * 100).quantize(PERCENT_STEP).normalize()


@dataclass(frozen=True, slots=True)
class UpliftCourse:
    """What uplifts depend on.

    Anniversaries before `counts_from` raise nothing. `rows` are the days on which terms begin, and whether a fee was
    agreed with them (an uplift, or a change of fee or package by people): it has earlier anniversaries in it.
    `settled` is the first day of the latest period that is billed.
    """

    start: date
    anchor: Anchor
    counts_from: date
    lead_days: int
    rows: Mapping[date, bool]
    settled: date | None

    def due(self, today: date) -> Uplift | None:
        """The uplift that the client is to be told of today; None where nothing is near, or all is told."""
        known = self._counted(self._told_until(today))
        if not known:
            return None
        day = self._day_for(known[-1], today)
        agreed = max((row for row, has_fee in self.rows.items() if has_fee and row <= day), default=self.start)
        missing = tuple(anniversary for anniversary in known if anniversary > agreed)
        return Uplift(day, missing) if missing else None

    def ahead(self, today: date, until: date) -> Iterator[Uplift]:
        """Those that are no row of terms yet, as far as is known today: the one due now, then each anniversary."""
        if due := self.due(today):
            yield due
        for anniversary in self._counted(until):
            if anniversary > self._told_until(today):
                yield Uplift(anniversary, (anniversary,))

    def _told_until(self, today: date) -> date:
        return today + TOLD_AHEAD + timedelta(days=self.lead_days)

    def _counted(self, until: date) -> list[date]:
        return [day for day in anniversaries(self.start, until) if day >= self.counts_from]

    def _day_for(self, anniversary: date, today: date) -> date:
        is_billed = self.settled is not None and self.settled >= anniversary
        if anniversary - today >= TOLD_AT_LEAST and not is_billed and anniversary not in self.rows:
            return anniversary
        starts = self._unbilled_starts(max(today + TOLD_AHEAD, anniversary))
        return next(day for day in starts if self.rows.get(day) is not False)

    def _unbilled_starts(self, day: date) -> Iterator[date]:
        """First days of the periods from `day` on that are not billed."""
        if self.settled and self.settled >= day:
            day = self._period_end(self.settled)
        period = billable(self.start, self.anchor, day).period
        day = day if period.start == day else period.end
        while True:
            yield day
            day = self._period_end(day)

    def _period_end(self, day: date) -> date:
        return billable(self.start, self.anchor, day).period.end


def expected_fee(
    fee: Decimal, yearly: Decimal, ahead: Iterable[Uplift], day: date, *, agreed_on: date, exponent: Decimal
) -> Decimal:
    """The fee on `day`: that of terms from `agreed_on`, after the uplifts between, each on top of the last."""
    for uplift in ahead:
        if agreed_on < uplift.day <= day:
            fee = uplifted(fee, uplift.percent(yearly), exponent)
    return fee
