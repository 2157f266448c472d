"""The packages of a catalogue file as offers that the simulation can try."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from support_retainer.catalogues.schema import DAYS
from support_retainer.domain.contract_terms import ContractTerms, PricingModel
from support_retainer.domain.simulation import Offer
from support_retainer.domain.sla_clock import Policy, Target, TargetClock
from support_retainer.domain.working_calendar import Window, WorkingCalendar

Row = Mapping[str, Any]


class OfferError(ValueError):
    """A package that can't be tried as it was asked for; the message says what to do."""


def offers_of(catalogue: Row, names: Iterable[str], start: date, quantity: Decimal | None) -> list[Offer]:
    """The named packages of a checked catalogue, all of them if none is named, in the catalogue's order.

    `quantity` is how many units a metered package is charged for. Raises OfferError.
    """
    policies = _policies(catalogue)
    chosen = _chosen(catalogue, list(names))
    return [_offer(package, policies[package["sla_policy"]], start, quantity) for package in chosen]


def time_zone_of(catalogue: Row) -> str:
    """The zone in which a history without offsets was written: that of the catalogue's first policy."""
    return str(catalogue["sla_policies"][0]["time_zone"])


def _chosen(catalogue: Row, names: list[str]) -> list[Row]:
    known = {package["package_name"].casefold(): package for package in catalogue["packages"]}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        offered = ", ".join(package["package_name"] for package in catalogue["packages"])
        raise OfferError(f"Catalogue {catalogue['catalogue']} has no package {unknown[0]!r}. Choose from: {offered}.")
    wanted = {name.casefold() for name in names} or known.keys()
    return [package for name, package in known.items() if name in wanted]


def _offer(package: Row, policy: Policy, start: date, quantity: Decimal | None) -> Offer:
    terms = ContractTerms.from_snapshot(package, effective_from=start, quantity=quantity, calendar=policy.calendar)
    if terms.pricing_model is PricingModel.METERED and not terms.quantity:
        raise OfferError(
            f"{terms.package} is priced by {terms.metric.lower() or 'quantity'}: say how many with --quantity."
        )
    return Offer(terms, policy, int(package["warranty_days"]))


def _policies(catalogue: Row) -> dict[str, Policy]:
    """Policies by name; those with the same hours share one calendar, so that its years are laid out once."""
    shared: dict[WorkingCalendar, WorkingCalendar] = {}
    holidays = {row["holiday_list_name"]: _holidays(row) for row in catalogue["holiday_lists"]}
    policies = {}
    for row in catalogue["sla_policies"]:
        calendar = _calendar(row, holidays.get(row["holiday_list"], frozenset()))
        targets = {target["priority"]: _target(target) for target in row["targets"]}
        policies[row["policy_name"]] = Policy(row["policy_name"], shared.setdefault(calendar, calendar), targets)
    return policies


def _calendar(policy: Row, holidays: frozenset[date]) -> WorkingCalendar:
    windows = tuple(
        Window(DAYS.index(row["day"]), _seconds(row["start_time"]), _seconds(row["end_time"]))
        for row in policy["windows"]
    )
    return WorkingCalendar(policy["time_zone"], windows, holidays, always_open=policy["always_open"])


def _holidays(holiday_list: Row) -> frozenset[date]:
    return frozenset(date.fromisoformat(row["holiday_date"]) for row in holiday_list["holidays"])


def _target(row: Row) -> Target:
    return Target(row["response_time"] or None, row["resolution_time"] or None, TargetClock(row["clock"]))


def _seconds(text: str) -> int:
    """Seconds since midnight of a time like "09:30"."""
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60
