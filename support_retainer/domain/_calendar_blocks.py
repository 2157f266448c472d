"""Opening hours laid out on the UTC time line, in blocks that are built once and searched by bisection.

A block covers 2**25 seconds (about 388 days), so the block of an instant is a shift and not a search. A long
distance skips whole blocks by their totals: its cost grows with the years in between, never with the days.
All instants here are int seconds since 1970-01-01 UTC; days are numbered from 1970-01-01.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from support_retainer.domain.errors import NeverOpen

UTC = timezone.utc
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
DAY = 86_400
WEEK = 7 * DAY
BLOCK_BITS = 25
BLOCK = 1 << BLOCK_BITS
# Local time has to be a valid datetime in every zone, so the first and last years of datetime are left out.
FIRST_BLOCK = (int((datetime(2, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) >> BLOCK_BITS) + 1
LAST_BLOCK = (int((datetime(9999, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()) >> BLOCK_BITS) - 1
# A policy looks a few years around today; the cap keeps an absurd distance from filling the memory.
BLOCKS_KEPT = 64
# Beyond this distance it pays to ask first whether the years up to 9999 can hold that much working time.
FAR = 100 * 366 * DAY

Interval = tuple[int, int]
Day = tuple[Interval, ...]
Week = tuple[Day, ...]  # seven days from Monday


@dataclass(frozen=True, slots=True)
class Block:
    """Open intervals of one block: sorted, apart from each other, with the open seconds before each one."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    total: int
    holidays: list[Interval]

    def elapsed(self, second: int) -> int:
        """Open seconds from the start of the block to `second`."""
        i = bisect_right(self.starts, second) - 1
        if i < 0:
            return 0
        return self.before[i] + min(second, self.ends[i]) - self.starts[i]

    def is_open(self, second: int) -> bool:
        i = bisect_right(self.starts, second) - 1
        return i >= 0 and second < self.ends[i]

    def intervals(self, start: int, end: int) -> list[tuple[int, int, bool]]:
        """(start, end, is holiday) of every interval that touches [start, end), in order, not clipped."""
        touching = range(bisect_right(self.ends, start), bisect_left(self.starts, end))
        opened = [(self.starts[i], self.ends[i], False) for i in touching]
        return sorted(opened + [(*pair, True) for pair in self.holidays if pair[0] < end and pair[1] > start])


@dataclass(frozen=True, slots=True)
class Timeline:
    """The opening hours of one week pattern, zone and set of holidays; `week` is None where it is always open."""

    zone: str
    week: Week | None
    holidays: frozenset[int]
    _blocks: dict[int, Block] = field(default_factory=dict, init=False, repr=False, compare=False)

    def block(self, index: int) -> Block:
        found = self._blocks.get(index)
        if found is None:
            if not FIRST_BLOCK <= index <= LAST_BLOCK:
                raise NeverOpen("The support hours run out before the year 9999.", field="windows")
            if len(self._blocks) >= BLOCKS_KEPT:
                self._blocks.clear()
            found = self._blocks[index] = self._build(index)
        return found

    def is_open(self, second: int) -> bool:
        return self.block(second >> BLOCK_BITS).is_open(second)

    def after(self, second: int, seconds: int, fraction: bool) -> int:
        """The second at which `seconds` open seconds have passed since `second`.

        `fraction` says that a part of a second remains to be counted, so the end of an interval is not enough.
        """
        self._refuse_out_of_reach(second, seconds)
        index = second >> BLOCK_BITS
        block = self.block(index)
        goal = block.elapsed(second) + seconds
        while goal + fraction > block.total:
            goal -= block.total
            index += 1
            block = self._blocks.get(index) or self.block(index)
        i = (bisect_right if fraction else bisect_left)(block.before, goal) - 1
        return block.starts[i] + goal - block.before[i]

    def between(self, start: int, end: int) -> int:
        """Open seconds in [start, end), negative where `end` is before `start`."""
        if end < start:
            return -self.between(end, start)
        first, last = start >> BLOCK_BITS, end >> BLOCK_BITS
        whole = sum(self.block(index).total for index in range(first, last))
        return whole + self.block(last).elapsed(end) - self.block(first).elapsed(start)

    def next_opening(self, second: int) -> int:
        """The first open second at or after `second`."""
        index = second >> BLOCK_BITS
        while True:
            block = self.block(index)
            i = bisect_right(block.ends, second)
            if i < len(block.starts):
                return max(second, block.starts[i])
            index += 1

    def intervals(self, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """(start, end, is holiday) of every interval that touches [start, end), in order, not clipped."""
        for index in range(start >> BLOCK_BITS, (end >> BLOCK_BITS) + 1):
            yield from self.block(index).intervals(start, end)

    def _refuse_out_of_reach(self, second: int, seconds: int) -> None:
        if seconds <= FAR:
            return
        weekly = WEEK if self.week is None else sum(b - a for day in self.week for a, b in day)
        weeks = (((LAST_BLOCK + 1) << BLOCK_BITS) - second) // WEEK + 1
        # Ten minutes a week are more than any zone ever repeats by setting its clocks back.
        if seconds > weeks * min(weekly + 600, WEEK):
            raise NeverOpen("The support hours run out before the year 9999.", field="windows")

    def _build(self, index: int) -> Block:
        opened, shut = self._hours_of(index)
        before, total = [], 0
        for start, end in opened:
            before.append(total)
            total += end - start
        return Block([i[0] for i in opened], [i[1] for i in opened], before, total, shut)

    def _hours_of(self, index: int) -> tuple[list[Interval], list[Interval]]:
        """Open intervals, and those that a holiday closes."""
        first = index << BLOCK_BITS
        opened: list[Interval] = []
        shut: list[Interval] = []
        if self.week is None:
            return [(first, first + BLOCK)], shut
        for begin, end, offset in offsets(self.zone, index):
            for day in range((begin + offset) // DAY, (end + offset - 1) // DAY + 1):
                hours = self.week[(day + 3) % 7]  # day 0, 1 January 1970, was a Thursday
                if hours:
                    row = shut if day in self.holidays else opened
                    _lay(row, hours, day * DAY - offset, (begin, end))
        return opened, shut


def _lay(row: list[Interval], hours: Day, midnight: int, bounds: Interval) -> None:
    """Append a day's hours to `row`, clipped to `bounds`, and joined where one interval ends as the next begins."""
    begin, end = bounds
    for opens, closes in hours:
        start, stop = max(midnight + opens, begin), min(midnight + closes, end)
        if start >= stop:
            continue
        if row and row[-1][1] == start:
            start = row.pop()[0]
        row.append((start, stop))


@lru_cache(maxsize=1024)
def offsets(zone: str, index: int) -> tuple[tuple[int, int, int], ...]:
    """(start, end, seconds east of UTC) of every stretch of a block in which the zone's offset is constant.

    zoneinfo does not show its transitions. They are found by looking once a day and bisecting where the offset
    changed; since 1970 no two changes of any zone in tzdata are closer than seven days.
    """
    tz = ZoneInfo(zone)
    begin, last = index << BLOCK_BITS, (index + 1) << BLOCK_BITS
    rows, seen, current = [], begin, _offset(tz, begin)
    for probe in [*range(begin + DAY, last, DAY), last - 1]:
        if (offset := _offset(tz, probe)) != current:
            change = _change(tz, seen, probe)
            rows.append((begin, change, current))
            begin, current = change, offset
        seen = probe
    return (*rows, (begin, last, current))


def _offset(tz: ZoneInfo, second: int) -> int:
    delta = (EPOCH + timedelta(seconds=second)).astimezone(tz).utcoffset()
    assert delta is not None
    return delta.days * DAY + delta.seconds


def _change(tz: ZoneInfo, low: int, high: int) -> int:
    """First second of the new offset, given one change in (low, high]."""
    old = _offset(tz, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(tz, middle) == old:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=512)
def timeline(zone: str, week: Week | None, holidays: frozenset[date]) -> Timeline:
    """One shared time line per pattern, so that loading a policy again does not lay out its years again."""
    return Timeline(zone, week, frozenset(day.toordinal() - EPOCH_ORDINAL for day in holidays))
