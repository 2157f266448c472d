"""A contract with four hours a month, nine to six in Dubai, and work on it. 2 March 2026 is a Monday."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from support_retainer.domain.contract_terms import ContractTerms, HourPool
from support_retainer.domain.coverage import Work
from support_retainer.domain.hour_ledger import EntryType, Lot
from support_retainer.domain.working_calendar import Window, WorkingCalendar

NINE_TO_SIX = WorkingCalendar(
    "Asia/Dubai",
    tuple(Window(day, 9 * 3600, 18 * 3600) for day in (6, 0, 1, 2, 3)),
    holidays=frozenset({date(2026, 12, 2)}),
)
MONDAY_10 = datetime(2026, 3, 2, 6, 0, tzinfo=timezone.utc)  # 10:00 in Dubai
TERMS = ContractTerms(
    package="Growth",
    currency="AED",
    effective_from=date(2026, 1, 1),
    monthly_fee=Decimal(450),
    pools=(HourPool("Support Hours", 240),),
    overage_rate=Decimal(150),
    emergency_rate=Decimal(300),
    emergency_minimum_minutes=120,
    calendar=NINE_TO_SIX,
)
FULL = Lot("march", "Support Hours", EntryType.ALLOTMENT, 240, expires_on=date(2026, 3, 31))


def work(minutes=60, at=MONDAY_10, activity_type="User Support", **facts):
    return Work(activity_type, at, at + timedelta(minutes=minutes), **facts)
