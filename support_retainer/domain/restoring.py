"""Whether a restored database is the one that was backed up, and whether backups are kept as long as promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

TREND_DAYS = 30


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not as it was. `expected` is a range, because a live site goes on while it is backed up."""

    table: str
    expected: tuple[int, int]
    found: int | None

    def __str__(self) -> str:
        least, most = self.expected
        wanted = str(least) if least == most else f"{least} to {most}"
        return f"{self.table}: {'missing' if self.found is None else self.found}, expected {wanted} rows"


def compare(before: Mapping[str, int], after: Mapping[str, int], found: Mapping[str, int]) -> list[Difference]:
    """Tables whose rows are fewer or more than they were at any time of the backup.

    A table that came or went meanwhile may be there or not.
    """
    differences = []
    for table in sorted(before.keys() & after.keys()):
        least, most = sorted((before[table], after[table]))
        rows = found.get(table)
        if rows is None or not least <= rows <= most:
            differences.append(Difference(table, (least, most), rows))
    return differences


def unlike(
    before: Mapping[str, int | None], after: Mapping[str, int | None], found: Mapping[str, int | None]
) -> list[str]:
    """Tables that nobody changed meanwhile and whose checksum is another one all the same."""
    still = [table for table in before if before[table] is not None and before[table] == after.get(table)]
    return sorted(table for table in still if found.get(table) != before[table])


@dataclass(frozen=True, slots=True)
class Backup:
    day: date
    megabytes: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How far back the backups go, and by how much the newest outgrew that of a month before; None if unknown."""

    oldest_days: int | None
    growth_percent: float | None


def kept(backups: Sequence[Backup], today: date) -> Kept:
    if not backups:
        return Kept(None, None)
    rows = sorted(backups, key=lambda backup: backup.day)
    newest = rows[-1]
    limit = newest.day - timedelta(days=TREND_DAYS)
    earlier = [backup for backup in rows if backup.day <= limit] or rows[:1]
    base = earlier[-1]
    growth = None
    if base.day < newest.day and base.megabytes:
        growth = round((newest.megabytes / base.megabytes - 1) * 100, 1)
    return Kept((today - rows[0].day).days, growth)


def is_kept_too_short(oldest_days: int | None, promised_days: int, watched_days: int) -> bool:
    """Backups that do not go back as far as promised, on a site that is old enough to have them."""
    return oldest_days is not None and oldest_days < min(promised_days, watched_days)
