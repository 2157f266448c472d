"""What a client has bought, in words that need no contract beside them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import cint, flt, format_time, getdate

from support_retainer import amounts, speech
from support_retainer.domain.contract_terms import ContractTerms, HourPool, OveragePolicy, PricingModel
from support_retainer.domain.suspension import is_under_notice
from support_retainer.hours.reasons import hours
from support_retainer.site_time import site_date, utc_now
from support_retainer.speech import _


@dataclass(frozen=True, slots=True)
class Promise:
    """What the package promises for one priority, and what that priority means; times in words, "" where none."""

    priority: str
    meaning: str
    response: str
    resolution: str
    around_the_clock: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """The terms of a contract in force today, its SLA policy (None without one) and the client's time zone."""

    terms: ContractTerms
    snapshot: dict[str, Any]
    policy: Any
    zone: str | None


def agreed(contract: frappe._dict) -> Agreed:
    """From the cached records; a contract that starts later is read as on its first day."""
    record = frappe.get_cached_doc("Retainer Contract", contract.name)
    day = max(site_date(utc_now()), getdate(contract.start_date))
    snapshot = json.loads(record.terms_row_on(day).package_snapshot)
    terms = record.terms_on(day)
    policy = snapshot.get("sla_policy") and frappe.get_cached_doc("SLA Policy", snapshot["sla_policy"])
    return Agreed(terms, snapshot, policy or None, terms.calendar.zone if terms.calendar else None)


def in_words(found: Agreed, with_prices: bool = True) -> list[str]:
    """Sentences, the important ones first; those with an amount of money only where they are asked for."""
    prices = (_price, _further_hours, _emergency_price)
    parts = (
        *(_price, _hours, _support_ends, _further_hours),
        *(_support_hours, _emergencies_included, _emergency_price, _updates, _channels, _reports, _care),
    )
    return [sentence for part in parts if with_prices or part not in prices for sentence in part(found)]


def _price(found: Agreed) -> Iterator[str]:
    terms = found.terms
    if terms.pricing_model is PricingModel.METERED:
        yield _("{0} {1}, billed monthly in advance.").format(f"{terms.quantity.normalize():,f}", terms.metric)
    elif terms.monthly_fee:
        yield _("{0} a month before taxes, billed in advance.").format(amounts.money(terms.monthly_fee, terms.currency))


def _hours(found: Agreed) -> Iterator[str]:
    for pool in found.terms.pools:
        yield _pool(pool)


def _pool(pool: HourPool) -> str:
    text = _("{0} of support each month").format(hours(pool.minutes))
    if pool.activity_type or pool.channel:
        text = _("{0} each month for {1}").format(hours(pool.minutes), _(pool.activity_type or pool.channel))
    if pool.rollover_periods:
        return _("{0}; what you do not use stays yours for {1} more months.").format(text, pool.rollover_periods)
    return _("{0}; they end with the month.").format(text)


def _support_ends(found: Agreed) -> Iterator[str]:
    if found.terms.pools and found.terms.overage_policy is OveragePolicy.STOP:
        yield _("When the hours are used up, support stops until the next month or until you buy more.")


def _further_hours(found: Agreed) -> Iterator[str]:
    terms = found.terms
    if not terms.pools:
        return
    if terms.overage_policy is OveragePolicy.ASK_APPROVAL:
        yield _("When the hours are used up, we ask you before we work on, at {0} an hour.").format(
            amounts.price(terms.overage_rate, terms.currency)
        )
    elif terms.overage_policy is OveragePolicy.BILL and terms.overage_rate:
        yield _("Further hours cost {0} each.").format(amounts.price(terms.overage_rate, terms.currency))


def _support_hours(found: Agreed) -> Iterator[str]:
    if not found.policy:
        return
    if found.policy.always_open:
        yield _("Support is open around the clock.")
        return
    yield _("Support is open {0} ({1}).").format("; ".join(_windows(found.policy)), found.zone)


def _windows(policy: Any) -> list[str]:
    """Days with the same hours together: "Monday – Friday 09:00–18:00"."""
    by_time: dict[str, list[str]] = {}
    for row in policy.windows:
        by_time.setdefault(f"{_clock(row.start_time)}–{_clock(row.end_time)}", []).append(_(row.day))
    return [f"{_days(days)} {time}" for time, days in by_time.items()]


def _days(days: list[str]) -> str:
    return f"{days[0]} – {days[-1]}" if len(days) > 2 else ", ".join(days)


def _clock(value: Any) -> str:
    return format_time(value, "HH:mm")


def _emergencies_included(found: Agreed) -> Iterator[str]:
    if _has_emergencies(found):
        yield _("Emergencies outside these hours are included.")


def _has_emergencies(found: Agreed) -> bool:
    return found.terms.emergency_included and not (found.policy and found.policy.always_open)


def _emergency_price(found: Agreed) -> Iterator[str]:
    terms = found.terms
    if terms.emergency_rate > 0 and not _has_emergencies(found):
        yield _("Emergencies outside these hours cost {0} an hour, at least {1} for each.").format(
            amounts.price(terms.emergency_rate, terms.currency), hours(terms.emergency_minimum_minutes)
        )


def _updates(found: Agreed) -> Iterator[str]:
    if found.policy and (every := duration(found.policy.next_update_every)):
        yield _("While a ticket is open you hear from us again within {0} of support.").format(every)


def _channels(found: Agreed) -> Iterator[str]:
    if found.terms.channels:
        yield _("You reach us by {0}.").format(", ".join(_(channel) for channel in found.terms.channels))


def _reports(found: Agreed) -> Iterator[str]:
    kinds = {
        "weekly_report": _("every week"),
        "monthly_report": _("every month"),
        "quarterly_review": _("each quarter"),
    }
    named = [text for name, text in kinds.items() if cint(found.snapshot.get(name))]
    if named:
        yield _("We report {0}.").format(", ".join(named))


def _care(found: Agreed) -> Iterator[str]:
    if days := cint(found.snapshot.get("backup_retention_days")):
        yield _("Your backups are kept for {0} days.").format(days)
    if cint(found.snapshot.get("account_manager")):
        yield _("A person of your own looks after your contract.")
    if found.terms.only_during_warranty:
        yield _("What is included ends with the warranty; after that work is done by estimate.")


def promises(found: Agreed) -> list[Promise]:
    """One for each priority of the SLA policy, most urgent first, as its table has them."""
    if not found.policy:
        return []
    rows = found.policy.targets
    meanings = dict(
        frappe.get_all(
            "Issue Priority", {"name": ["in", [row.priority for row in rows]]}, ["name", "description"], as_list=True
        )
    )
    return [
        Promise(
            row.priority,
            meanings.get(row.priority) or "",
            duration(row.response_time),
            duration(row.resolution_time),
            row.clock == "Always",
        )
        for row in rows
    ]


def duration(seconds: Any) -> str:
    """Time that was promised: 30 minutes, 4 hours, 2 days."""
    count = round(flt(seconds) / 60)
    if not count:
        return ""
    if count % 1440 == 0 and count > 1440:
        return _("{0} days").format(count // 1440)
    if count % 60 == 0:
        return _("{0} hours").format(count // 60) if count > 60 else _("1 hour")
    return _("{0} minutes").format(count)


def until(contract: frappe._dict) -> str:
    """How the contract stands, as a sentence; "" where it simply runs."""
    if contract.end_date and is_under_notice(contract.status, bool(contract.notice_given_on)):
        return _("Notice was given: the contract ends on {0}.").format(speech.day(contract.end_date))
    if contract.status == "Ended":
        return _("The contract ended on {0}.").format(speech.day(contract.end_date))
    return ""


def warranty(contract: frappe._dict) -> str:
    """Until when the warranty runs, or when it ended; "" where none was agreed."""
    ends = contract.warranty_end_date
    if not ends:
        return ""
    over = getdate(ends) < site_date(utc_now())
    text = (
        _("The warranty on our implementation ended on {0}.")
        if over
        else _("The warranty on our implementation runs until {0}.")
    )
    return text.format(speech.day(ends))
