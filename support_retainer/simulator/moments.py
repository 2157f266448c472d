"""Points in time as people write them in a spreadsheet, read exactly or refused."""

from collections.abc import Callable
from datetime import date, datetime, timezone
from functools import partial
from zoneinfo import ZoneInfo

UTC = timezone.utc
EXAMPLE = "2025-01-31 09:30"


class BadMoment(ValueError):
    """A text that is no point in time; the message names the column and says what to write."""


class Moments:
    """Reads `YYYY-MM-DD HH:MM[:SS]`, with a `T` or an offset if the file has them, or formats of the caller's.

    A time without an offset is local time of `zone`. Of several formats the first that fits a text counts, so they have
    to be such that no text fits two of them.
    """

    def __init__(self, zone: str, *date_formats: str) -> None:
        self.zone = ZoneInfo(zone)
        self.date_formats = date_formats
        self._readers: list[Callable[[str], datetime]] = [partial(_formatted, one) for one in date_formats] or [_iso]

    def read(self, column: str, text: str) -> tuple[datetime, date]:
        """The moment in UTC and whole seconds, and the local date. Raises BadMoment."""
        written = self._written(column, text)
        if written.tzinfo is None:
            local = written.replace(tzinfo=self.zone)
            moment = local.astimezone(UTC)
            if moment.astimezone(self.zone).replace(tzinfo=None) != written:
                raise BadMoment(f"{column} {text} doesn't exist in {self.zone.key}: the clocks were put forward then")
            return moment, written.date()
        moment = written.astimezone(UTC)
        return moment, moment.astimezone(self.zone).date()

    def write(self, moment: datetime) -> str:
        """A moment as this reads it: local time in the file's format."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return local.strftime(self.date_formats[0]) if self.date_formats else local.isoformat(sep=" ")

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _written(self, column: str, text: str) -> datetime:
        written = self._as_typed(text)
        if not written or not 1970 <= written.year <= 9000:
            wanted = (
                f"in the format {' or '.join(map(repr, self.date_formats))}" if self.date_formats else f"like {EXAMPLE}"
            )
            other = "" if len(self.date_formats) == 1 else ", or name the file's own format with --date-format"
            raise BadMoment(f"{column} is {text!r}; write date and time {wanted}{other}")
        return written.replace(microsecond=0) if written.microsecond else written

    def _as_typed(self, text: str) -> datetime | None:
        for reader in self._readers:
            try:
                return reader(text)
            except ValueError:
                continue
        return None


def _formatted(pattern: str, text: str) -> datetime:
    return datetime.strptime(text, pattern)


def _iso(text: str) -> datetime:
    """Stricter than `fromisoformat` of newer Pythons, which also takes dates without a time and week numbers."""
    if len(text) < 16 or text[4] != "-" or text[7] != "-" or text[10] not in "T " or text[13] != ":":
        raise ValueError
    return datetime.fromisoformat(f"{text[:-1]}+00:00" if text[-1] in "Zz" else text)
