"""The sentences behind a coverage decision, for staff and client alike.

A decision is kept twice: as the sentence that whoever booked the time saw, and as the facts behind it, from which
every reader gets the sentence in their own language.
"""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import frappe
from frappe.model.document import Document

from support_retainer import amounts, speech
from support_retainer.amounts import smallest_unit
from support_retainer.domain.charges import rounded
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Coverage, Reason
from support_retainer.domain.hour_ledger import Lot
from support_retainer.speech import _

Facts = dict[str, Any]


def facts(part: Coverage, terms: ContractTerms, lots: tuple[Lot, ...]) -> Facts:
    """Why this time is covered or charged, with the figures that decided it; fit for JSON."""
    return {
        "reason": part.reason.value,
        "package": terms.package,
        "pool": part.pool or "",
        "minutes": part.minutes,
        "rate": str(part.rate or ""),
        "currency": terms.currency,
        "minimum": terms.emergency_minimum_minutes,
        "expiry": _expiry(part, lots),
    }


def decision(row: Document, part: Coverage) -> Facts:
    """What else is to be told of a row that a manager decided on: whose word it is, and why."""
    return {
        "decided_by": row.retainer_override_by or frappe.session.user,
        "decided_because": row.retainer_override_reason or "",
        "is_charged": part.is_charged,
    }


def sentence(known: Facts) -> str:
    """The facts in the language that is set."""
    text = _decided(known) if "decided_by" in known else _told(known)
    if known.get("is_late"):
        text += ". " + _("Its own period is already invoiced, so it counts in the current one")
    return text


def in_reader_language(kept: str) -> str:
    """What a row keeps (a JSON list of facts) as sentences."""
    return "; ".join(sentence(known) for known in json.loads(kept))


def _told(known: Facts) -> str:
    return _TEXTS[Reason(known["reason"])]().format(
        package=known["package"],
        pool=_(known["pool"]),
        hours=hours(known["minutes"]),
        rate=_rate(known),
        minimum=hours(known["minimum"]),
        expiry=speech.day(known["expiry"]) if known["expiry"] else _("any time"),
    )


def _decided(known: Facts) -> str:
    text = _told(known)
    if known["reason"] == Reason.OVERRIDDEN.value:
        charged = _("{0} at {1} per hour").format(hours(known["minutes"]), _rate(known))
        text = charged if known["is_charged"] else _("not charged")
    name = frappe.get_cached_value("User", known["decided_by"], "full_name")
    return _("Decided by {0} ({1}): {2}").format(name, known["decided_because"], text)


def _rate(known: Facts) -> str:
    return amounts.price(Decimal(known["rate"]), known["currency"]) if known["rate"] else ""


def hours(minutes: int) -> str:
    """Minutes as people say them: 1:30 h."""
    return _("{0}:{1} h").format(minutes // 60, f"{minutes % 60:02d}")


def amount(minutes: int, rate: Decimal | None, currency: str) -> Decimal:
    """What minutes cost by the hour, rounded half up to the currency's smallest unit."""
    return rounded(Fraction(minutes, 60) * Fraction(rate or 0), smallest_unit(currency))


def _expiry(part: Coverage, lots: tuple[Lot, ...]) -> str:
    """The last day of the soonest-expiring hours that were drawn; "" where they never expire."""
    drawn = {draw.lot for draw in part.draws}
    days = sorted(lot.expires_on for lot in lots if lot.key in drawn and lot.expires_on)
    return str(days[0]) if days else ""


_TEXTS = {
    Reason.OUR_DEFECT: lambda: _("Covered by the implementation warranty: no hours drawn, nothing charged"),
    Reason.ALWAYS_FREE: lambda: _("Free of charge in {package}"),
    Reason.IN_POOL: lambda: _("{hours} from the included hours '{pool}' (usable until {expiry})"),
    Reason.UNLIMITED: lambda: _("Included in {package} without limit of hours"),
    Reason.POOL_EMPTY: lambda: _("Included hours are used up: {hours} at {rate} per hour"),
    Reason.APPROVED: lambda: _("Approved by the client beyond the included hours: {hours} at {rate} per hour"),
    Reason.URGENT: lambda: _(
        "Included hours are used up; urgent, so not held for approval: {hours} at {rate} per hour"
    ),
    Reason.NEEDS_APPROVAL: lambda: _("Included hours are used up: {hours} await the client's approval"),
    Reason.SERVICE_STOPPED: lambda: _(
        "Included hours are used up and {package} stops here: {hours} need a manager's decision"
    ),
    Reason.OUTSIDE_HOURS: lambda: _("Outside support hours: {hours} emergency support at {rate} per hour"),
    Reason.INCIDENT_MINIMUM: lambda: _(
        "Outside support hours: emergency minimum of {minimum} for this incident at {rate} per hour"
    ),
    Reason.PER_HOUR: lambda: _("Not part of {package}: {hours} at {rate} per hour"),
    Reason.PER_DAY: lambda: _("Not part of {package}: {rate} per day"),
    Reason.YEARLY_LIMIT_USED: lambda: _("The yearly entitlement in {package} is used: {hours} charged apart {rate}"),
    Reason.QUOTED_APART: lambda: _("Not part of {package}: needs a quotation"),
    Reason.WARRANTY_OVER: lambda: _("{package} ended with the warranty: needs a quotation"),
    Reason.ON_ESTIMATE: lambda: _("{hours} of work that the client approved apart, on its estimate at {rate} per hour"),
    Reason.OVERRIDDEN: lambda: _("Decided by a manager"),
    Reason.NOT_IN_PACKAGE: lambda: _("{package} does not offer this work: not charged, please review"),
}
