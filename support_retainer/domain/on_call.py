"""Who is on call at a given moment, by a rota that a person wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DAY = 86400


@dataclass(frozen=True, slots=True)
class Shift:
    """One row of the rota, on the wall clock of the people on it.

    `day` is 0 for Monday to 6, None for every day. `start` and `end` are seconds since midnight; an `end` at or before
    `start` lies on the next day, so 0 and 0 is the whole day. The shift begins on days from `first` to `last`.
    """

    person: str
    day: int | None = None
    start: int = 0
    end: int = 0
    first: date | None = None
    last: date | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the shift that began on this day or on the day before is still on; `at` is wall-clock time."""
        return any(self._begun_on(at.date() - timedelta(days=ago), at) for ago in (0, 1))

    def _begun_on(self, day: date, at: datetime) -> bool:
        if self.day not in (None, day.weekday()):
            return False
        if day < (self.first or day) or day > (self.last or day):
            return False
        midnight = datetime.combine(day, datetime.min.time())
        seconds = (at.replace(tzinfo=None) - midnight).total_seconds()
        end = self.end if self.end > self.start else self.end + DAY
        return self.start <= seconds < end


def on_call(shifts: Iterable[Shift], at: datetime) -> str | None:
    """The person of the first shift that covers the moment: exceptions stand above the rule. None where none does."""
    return next((shift.person for shift in shifts if shift.covers(at)), None)
