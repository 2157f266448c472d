"""The shape of a catalogue file: which keys exist, what type each has, and what an absent optional one means.

Key names and choices are those of the DocTypes Support Package and SLA Policy, so a checked entry is at once
the document to insert and the snapshot that `domain.contract_terms` reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from support_retainer.catalogues import checks
from support_retainer.catalogues.checks import Check, Value

CHANNELS = ("Portal", "Email", "Phone", "WhatsApp", "Video Call", "Dedicated Line", "Monitoring")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TREATMENTS = ("Included", "Free", "Hourly", "Daily", "Quoted", "Not Offered")
JOB_KINDS = (
    *("Task", "Upgrade", "Restore Test", "Security Advisory", "Server Audit", "Server Migration"),
    "Quarterly Review",
)
CADENCES = ("On Request", "Once", "Weekly", "Every 4 Weeks", "Monthly", "Quarterly", "Yearly")
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


def _optional(check: Check, default: Value) -> Field:
    return Field(check, required=False, default=default)


WINDOW: Shape = {
    "day": Field(checks.choice(*DAYS)),
    "start_time": Field(checks.time_of_day),
    "end_time": Field(checks.time_of_day),
}

TARGET: Shape = {
    "priority": Field(checks.text),
    "response_time": Field(checks.duration),
    "resolution_time": _optional(checks.duration, 0),
    "clock": Field(checks.choice("Support Hours", "Always")),
}

ESCALATION: Shape = {
    "target": Field(checks.choice("Response", "Resolution")),
    "at_percent": Field(checks.number),
    "notify_role": _optional(checks.text_or_empty, ""),
    "notify_account_manager": _optional(checks.flag, False),
    "raise_priority_to": _optional(checks.text_or_empty, ""),
    "webhook_url": _optional(checks.pattern(r"(https?://\S+)?", "an address that starts with http:// or https://"), ""),
}

INTAKE_RULE: Shape = {"contains": Field(checks.text), "priority": Field(checks.text)}

SLA_POLICY: Shape = {
    "policy_name": Field(checks.text),
    "time_zone": Field(checks.text),
    "always_open": _optional(checks.flag, False),
    "holiday_list": _optional(checks.text_or_empty, ""),
    "next_update_every": _optional(checks.duration, 0),
    "windows": Table(WINDOW),
    "targets": Table(TARGET, at_least=1),
    "pause_on": Table({"status": Field(checks.text)}),
    "escalations": Table(ESCALATION),
    "intake_rules": Table(INTAKE_RULE),
}

HOUR_POOL: Shape = {
    "pool": Field(checks.text),
    "hours": Field(checks.number),
    "channel": _optional(checks.choice("", *CHANNELS), ""),
    "activity_type": _optional(checks.text_or_empty, ""),
    "rollover_periods": _optional(checks.whole, 0),
    "rollover_cap_hours": _optional(checks.number, 0),
}

COVERAGE: Shape = {
    "activity_type": Field(checks.text),
    "treatment": Field(checks.choice(*TREATMENTS)),
    "rate": _optional(checks.money, "0.00"),
    "minimum_hours": _optional(checks.number, 0),
    "rounding_minutes": _optional(checks.whole, 0),
    "plus_expenses": _optional(checks.flag, False),
    "limit_per_year": _optional(checks.whole, 0),
    "one_off_fee": _optional(checks.money, "0.00"),
}

PACKAGE: Shape = {
    "package_name": Field(checks.text),
    "currency": Field(checks.pattern(r"[A-Z]{3}", 'a currency code like "AED"')),
    "monthly_fee": Field(checks.money),
    "fee_is_minimum": _optional(checks.flag, False),
    "pricing_model": Field(checks.choice("Flat", "Metered")),
    "metric": _optional(checks.text_or_empty, ""),
    "overage_policy": Field(checks.choice("Bill", "Ask Approval", "Stop")),
    "overage_rate": Field(checks.money),
    "emergency_rate": Field(checks.money),
    "emergency_minimum_hours": Field(checks.number),
    "emergency_included": Field(checks.flag),
    "sla_policy": Field(checks.text),
    "discount_percent": _optional(checks.percent, 0),
    "minimum_term_months": Field(checks.whole),
    "notice_days": Field(checks.whole),
    "last_period": Field(checks.choice("Full", "Prorate", "Credit")),
    "warranty_days": Field(checks.whole),
    "only_during_warranty": _optional(checks.flag, False),
    "backup_retention_days": Field(checks.whole),
    "monitoring_level": Field(checks.choice("None", "Basic", "Standard", "Advanced", "Premium", "24x7")),
    "weekly_report": Field(checks.flag),
    "monthly_report": Field(checks.flag),
    "quarterly_review": Field(checks.flag),
    "account_manager": Field(checks.flag),
    "hour_pools": Table(HOUR_POOL),
    "channels": Table({"channel": Field(checks.choice(*CHANNELS))}, at_least=1),
    "coverage": Table(COVERAGE, at_least=1),
    "tiers": Table({"from_quantity": Field(checks.whole), "unit_price": Field(checks.unit_price)}),
}

MAINTENANCE: Shape = {
    "activity_name": Field(checks.text),
    "kind": _optional(checks.choice(*JOB_KINDS), "Task"),
    "cadence": Field(checks.choice(*CADENCES)),
    "per": _optional(checks.choice("Contract", "Site"), "Contract"),
    "activity_type": Field(checks.text),
    "days_ahead": _optional(checks.whole, 14),
    "needs_evidence": _optional(checks.flag, True),
    "packages": Table({"package": Field(checks.text)}, at_least=1),
    "steps": Table({"step": Field(checks.text)}),
}

HOLIDAY_LIST: Shape = {
    "holiday_list_name": Field(checks.text),
    "from_date": Field(checks.day),
    "to_date": Field(checks.day),
    "holidays": Table({"holiday_date": Field(checks.day), "description": Field(checks.text)}, at_least=1),
}

ITEM: Shape = {
    "item_code": Field(checks.text),
    "item_name": Field(checks.text),
    "item_group": Field(checks.text),
    "stock_uom": Field(checks.text),
    "description": Field(checks.text),
    "role": Field(checks.choice(*ITEM_ROLES)),
}

CATALOGUE: Shape = {
    "catalogue": Field(checks.text),
    "title": Field(checks.text),
    "source": Field(checks.text),
    "currency": PACKAGE["currency"],
    "assumptions": Table({}),
    "priorities": Table({"name": Field(checks.text), "description": Field(checks.text)}, at_least=1),
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
    texts = Field(checks.text)
    for index, row in enumerate(value):
        where = f"{path}[{index}]"
        yield from problems(row, spec.row, where) if spec.row else _in_key(row, texts, where)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: Value) -> str:
    names = {dict: "an object", list: "a list", bool: str(value).lower(), type(None): "null"}
    shown = names.get(type(value))
    return shown or (f'"{value}"' if isinstance(value, str) else repr(value))
