"""What periods that were charged in advance still owe or get back: settled with the next one that is billed."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import frappe
from frappe.utils import getdate

from support_retainer.billing import periods
from support_retainer.domain import changes
from support_retainer.domain.billing_period import BillablePeriod
from support_retainer.domain.charges import Line

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract

ONE_DAY = timedelta(days=1)


def of_periods_before(
    contract: "RetainerContract", period_start: date, end_date: date | None, exponent: Decimal
) -> tuple[Line, ...]:
    """The lines that a period brings for those before it, given the contract's end.

    The one just before it is settled. Older ones were, with the end that was known when their next one was billed;
    where that has moved, they follow.
    """
    if period_start <= getdate(contract.start_date):
        return ()
    before = contract.period_on(period_start - ONE_DAY)
    known = periods.settled(contract.name, before.period.start)
    lines = _settling(contract, before, known, end_date, exponent)
    if known and known.settled_at and known.contract_end != end_date:
        lines += tuple(_following(contract, before.period.start, known.contract_end, end_date, exponent))
    return lines


def _settling(
    contract: "RetainerContract",
    charged: BillablePeriod,
    known: frappe._dict | None,
    end_date: date | None,
    exponent: Decimal,
) -> tuple[Line, ...]:
    known = known or frappe._dict(fee_waived=contract.waives_fee_on(charged.period.start))
    if known.fee_waived:
        return ()
    terms = contract.terms_billed(charged.period.start, known.fee_terms_from)
    return changes.lines_for(
        charged,
        terms,
        contract.changes_in(charged.period, known.fee_terms_from),
        end_date=end_date,
        exponent=exponent,
        charged_until=changes.charged_until(charged, terms, known.contract_end) if known.settled_at else None,
    )


def _following(
    contract: "RetainerContract", day: date, known_end: date | None, end_date: date | None, exponent: Decimal
) -> Iterator[Line]:
    """Lines for the periods before `day` that the end has moved into, or out of; the newest first."""
    reached = min(end for end in (known_end, end_date) if end)
    while day > getdate(contract.start_date) and day - ONE_DAY > reached:
        charged = contract.period_on(day - ONE_DAY)
        day = charged.period.start
        known = periods.settled(contract.name, day)
        if known and not known.fee_waived:
            terms = contract.terms_billed(day, known.fee_terms_from)
            agreed = contract.changes_in(charged.period, known.fee_terms_from)
            yield from changes.moved_end(charged, terms, agreed, known=known_end, end_date=end_date, exponent=exponent)
