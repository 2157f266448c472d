from dataclasses import replace
from decimal import Decimal

import pytest

from support_retainer.domain.advice import Grounds, Shortcoming, best_fit, break_even_minutes, with_more
from support_retainer.domain.contract_terms import CoverageRule, HourPool, OveragePolicy, Treatment
from support_retainer.domain.simulation import simulate
from tests.unit.simulation_stories import GROWTH, TERMS, at, history, row, ticket


def outcome_of(fee, package="Growth", **changes):
    offer = replace(GROWTH, terms=replace(TERMS, package=package, monthly_fee=Decimal(fee), **changes))
    mine = [ticket(f"T-{n}", channel="Phone", first_response_at=at("2026-02-02 10:30")) for n in range(3)]
    return simulate(offer, history(row(minutes=300), tickets=mine))


def test_the_cheapest_package_is_advised():
    cheap, dear = outcome_of(100, "Cheap"), outcome_of(900, "Dear")
    advice = best_fit([dear, cheap])
    assert (advice.best, advice.grounds, advice.runner_up) == (cheap, Grounds.CHEAPEST, dear)
    assert advice.saving == dear.yearly - cheap.yearly


@pytest.mark.parametrize(
    ("lacking", "changes"),
    [
        (Shortcoming.CHANNEL_NOT_OFFERED, {"channels": ("Email",)}),
        (Shortcoming.WORK_STOPPED, {"overage_policy": OveragePolicy.STOP}),
        (
            Shortcoming.WORK_NOT_OFFERED,
            {"rules": {"User Support": CoverageRule("User Support", Treatment.NOT_OFFERED)}},
        ),
    ],
)
def test_a_cheaper_package_that_lacks_something_is_not_advised(lacking, changes):
    lesser, full = outcome_of(1, "Lesser", **changes), outcome_of(900, "Full")
    advice = best_fit([lesser, full])
    assert (advice.best, advice.grounds) == (full, Grounds.CHEAPEST_WITHOUT_SHORTCOMING)
    assert advice.shortcomings == {"Lesser": (lacking,), "Full": ()}
    assert advice.saving is None


def test_promises_the_team_would_have_broken_count_against_a_package():
    late = ticket(first_response_at=at("2026-02-09 10:00"), channel="Email")
    outcome = simulate(GROWTH, history(tickets=[late]))
    assert best_fit([outcome]).shortcomings == {"Growth": (Shortcoming.RESPONSE_NOT_KEPT,)}
    assert best_fit([outcome]).grounds is Grounds.ONLY_ONE


def test_where_every_package_lacks_something_the_one_that_lacks_least_is_advised():
    stopping = {"overage_policy": OveragePolicy.STOP}
    worst = outcome_of(1, "Worst", channels=("Email",), **stopping)
    better = outcome_of(900, "Better", **stopping)
    advice = best_fit([worst, better])
    assert (advice.best, advice.grounds) == (better, Grounds.FEWEST_SHORTCOMINGS)


def test_packages_in_different_currencies_are_not_compared():
    assert best_fit([outcome_of(1), outcome_of(1, "Other", currency="USD")]) is None
    assert best_fit([]) is None


def test_a_dearer_package_pays_from_the_hours_that_cost_the_difference():
    lesser, greater = outcome_of(450, "Lesser"), outcome_of(750, "Greater", pools=(HourPool("Hours", 480),))
    assert break_even_minutes(lesser, greater) == 240 + 120
    assert break_even_minutes(greater, lesser) is None
    narrow = outcome_of(9000, "Narrow", pools=(HourPool("Hours", 480),))
    assert break_even_minutes(lesser, narrow) is None


def test_a_fifth_more_tickets_bring_a_fifth_more_work():
    tickets = [ticket(f"T-{number}") for number in range(10)]
    rows = [row(f"2026-02-{number + 2:02d} 10:00", 30, tickets[number]) for number in range(10)]
    more = with_more(history(*rows, tickets=tickets), 20)
    assert (len(more.tickets), len(more.rows)) == (12, 12)
    assert [one.work.start for one in more.rows] == sorted(one.work.start for one in more.rows)
    assert with_more(more, 0) == more
