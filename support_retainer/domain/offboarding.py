"""The end of a contract: who does what until when, when exports are made, and what the client may still do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from support_retainer.domain.errors import DomainError


class InvalidExportDays(DomainError):
    """Days before the end are whole numbers from 0, separated by commas."""

    code = "invalid_export_days"


class Duty(str, Enum):
    """Whose task it is (catalogue 000: "We Provide", "Your Responsibility")."""

    US = "Us"
    CLIENT = "Client"


class Stage(str, Enum):
    """What a client may do in the portal: everything, history and tickets about the handover, history alone."""

    SERVED = "Served"
    TRANSITION = "Transition"
    OVER = "Over"


class TaskKey(str, Enum):
    """The duties of the checklist; the shell has their sentences."""

    EXPORT = "export"
    DOCUMENTATION = "documentation"
    CREDENTIALS = "credentials"
    TRANSITION = "transition"
    INVOICES = "invoices"
    HOSTING = "hosting"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class Task:
    key: TaskKey
    duty: Duty
    due: date


# Days from the last day of service.
DUE = (
    (TaskKey.DOCUMENTATION, Duty.US, -7),
    (TaskKey.EXPORT, Duty.US, 1),
    (TaskKey.CREDENTIALS, Duty.US, 1),
    (TaskKey.HOSTING, Duty.CLIENT, -7),
    (TaskKey.USERS, Duty.CLIENT, -7),
    (TaskKey.INVOICES, Duty.CLIENT, 0),
)


def transition_end(end: date, days: int) -> date:
    """The last day of transition support."""
    return end + timedelta(days=max(days, 0))


def checklist(notice_given: date, end: date, transition_days: int) -> tuple[Task, ...]:
    """Every duty with its day, soonest first; none is due before the notice itself."""
    tasks = [Task(key, duty, max(end + timedelta(days=days), notice_given)) for key, duty, days in DUE]
    tasks.append(Task(TaskKey.TRANSITION, Duty.US, transition_end(end, transition_days)))
    return tuple(sorted(tasks, key=lambda task: task.due))


def export_days(text: str) -> tuple[int, ...]:
    """ "14, 3, 0" as days before the end, earliest export first. Raises InvalidExportDays."""
    words = [word for word in re.split(r"[,\s]+", text.strip()) if word]
    if not all(word.isdecimal() for word in words):
        raise InvalidExportDays(f"{text!r} is no list of days", field="export_days", text=text)
    return tuple(sorted({int(word) for word in words}, reverse=True))


def exports_due(end: date, days: Iterable[int], today: date) -> tuple[date, ...]:
    """The days up to today on which an export was to be made; 0 is the day after the last, when nothing is added."""
    planned = (end + timedelta(days=1) if day == 0 else end - timedelta(days=day) for day in days)
    return tuple(sorted(day for day in planned if day <= today))


def stage(end: date | None, ended: bool, transition_days: int, today: date) -> Stage:
    if not ended:
        return Stage.SERVED
    if end is None or today > transition_end(end, transition_days):
        return Stage.OVER
    return Stage.TRANSITION


def progress(done: Iterable[bool]) -> float:
    """Percent of the tasks that are done; 100 for an empty list."""
    states = list(done)
    return round(100 * sum(states) / len(states), 1) if states else 100.0
