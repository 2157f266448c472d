"""A package, a history and what becomes of it: the figures that the simulator's tests share."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from support_retainer.domain.contract_terms import ContractTerms, HourPool
from support_retainer.domain.coverage import Work
from support_retainer.domain.simulation import History, Offer, Ticket, TimeRow
from support_retainer.domain.sla_clock import Policy, Target, TargetClock
from support_retainer.domain.working_calendar import Window, WorkingCalendar

UTC = timezone.utc
START = date(2026, 1, 31)
OFFICE = WorkingCalendar("UTC", tuple(Window(day, 9 * 3600, 17 * 3600) for day in range(5)))
POLICY = Policy(
    "Policy",
    OFFICE,
    {
        "P1": Target(3600, 4 * 3600, TargetClock.ALWAYS),
        "P2": Target(4 * 3600, 16 * 3600),
        "P3": Target(8 * 3600, None),
    },
)
TERMS = ContractTerms(
    "Growth",
    "AED",
    START,
    Decimal(450),
    pools=(HourPool("Support Hours", 240),),
    channels=("Email", "Phone"),
    overage_rate=Decimal(150),
    emergency_rate=Decimal(300),
    emergency_minimum_minutes=120,
    calendar=OFFICE,
)
GROWTH = Offer(TERMS, POLICY, warranty_days=90)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ticket(name="T-1", opened="2026-02-02 10:00", **facts):
    return Ticket(name, at(opened), at(opened).date(), facts.pop("priority", "P2"), **facts)


def row(start="2026-02-02 10:00", minutes=60, of=None, activity="User Support", channel=""):
    work = Work(activity, at(start), at(start) + timedelta(minutes=minutes), channel)
    return TimeRow(work, at(start).date(), of)


def history(*rows, tickets=(), until="2026-03-30"):
    rows = sorted(rows, key=lambda one: one.work.start)
    return History(tickets, rows, START, date.fromisoformat(until), at(f"{until} 23:59"))


def with_rules(*rules, **changes):
    return replace(GROWTH, terms=replace(TERMS, rules={rule.activity_type: rule for rule in rules}, **changes))
