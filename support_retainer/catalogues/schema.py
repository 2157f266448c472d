"""The shape of a catalogue file: which keys exist, what type each has, and what an absent optional one means.

Key names and choices are those of the DocTypes Support Package and SLA Policy, so a checked entry is at once
the document to insert and the snapshot that `domain.contract_terms` reads.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from support_retainer.domain.sla_clock import LONGEST_TARGET

Value = Any
Check = Callable[[Value], str | None]

CHANNELS = ("Portal", "Email", "Phone", "WhatsApp", "Video Call", "Dedicated Line", "Monitoring")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TREATMENTS = ("Included", "Free", "Hourly", "Daily", "Quoted", "Not Offered")
JOB_KINDS = (
    *("Task", "Upgrade", "Restore Test", "Security Advisory", "Server Audit", "Server Migration"),
    "Quarterly Review",
)
ITEM_ROLES = ("fee", "usage", "one_off", "expense")


class Problem(NamedTuple):
    """One thing wrong with a file: where (`packages[2].hour_pools[0].hours`) and what to put there."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


@dataclass(frozen=True)
class Field:
    """A scalar. `check` returns what it expected, or None if the value is fine; a required one has no default."""

    check: Check
    required: bool = True
    default: Value = None


@dataclass(frozen=True)
class Table:
    """A list of rows with the same fields. `at_least` rows; the key itself must be there unless it may be left out."""

    row: "Mapping[str, Field | Table]"
    at_least: int = 0
    may_be_left_out: bool = False


Shape = Mapping[str, "Field | Table"]


def _text(value: Value) -> str | None:
    return None if isinstance(value, str) and value.strip() else "a text"


def _text_or_empty(value: Value) -> str | None:
    return None if isinstance(value, str) else "a text"


def _flag(value: Value) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(value: Value) -> str | None:
    if not _is_number(value):
        return "a number"
    return None if value >= 0 else "a number of zero or more"


def _whole(value: Value) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "a whole number"
    return None if value >= 0 else "a whole number of zero or more"


def _duration(value: Value) -> str | None:
    expected = _whole(value)
    return expected or (None if value <= LONGEST_TARGET else "at most ten years in seconds")


def _percent(value: Value) -> str | None:
    return None if _is_number(value) and 0 <= value <= 100 else "a percentage from 0 to 100"


def _pattern(regex: str, expected: str) -> Check:
    compiled = re.compile(regex, re.ASCII)
    return lambda value: None if isinstance(value, str) and compiled.fullmatch(value) else expected


def _choice(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"one of {', '.join(map(repr, allowed))}"


def _date(value: Value) -> str | None:
    try:
        return None if date.fromisoformat(value).isoformat() == value else "a date like 2026-12-31"
    except (TypeError, ValueError):
        return "a date like 2026-12-31"


_money = _pattern(r"\d{1,12}\.\d{2}", 'an amount of zero or more as text with two decimals, like "150.00"')
# A line of code or a user can cost a fraction of the smallest coin.
_unit_price = _pattern(r"\d{1,12}\.\d{2,6}", 'a price of zero or more as text with decimals, like "0.125"')
_time = _pattern(r"([01]\d|2[0-3]):[0-5]\d", 'a time from "00:00" to "23:59"')

# Two readings of a value are equal by amount for these ("150.00", 150.0) and by the minute for this one.
NUMERIC = frozenset({_flag, _number, _whole, _duration, _percent, _money, _unit_price})
TIME_OF_DAY = _time


def _optional(check: Check, default: Value) -> Field:
    return Field(check, required=False, default=default)


WINDOW: Shape = {"day": Field(_choice(*DAYS)), "start_time": Field(_time), "end_time": Field(_time)}

TARGET: Shape = {
    "priority": Field(_text),
    "response_time": Field(_duration),
    "resolution_time": _optional(_duration, 0),
    "clock": Field(_choice("Support Hours", "Always")),
}

ESCALATION: Shape = {
    "target": Field(_choice("Response", "Resolution")),
    "at_percent": Field(_number),
    "notify_role": _optional(_text_or_empty, ""),
    "notify_account_manager": _optional(_flag, False),
    "raise_priority_to": _optional(_text_or_empty, ""),
    "webhook_url": _optional(_pattern(r"(https?://\S+)?", "an address that starts with http:// or https://"), ""),
}

INTAKE_RULE: Shape = {"contains": Field(_text), "priority": Field(_text)}

SLA_POLICY: Shape = {
    "policy_name": Field(_text),
    "time_zone": Field(_text),
    "always_open": _optional(_flag, False),
    "holiday_list": _optional(_text_or_empty, ""),
    "next_update_every": _optional(_duration, 0),
    "windows": Table(WINDOW),
    "targets": Table(TARGET, at_least=1),
    "pause_on": Table({"status": Field(_text)}),
    "escalations": Table(ESCALATION),
    "intake_rules": Table(INTAKE_RULE),
}

HOUR_POOL: Shape = {
    "pool": Field(_text),
    "hours": Field(_number),
    "channel": _optional(_choice("", *CHANNELS), ""),
    "activity_type": _optional(_text_or_empty, ""),
    "rollover_periods": _optional(_whole, 0),
    "rollover_cap_hours": _optional(_number, 0),
}

COVERAGE: Shape = {
    "activity_type": Field(_text),
    "treatment": Field(_choice(*TREATMENTS)),
    "rate": _optional(_money, "0.00"),
    "minimum_hours": _optional(_number, 0),
    "rounding_minutes": _optional(_whole, 0),
    "plus_expenses": _optional(_flag, False),
    "limit_per_year": _optional(_whole, 0),
    "one_off_fee": _optional(_money, "0.00"),
}

PACKAGE: Shape = {
    "package_name": Field(_text),
    "currency": Field(_pattern(r"[A-Z]{3}", 'a currency code like "AED"')),
    "monthly_fee": Field(_money),
    "fee_is_minimum": _optional(_flag, False),
    "pricing_model": Field(_choice("Flat", "Metered")),
    "metric": _optional(_text_or_empty, ""),
    "overage_policy": Field(_choice("Bill", "Ask Approval", "Stop")),
    "overage_rate": Field(_money),
    "emergency_rate": Field(_money),
    "emergency_minimum_hours": Field(_number),
    "emergency_included": Field(_flag),
    "sla_policy": Field(_text),
    "discount_percent": _optional(_percent, 0),
    "minimum_term_months": Field(_whole),
    "notice_days": Field(_whole),
    "last_period": Field(_choice("Full", "Prorate", "Credit")),
    "warranty_days": Field(_whole),
    "backup_retention_days": Field(_whole),
    "monitoring_level": Field(_choice("None", "Basic", "Standard", "Advanced", "Premium", "24x7")),
    "weekly_report": Field(_flag),
    "monthly_report": Field(_flag),
    "quarterly_review": Field(_flag),
    "account_manager": Field(_flag),
    "hour_pools": Table(HOUR_POOL),
    "channels": Table({"channel": Field(_choice(*CHANNELS))}, at_least=1),
    "coverage": Table(COVERAGE, at_least=1),
    "tiers": Table({"from_quantity": Field(_whole), "unit_price": Field(_unit_price)}),
}

MAINTENANCE: Shape = {
    "activity_name": Field(_text),
    "kind": _optional(_choice(*JOB_KINDS), "Task"),
    "cadence": Field(_choice("On Request", "Weekly", "Monthly", "Quarterly", "Yearly")),
    "per": _optional(_choice("Contract", "Site"), "Contract"),
    "activity_type": Field(_text),
    "days_ahead": _optional(_whole, 14),
    "needs_evidence": _optional(_flag, True),
    "packages": Table({"package": Field(_text)}, at_least=1),
    "steps": Table({"step": Field(_text)}),
}

HOLIDAY_LIST: Shape = {
    "holiday_list_name": Field(_text),
    "from_date": Field(_date),
    "to_date": Field(_date),
    "holidays": Table({"holiday_date": Field(_date), "description": Field(_text)}, at_least=1),
}

ITEM: Shape = {
    "item_code": Field(_text),
    "item_name": Field(_text),
    "item_group": Field(_text),
    "stock_uom": Field(_text),
    "description": Field(_text),
    "role": Field(_choice(*ITEM_ROLES)),
}

CATALOGUE: Shape = {
    "catalogue": Field(_text),
    "title": Field(_text),
    "source": Field(_text),
    "currency": PACKAGE["currency"],
    "assumptions": Table({}),
    "priorities": Table({"name": Field(_text), "description": Field(_text)}, at_least=1),
    "activity_types": Table({}, at_least=1),
    "items": Table(ITEM, at_least=1),
    "holiday_lists": Table(HOLIDAY_LIST),
    "sla_policies": Table(SLA_POLICY, at_least=1),
    "packages": Table(PACKAGE, at_least=1),
    "maintenance": Table(MAINTENANCE, may_be_left_out=True),
}


def problems(value: Value, shape: Shape = CATALOGUE, path: str = "") -> Iterator[Problem]:
    """Everything structurally wrong with an object of the file: unknown keys, missing keys, wrong types."""
    if not isinstance(value, dict):
        yield Problem(path or "file", f"expected an object, found {_shown(value)}")
        return
    for key in sorted(value.keys() - shape.keys()):
        yield Problem(_join(path, key), f"unknown key; known here are {', '.join(sorted(shape))}")
    for key, spec in shape.items():
        if key in value:
            yield from _in_key(value[key], spec, _join(path, key))
        elif isinstance(spec, Table) and spec.may_be_left_out:
            continue
        elif isinstance(spec, Table):
            yield Problem(_join(path, key), "missing table; write [] if there is nothing to list")
        elif spec.required:
            yield Problem(_join(path, key), "missing; a catalogue has to say this")


def completed(value: Mapping[str, Value], shape: Shape = CATALOGUE) -> dict[str, Value]:
    """A checked object with every optional key present, so that readers need no defaults of their own."""
    return {key: _completed_key(value, key, spec) for key, spec in shape.items()}


def _completed_key(value: Mapping[str, Value], key: str, spec: Field | Table) -> Value:
    if isinstance(spec, Field):
        return value.get(key, spec.default)
    return [completed(row, spec.row) if spec.row else row for row in value.get(key, ())]


def _in_key(value: Value, spec: Field | Table, path: str) -> Iterator[Problem]:
    if isinstance(spec, Table):
        yield from _in_table(value, spec, path)
        return
    expected = spec.check(value)
    if expected:
        yield Problem(path, f"expected {expected}, found {_shown(value)}")


def _in_table(value: Value, spec: Table, path: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, f"expected a table (a list of rows), found {_shown(value)}")
        return
    if len(value) < spec.at_least:
        yield Problem(path, f"expected at least {spec.at_least} row, found none")
    # A table without columns is a plain list of texts (activity types, assumptions).
    texts = Field(_text)
    for index, row in enumerate(value):
        where = f"{path}[{index}]"
        yield from problems(row, spec.row, where) if spec.row else _in_key(row, texts, where)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: Value) -> str:
    names = {dict: "an object", list: "a list", bool: str(value).lower(), type(None): "null"}
    shown = names.get(type(value))
    return shown or (f'"{value}"' if isinstance(value, str) else repr(value))
