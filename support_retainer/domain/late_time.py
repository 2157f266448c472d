"""Time that is logged after its own period was invoiced: it belongs to the current one."""

from __future__ import annotations

from datetime import date

from support_retainer.domain.billing_period import Period


def is_late(worked_on: date, invoiced_until: date | None, running: Period) -> bool:
    """Whether the usage of that day is invoiced already. `invoiced_until` is the first day of the latest period that
    was invoiced; with lead days that is the next one, while time of the running period is not late yet."""
    return invoiced_until is not None and worked_on < invoiced_until and worked_on not in running


def draw_day(worked_on: date, today: date, invoiced_until: date | None, running: Period) -> date:
    """The day whose hours the work uses: its own, or today where it is late."""
    return today if is_late(worked_on, invoiced_until, running) else worked_on
