from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import Period
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.support_report import (
    ReportKind,
    TicketFact,
    WorkFact,
    compared,
    figures,
    period_before,
    period_of,
)

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
ANCHOR = date(2026, 1, 31)


def ticket(day, **facts):
    return TicketFact(f"T-{day}", date(2026, 3, day), **facts)


def work(day, kind, minutes, rate="0", activity="User Support"):
    return WorkFact(date(2026, 3, day), kind, activity, minutes, minutes, Decimal(rate))


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (ReportKind.WEEKLY, date(2026, 3, 4), ("2026-02-23", "2026-03-02")),
        (ReportKind.WEEKLY, date(2026, 3, 2), ("2026-02-23", "2026-03-02")),
        (ReportKind.MONTHLY, date(2026, 3, 30), ("2026-01-31", "2026-02-28")),
        (ReportKind.MONTHLY, date(2026, 3, 31), ("2026-02-28", "2026-03-31")),
        (ReportKind.QUARTERLY, date(2026, 4, 30), ("2026-01-31", "2026-04-30")),
        (ReportKind.QUARTERLY, date(2026, 4, 29), ("2025-10-31", "2026-01-31")),
    ],
)
def test_the_last_period_that_has_ended(kind, day, expected):
    found = period_before(kind, ANCHOR, day)
    assert (found.start.isoformat(), found.end.isoformat()) == expected


def test_quarters_are_counted_from_the_contracts_start_across_years():
    starts = [period_of(ReportKind.QUARTERLY, ANCHOR, date(2026 + n, 6, 1)).start for n in range(3)]
    assert starts == [date(2026, 4, 30), date(2027, 4, 30), date(2028, 4, 30)]


def test_no_period_before_the_contract_is_compared():
    found = compared(ReportKind.MONTHLY, ANCHOR, period_of(ReportKind.MONTHLY, ANCHOR, date(2026, 3, 5)), ANCHOR)
    assert [period.start.isoformat() for period in found] == ["2026-01-31", "2026-02-28"]


def test_at_most_five_months_are_compared_with():
    period = period_of(ReportKind.MONTHLY, ANCHOR, date(2027, 6, 5))
    assert len(compared(ReportKind.MONTHLY, ANCHOR, period, ANCHOR)) == 6


def test_a_ticket_counts_where_it_was_opened_and_again_where_it_was_solved():
    tickets = [
        TicketFact("old", date(2026, 2, 20), resolved_on=date(2026, 3, 2)),
        ticket(3, resolved_on=date(2026, 4, 2)),
        ticket(4, resolved_on=date(2026, 3, 31)),
        TicketFact("next", date(2026, 4, 1)),
    ]
    march = figures(MARCH, tickets, [])
    assert (march.opened, march.resolved, march.open_at_end) == (2, 2, 1)


def test_the_median_leaves_out_tickets_that_were_not_answered():
    march = figures(MARCH, [ticket(1, response_seconds=60), ticket(2), ticket(3, response_seconds=180)], [])
    assert march.response.median_seconds == 120


def test_a_ticket_without_a_decision_is_no_failure():
    march = figures(MARCH, [ticket(1, response_met=True), ticket(2), ticket(3, response_met=False)], [])
    kept = march.response.kept
    assert (kept.met, kept.missed, kept.undecided, kept.percent) == (1, 1, 1, 50.0)


def test_charged_work_is_summed_and_rounded_as_on_an_invoice():
    facts = [
        work(1, CoverageKind.OVERAGE, 50, "100"),
        work(2, CoverageKind.OVERAGE, 50, "100"),
        work(3, CoverageKind.HOURLY, 60, "200", "Training"),
        work(4, CoverageKind.INCLUDED, 240),
        WorkFact(date(2026, 4, 1), CoverageKind.OVERAGE, "User Support", 999, 999, Decimal(999)),
    ]
    march = figures(MARCH, [], facts)
    assert [(line.of, line.minutes, line.amount) for line in march.additional] == [
        ("User Support", 100, Decimal("166.67")),
        ("Training", 60, Decimal("200.00")),
    ]
    assert march.charged_amount == Decimal("366.67")
    assert march.minutes[CoverageKind.INCLUDED] == 240


def test_satisfaction_is_about_what_was_solved_in_the_period_and_rated():
    solved = {"resolved_on": date(2026, 3, 20)}
    rated = [ticket(1, stars=5, **solved), ticket(2, stars=4, **solved), ticket(3, stars=4, **solved)]
    others = [ticket(4, **solved), ticket(5, stars=1), ticket(6, stars=1, resolved_on=date(2026, 4, 1))]
    found = figures(MARCH, rated + others, []).satisfaction
    assert (found.rated, found.stars) == (3, Decimal("4.3"))
    assert figures(MARCH, others, []).satisfaction.stars is None
