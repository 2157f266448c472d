"""Points in time as people write them in a spreadsheet, read exactly or refused."""

from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
EXAMPLE = "2025-01-31 09:30"


class BadMoment(ValueError):
    """A text that is no point in time; the message names the column and says what to write."""


class Moments:
    """Reads `YYYY-MM-DD HH:MM[:SS]`, with a `T` or an offset if the file has them, or in a format of the caller's.

    A time without an offset is local time of `zone`.
    """

    def __init__(self, zone: str, date_format: str | None = None) -> None:
        self.zone = ZoneInfo(zone)
        self.date_format = date_format

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
        return local.strftime(self.date_format) if self.date_format else local.isoformat(sep=" ")

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _written(self, column: str, text: str) -> datetime:
        try:
            written = datetime.strptime(text, self.date_format) if self.date_format else _iso(text)
            if not 1970 <= written.year <= 9000:
                raise ValueError
        except ValueError:
            wanted = f"in the format {self.date_format!r}" if self.date_format else f"like {EXAMPLE}"
            other = "" if self.date_format else ", or name the file's own format with --date-format"
            raise BadMoment(f"{column} is {text!r}; write date and time {wanted}{other}") from None
        return written.replace(microsecond=0) if written.microsecond else written


def _iso(text: str) -> datetime:
    """Stricter than `fromisoformat` of newer Pythons, which also takes dates without a time and week numbers."""
    if len(text) < 16 or text[4] != "-" or text[7] != "-" or text[10] not in "T " or text[13] != ":":
        raise ValueError
    return datetime.fromisoformat(f"{text[:-1]}+00:00" if text[-1] in "Zz" else text)
