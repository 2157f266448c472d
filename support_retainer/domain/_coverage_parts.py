"""A stretch of work in parts: inside and outside support hours, in whole minutes, rounded as its rule says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from support_retainer.domain._coverage_words import Work
from support_retainer.domain.contract_terms import ContractTerms, CoverageRule
from support_retainer.domain.working_calendar import Stretch, StretchKind


def rounded_up(minutes: int, step: int) -> int:
    """Minutes rounded up to the next multiple of `step`; 0 or 1 keeps them."""
    return -(-minutes // step) * step if step > 1 else minutes


class Part(NamedTuple):
    start: datetime
    end: datetime
    minutes: int
    outside: bool


def by_support_hours(work: Work, terms: ContractTerms) -> list[Part]:
    """Consecutive parts inside and outside support hours; one part where outside hours cost nothing extra."""
    calendar = terms.calendar
    if calendar is None or terms.emergency_included or not terms.emergency_rate:
        return [Part(work.start, work.end, work.minutes, outside=False)]
    seconds = (work.end - work.start).total_seconds()
    if not seconds:
        return [Part(work.start, work.end, work.minutes, outside=not calendar.is_open(work.start))]
    open_seconds = calendar.between(work.start, work.end)
    if open_seconds in (0, seconds):  # nearly every row: measuring is far cheaper than laying out the stretches
        return [Part(work.start, work.end, work.minutes, outside=not open_seconds)]
    return _in_whole_minutes(work, _runs(calendar.stretches(work.start, work.end)))


def _runs(stretches: Iterable[Stretch]) -> list[Part]:
    """Neighbouring stretches that are alike for the client: a holiday is as closed as a night."""
    runs: list[Part] = []
    for stretch in stretches:
        outside = stretch.kind is not StretchKind.OPEN
        if runs and runs[-1].outside == outside:
            runs[-1] = runs[-1]._replace(end=stretch.end)
        else:
            runs.append(Part(stretch.start, stretch.end, 0, outside))
    return runs


def _in_whole_minutes(work: Work, runs: list[Part]) -> list[Part]:
    """Give each part whole minutes that add up to the work's; a part under half a minute joins its neighbour."""
    parts: list[Part] = []
    start, done = work.start, 0
    for run in runs:
        is_last = run is runs[-1]
        upto = work.minutes if is_last else round((run.end - work.start).total_seconds() / 60)
        if upto > done:
            parts.append(Part(start, run.end, upto - done, run.outside))
            start, done = run.end, upto
    return [*parts[:-1], parts[-1]._replace(end=work.end)]


def rounded_parts(parts: list[Part], rule: CoverageRule) -> list[Part]:
    """The row as a whole is rounded up; what rounding and the row's minimum add goes to the last part."""
    if not rule.rounding_minutes and not rule.minimum_minutes:
        return parts
    total = sum(part.minutes for part in parts)
    counted = max(rounded_up(total, rule.rounding_minutes), rule.minimum_minutes)
    last = parts[-1]
    return [*parts[:-1], last._replace(minutes=last.minutes + counted - total)]
