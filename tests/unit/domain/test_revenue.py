from decimal import Decimal

from support_retainer.domain.revenue import moved, movements


def fees(**amounts):
    return {name: Decimal(amount) for name, amount in amounts.items()}


def test_a_month_is_the_one_before_with_what_came_and_went():
    movement = movements(fees(kept=100, grown=200, shrunk=300, lost=400), fees(kept=100, grown=250, shrunk=200, new=50))
    assert (movement.new, movement.expansion, movement.contraction, movement.churn) == (50, 50, 100, 400)
    assert movement.total == sum(fees(kept=100, grown=250, shrunk=200, new=50).values())
    assert movement.contracts == 4


def test_churn_is_what_was_lost_of_the_month_before():
    assert movements(fees(a=300, b=100), fees(a=300)).churn_percent == 25


def test_the_first_month_has_no_churn():
    assert movements({}, fees(a=100)).churn_percent == 0


def test_each_figure_names_the_contracts_behind_it():
    found = moved(fees(kept=100, grown=200, shrunk=300, lost=400), fees(kept=100, grown=250, shrunk=200, new=50))
    assert found == {"new": {"new"}, "expansion": {"grown"}, "contraction": {"shrunk"}, "churn": {"lost"}}
