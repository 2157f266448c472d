"""How much of the time a site was up, from samples and from sums of samples; and when it may be down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Sum:
    """Counts of visits. `excused` were in a maintenance window and count neither way; `response_ms` adds up the
    times of `timed` answers."""

    up: int = 0
    down: int = 0
    excused: int = 0
    timed: int = 0
    response_ms: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.up + other.up,
            self.down + other.down,
            self.excused + other.excused,
            self.timed + other.timed,
            self.response_ms + other.response_ms,
        )

    @property
    def percent(self) -> Decimal | None:
        """Two decimals, rounded down: one missed visit in a year is not 100 percent. None where nothing counts."""
        counted = self.up + self.down
        if not counted:
            return None
        return (Decimal(self.up) * 100 / counted).quantize(Decimal("0.01"), rounding=ROUND_DOWN)

    @property
    def mean_ms(self) -> int | None:
        return round(self.response_ms / self.timed) if self.timed else None


def total(sums: Iterable[Sum]) -> Sum:
    whole = Sum()
    for one in sums:
        whole += one
    return whole


class Repeats(str, Enum):
    ONCE = "Once"
    WEEKLY = "Weekly"
    MONTHLY = "Monthly"


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Half-open [start, end), in UTC, and again each week or month at the same clock time in `zone`.

    Where clocks are put forward over that time it begins when they have been, and its length stays what it was.
    """

    start: datetime
    end: datetime
    repeats: Repeats = Repeats.ONCE
    zone: ZoneInfo = UTC

    def holds(self, at: datetime) -> bool:
        return any(start <= at < start + (self.end - self.start) for start in self._starts_around(at))

    def next_start(self, at: datetime) -> datetime | None:
        """When it begins next, `at` included; None once it is over for good."""
        if self.repeats is Repeats.ONCE:
            return self.start if self.start >= at else None
        return next(start for start in self._starts_around(at) if start >= at)

    def _starts_around(self, at: datetime) -> list[datetime]:
        if at < self.start or self.repeats is Repeats.ONCE:
            return [self.start]
        if self.repeats is Repeats.WEEKLY:
            number = (at - self.start) // timedelta(weeks=1)
            return [self._start_after(relativedelta(weeks=max(number + shift, 0))) for shift in (-1, 0, 1, 2)]
        months = (at.year - self.start.year) * 12 + at.month - self.start.month
        return [self._start_after(relativedelta(months=max(months + shift, 0))) for shift in (-1, 0, 1, 2)]

    def _start_after(self, span: relativedelta) -> datetime:
        return ((self.start.astimezone(self.zone).replace(tzinfo=None) + span).replace(tzinfo=self.zone)).astimezone(
            UTC
        )


def in_maintenance(windows: Iterable[MaintenanceWindow], at: datetime) -> bool:
    return any(window.holds(at) for window in windows)
