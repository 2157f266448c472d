"""The sentences behind a coverage decision, for staff and client alike."""

from decimal import Decimal
from fractions import Fraction

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate

from support_retainer import amounts
from support_retainer.billing.invoice import smallest_unit
from support_retainer.domain.charges import rounded
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Coverage, Reason
from support_retainer.domain.hour_ledger import Lot


def sentence(part: Coverage, terms: ContractTerms, lots: tuple[Lot, ...]) -> str:
    """Why this time is covered or charged, with the figures that decided it."""
    text = _TEXTS[part.reason]()
    return text.format(
        package=terms.package,
        pool=part.pool or "",
        hours=hours(part.minutes),
        rate=money(part.rate, terms),
        minimum=hours(terms.emergency_minimum_minutes),
        expiry=_expiry(part, lots),
    )


def decided(row: Document, part: Coverage, sentence: str, terms: ContractTerms) -> str:
    """The same for a row that a manager decided on: whose word it is, and why."""
    if part.reason is Reason.OVERRIDDEN:
        charged = _("{0} at {1} per hour").format(hours(part.minutes), money(part.rate, terms))
        sentence = charged if part.is_charged else _("not charged")
    name = frappe.get_cached_value("User", row.retainer_override_by or frappe.session.user, "full_name")
    return _("Decided by {0} ({1}): {2}").format(name, row.retainer_override_reason, sentence)


def hours(minutes: int) -> str:
    """Minutes as people say them: 1:30 h."""
    return _("{0}:{1} h").format(minutes // 60, f"{minutes % 60:02d}")


def amount(minutes: int, rate: Decimal | None, currency: str) -> Decimal:
    """What minutes cost by the hour, rounded half up to the currency's smallest unit."""
    return rounded(Fraction(minutes, 60) * Fraction(rate or 0), smallest_unit(currency))


def money(amount: Decimal | None, terms: ContractTerms) -> str:
    return amounts.money(amount, terms.currency) if amount else ""


def _expiry(part: Coverage, lots: tuple[Lot, ...]) -> str:
    """The last day of the soonest-expiring hours that were drawn."""
    drawn = {draw.lot for draw in part.draws}
    days = sorted(lot.expires_on for lot in lots if lot.key in drawn and lot.expires_on)
    return formatdate(days[0]) if days else _("any time")


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
    Reason.ON_ESTIMATE: lambda: _("{hours} of work that the client approved apart, on its estimate at {rate} per hour"),
    Reason.OVERRIDDEN: lambda: _("Decided by a manager"),
    Reason.NOT_IN_PACKAGE: lambda: _("{package} does not offer this work: not charged, please review"),
}
