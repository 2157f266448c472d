"""What a catalogue's rows must agree on with each other, once each has the right shape."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from support_retainer.catalogues.schema import Problem

Row = Mapping[str, Any]

UNIQUE_AT_TOP = {
    "priorities": "name",
    "items": "item_code",
    "holiday_lists": "holiday_list_name",
    "sla_policies": "policy_name",
    "packages": "package_name",
}
UNIQUE_IN_PACKAGE = {"hour_pools": "pool", "channels": "channel", "coverage": "activity_type"}
UNIQUE_IN_POLICY = {"targets": "priority", "pause_on": "status", "intake_rules": "contains"}


def problems(catalogue: Row) -> Iterator[Problem]:
    """Rows that name nothing, repeat each other or leave a price open. Expects a structurally valid file."""
    yield from _repeated(catalogue, UNIQUE_AT_TOP, "")
    yield from _repeated_texts(catalogue["activity_types"], "activity_types")
    yield from _repeated(catalogue, {"items": "role"}, "")
    for index, holiday_list in enumerate(catalogue["holiday_lists"]):
        yield from _holidays(holiday_list, f"holiday_lists[{index}]")
    for index, policy in enumerate(catalogue["sla_policies"]):
        yield from _policy(policy, catalogue, f"sla_policies[{index}]")
    for index, package in enumerate(catalogue["packages"]):
        yield from _package(package, catalogue, f"packages[{index}]")
    for index, activity in enumerate(catalogue.get("maintenance", ())):
        yield from _maintenance(activity, catalogue, f"maintenance[{index}]")


def _maintenance(activity: Row, catalogue: Row, path: str) -> Iterator[Problem]:
    yield from _repeated(activity, {"packages": "package", "steps": "step"}, path)
    yield from _unlisted(
        activity["activity_type"], catalogue["activity_types"], f"{path}.activity_type", "activity_types"
    )
    known = [package["package_name"] for package in catalogue["packages"]]
    for index, row in enumerate(activity["packages"]):
        yield from _unlisted(row["package"], known, f"{path}.packages[{index}].package", "packages")


def _holidays(holiday_list: Row, path: str) -> Iterator[Problem]:
    yield from _repeated(holiday_list, {"holidays": "holiday_date"}, path)
    first, last = holiday_list["from_date"], holiday_list["to_date"]
    if first > last:
        yield Problem(f"{path}.to_date", f"is before from_date {first}")
    for index, holiday in enumerate(holiday_list["holidays"]):
        if not first <= holiday["holiday_date"] <= last:
            yield Problem(f"{path}.holidays[{index}].holiday_date", f"lies outside {first} to {last}")


def _policy(policy: Row, catalogue: Row, path: str) -> Iterator[Problem]:
    yield from _repeated(policy, UNIQUE_IN_POLICY, path)
    if not policy["windows"] and not policy["always_open"]:
        yield Problem(f"{path}.windows", "never open; add a window or set always_open")
    lists = [row["holiday_list_name"] for row in catalogue["holiday_lists"]]
    yield from _unlisted(policy["holiday_list"], lists, f"{path}.holiday_list", "holiday_lists")
    priorities = [row["name"] for row in catalogue["priorities"]]
    named = (("targets", "priority"), ("intake_rules", "priority"), ("escalations", "raise_priority_to"))
    for table, key in named:
        for index, row in enumerate(policy[table]):
            yield from _unlisted(row.get(key), priorities, f"{path}.{table}[{index}].{key}", "priorities")


def _package(package: Row, catalogue: Row, path: str) -> Iterator[Problem]:
    yield from _repeated(package, UNIQUE_IN_PACKAGE, path)
    policies = [row["policy_name"] for row in catalogue["sla_policies"]]
    yield from _unlisted(package["sla_policy"], policies, f"{path}.sla_policy", "sla_policies")
    for table in ("hour_pools", "coverage"):
        for index, row in enumerate(package[table]):
            where = f"{path}.{table}[{index}].activity_type"
            yield from _unlisted(row["activity_type"], catalogue["activity_types"], where, "activity_types")
    if package["currency"] != catalogue["currency"]:
        yield Problem(f"{path}.currency", f"differs from the catalogue's {catalogue['currency']}")
    yield from _charges(package, path)


def _charges(package: Row, path: str) -> Iterator[Problem]:
    for index, row in enumerate(package["coverage"]):
        if row["treatment"] in ("Hourly", "Daily") and not Decimal(row["rate"]):
            yield Problem(
                f"{path}.coverage[{index}].rate",
                f"{row['activity_type']} is {row['treatment']}, so it needs a rate above zero",
            )
    metered = package["pricing_model"] == "Metered"
    for key in ("metric", "tiers"):
        if metered and not package[key]:
            yield Problem(f"{path}.{key}", "a metered package has to say what is counted and what it costs")
        if not metered and package[key]:
            yield Problem(f"{path}.{key}", "only a metered package has this; set pricing_model to Metered")
    yield from _repeated(package, {"tiers": "from_quantity"}, path)


def _unlisted(name: str | None, known: Iterable[str], path: str, table: str) -> Iterator[Problem]:
    """An empty link means "any" or "none" and is fine."""
    if name and name not in known:
        yield Problem(path, f'"{name}" is not in this file\'s {table}')


def _repeated(owner: Row, keys: Mapping[str, str], path: str) -> Iterator[Problem]:
    for table, key in keys.items():
        where = f"{path}.{table}" if path else table
        yield from _twice([row[key] for row in owner[table]], where, f".{key}")


def _repeated_texts(values: list[str], path: str) -> Iterator[Problem]:
    yield from _twice(values, path, "")


def _twice(values: list[Any], path: str, key: str) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(f"{path}[{index}]{key}", f"{value!r} is already in row {values.index(value)}")
