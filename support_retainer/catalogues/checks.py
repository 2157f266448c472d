"""What one value of a catalogue file may be: each check returns what it expected, or None if the value is fine."""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from support_retainer.domain.sla_clock import LONGEST_TARGET

Value = Any
Check = Callable[[Value], str | None]


def text(value: Value) -> str | None:
    return None if isinstance(value, str) and value.strip() else "a text"


def text_or_empty(value: Value) -> str | None:
    return None if isinstance(value, str) else "a text"


def flag(value: Value) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(value: Value) -> str | None:
    if not _is_number(value):
        return "a number"
    return None if value >= 0 else "a number of zero or more"


def whole(value: Value) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "a whole number"
    return None if value >= 0 else "a whole number of zero or more"


def duration(value: Value) -> str | None:
    expected = whole(value)
    return expected or (None if value <= LONGEST_TARGET else "at most ten years in seconds")


def percent(value: Value) -> str | None:
    return None if _is_number(value) and 0 <= value <= 100 else "a percentage from 0 to 100"


def pattern(regex: str, expected: str) -> Check:
    compiled = re.compile(regex, re.ASCII)
    return lambda value: None if isinstance(value, str) and compiled.fullmatch(value) else expected


def choice(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"one of {', '.join(map(repr, allowed))}"


def day(value: Value) -> str | None:
    try:
        return None if date.fromisoformat(value).isoformat() == value else "a date like 2026-12-31"
    except (TypeError, ValueError):
        return "a date like 2026-12-31"


money = pattern(r"\d{1,12}\.\d{2}", 'an amount of zero or more as text with two decimals, like "150.00"')
# A line of code or a user can cost a fraction of the smallest coin.
unit_price = pattern(r"\d{1,12}\.\d{2,6}", 'a price of zero or more as text with decimals, like "0.125"')
time_of_day = pattern(r"([01]\d|2[0-3]):[0-5]\d", 'a time from "00:00" to "23:59"')

# Two readings of a value are equal by amount for these ("150.00", 150.0) and by the minute for this one.
NUMERIC = frozenset({flag, number, whole, duration, percent, money, unit_price})
TIME_OF_DAY = time_of_day
