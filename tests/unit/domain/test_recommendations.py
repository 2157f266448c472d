from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import nth_period
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.recommendations import Action, Advice, Seen, SiteFacts, recommend
from support_retainer.domain.support_report import TicketFact, WorkFact, figures

ANCHOR = date(2026, 1, 1)


def month(number, tickets=(), work=()):
    """Figures of a month; `tickets` are keyword arguments of tickets, `work` pairs of kind and minutes."""
    period = nth_period(ANCHOR, number)
    facts = [TicketFact(f"T-{place}", period.start, **values) for place, values in enumerate(tickets)]
    rows = [WorkFact(period.start, kind, "Support", minutes, minutes, Decimal(0)) for kind, minutes in work]
    return figures(period, facts, rows)


def advised(*months, **more):
    return [(one.advice, dict(one.fact)) for one in recommend(Seen(months, **more))]


def test_a_quiet_month_recommends_nothing():
    assert advised(month(0, [{"issue_type": "Printing"}] * 2, [(CoverageKind.OVERAGE, 60)])) == []


def test_a_type_that_comes_again_and_again_is_named_with_its_count():
    tickets = [{"issue_type": "Printing"}] * 3 + [{"issue_type": "Login"}] * 2
    assert advised(month(0, tickets)) == [
        (Advice.RECURRING_TYPE, {"issue_type": "Printing", "count": 3, "opened": 5}),
    ]


def test_three_of_many_are_no_habit():
    assert advised(month(0, [{"issue_type": "Printing"}] * 3 + [{}] * 10)) == []


def test_tickets_without_a_type_are_no_type():
    assert advised(month(0, [{}] * 9)) == []


def test_user_errors_call_for_training_which_is_quoted():
    found = recommend(Seen([month(0, [{"cause": "User Error"}] * 3 + [{}] * 6)]))
    assert [(one.advice, one.action) for one in found] == [(Advice.TRAINING, Action.QUOTATION)]


def test_our_own_defects_are_admitted():
    causes = [{"cause": "Data Migration"}, {"cause": "Our Integration"}, {"cause": "Our Implementation"}]
    assert advised(month(0, causes)) == [(Advice.OUR_DEFECTS, {"count": 3, "opened": 3})]


def test_overage_three_months_in_a_row_asks_for_another_package():
    months = [month(n, work=[(CoverageKind.OVERAGE, 60 + n)]) for n in range(3)]
    (found,) = recommend(Seen(months))
    assert (found.advice, found.action, found.fact["hours"]) == (
        Advice.OVERAGE_IN_A_ROW,
        Action.PACKAGE_CHANGE,
        round(183 / 60, 1),
    )


def test_a_month_without_overage_breaks_the_row():
    kinds = (CoverageKind.OVERAGE, CoverageKind.INCLUDED, CoverageKind.OVERAGE)
    assert advised(*(month(n, work=[(kind, 60)]) for n, kind in enumerate(kinds))) == []


def test_two_months_are_no_row():
    assert advised(*(month(n, work=[(CoverageKind.OVERAGE, 60)]) for n in range(2))) == []


def test_hours_that_lie_unused_three_months_long_are_told():
    months = [month(n, work=[(CoverageKind.INCLUDED, 60)]) for n in range(3)]
    assert advised(*months, granted=[240] * 3) == [(Advice.UNUSED_HOURS, {"periods": 3, "used": 3.0, "granted": 12.0})]


@pytest.mark.parametrize("granted", [[0, 0, 0], [100] * 3, [240, 240]], ids=["no pools", "used", "not known"])
def test_hours_that_are_used_or_not_granted_are_not_unused(granted):
    assert advised(*(month(n, work=[(CoverageKind.INCLUDED, 60)]) for n in range(3)), granted=granted) == []


def test_broken_promises_are_told_once_enough_are_decided():
    late = [{"response_met": False}] + [{"response_met": True}] * 4
    assert advised(month(0, late)) == [(Advice.LATE_ANSWERS, {"missed": 1, "decided": 5, "percent": 80.0})]
    assert advised(month(0, late[:4])) == []


def test_emergencies_every_month_ask_for_longer_hours():
    assert [one[0] for one in advised(*(month(n, work=[(CoverageKind.EMERGENCY, 120)]) for n in range(3)))] == [
        Advice.EMERGENCIES_IN_A_ROW
    ]


def test_what_the_sites_say():
    site = SiteFacts(99.0, 2500, "15.9.1", "15.72.4", failed_backups=2, days_since_restore_test=120)
    assert [one[0] for one in advised(month(0), site=site)] == [
        Advice.SLOW_SITE,
        Advice.LOW_UPTIME,
        Advice.OLD_VERSION,
        Advice.FAILING_BACKUPS,
        Advice.RESTORE_TEST_DUE,
    ]


def test_a_healthy_site_and_one_nobody_watches_say_nothing():
    healthy = SiteFacts(99.99, 300, "v15.72.4", "15.72.4", failed_backups=0, days_since_restore_test=90)
    assert advised(month(0), site=healthy) == advised(month(0), site=SiteFacts()) == []


def test_a_long_history_is_judged_by_its_last_months():
    early = [month(n, work=[(CoverageKind.OVERAGE, 60)]) for n in range(3)]
    assert advised(*early, month(3)) == []
