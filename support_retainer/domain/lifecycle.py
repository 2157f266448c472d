"""From go-live to the last day: warranty, minimum term, notice, and what the last period costs.

All dates are inclusive last days: a contract that ends on the 31st serves and charges the 31st.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from support_retainer.domain.billing_period import BillablePeriod, Period
from support_retainer.domain.contract_terms import LastPeriod
from support_retainer.domain.errors import InvalidTerms


def warranty_end(go_live: date, warranty_days: int) -> date | None:
    """The last day on which a defect of the implementation can be reported; None without a warranty."""
    return go_live + timedelta(days=warranty_days) if warranty_days > 0 else None


def is_after_warranty(worked_on: date, last_day: date | None) -> bool:
    """Whether work comes too late for a package that serves only while the warranty runs."""
    return last_day is None or worked_on > last_day


def minimum_term_end(start: date, months: int) -> date | None:
    """The last day of the minimum term; None where the contract has none."""
    return start + relativedelta(months=months) - timedelta(days=1) if months > 0 else None


def term_end_on(start: date, months: int, day: date) -> date:
    """The last day of the term that `day` falls into, where terms of so many months follow each other from `start`."""
    terms = 1
    while (end := start + relativedelta(months=terms * months) - timedelta(days=1)) < day:
        terms += 1
    return end


def end_on_notice(given_on: date, notice_days: int, minimum_end: date | None) -> date:
    """Notice on day D ends the contract on max(D + notice_days, end of the minimum term)."""
    end = given_on + timedelta(days=notice_days)
    return max(end, minimum_end) if minimum_end else end


def anniversaries(start: date, until: date) -> list[date]:
    """The yearly return of the start day, from the first one up to and including `until`."""
    years = range(1, until.year - start.year + 1)
    return [day for day in (start + relativedelta(years=n) for n in years) if day <= until]


def uplifted(fee: Decimal, percent: Decimal, exponent: Decimal) -> Decimal:
    """The fee after an uplift, rounded half up to the currency's smallest unit `exponent`."""
    return (fee * (1 + percent / 100)).quantize(exponent, rounding=ROUND_HALF_UP)


def expected_end(end_date: date | None, minimum_term_end: date | None, *, auto_renew: bool) -> date | None:
    """The end that is known, or that of a term which nobody renews."""
    return end_date or (None if auto_renew else minimum_term_end)


@dataclass(frozen=True, slots=True)
class LastCharge:
    """What of the last period is charged now, and what is credited after the contract has ended."""

    charged: Period
    credited: Period | None


def last_charge(billable: BillablePeriod, end_date: date | None, policy: LastPeriod) -> LastCharge | None:
    """The charge of a period given the contract's end; None if the contract ended before it began."""
    period = billable.period
    if end_date is None or end_date >= period.last_day:
        return LastCharge(period, None)
    if end_date < period.start:
        return None
    served_until = end_date + timedelta(days=1)
    unserved = Period(served_until, period.end)
    return {
        LastPeriod.FULL: LastCharge(period, None),
        LastPeriod.PRORATE: LastCharge(Period(period.start, served_until), None),
        LastPeriod.CREDIT: LastCharge(period, unserved),
    }[policy]


def refuse_end_before_start(start: date, end: date | None) -> None:
    """Raises InvalidTerms for a contract that would end before it starts."""
    if end is not None and end < start:
        raise InvalidTerms(f"ends {end} before it starts {start}", field="end_date", start=start, end=end)
