from datetime import date
from decimal import Decimal

from support_retainer.domain.billing_period import Anchor, Period, billable
from support_retainer.domain.changes import Change, lines_for, moved_end
from support_retainer.domain.charges import LineKind
from support_retainer.domain.contract_terms import ContractTerms, LastPeriod

CENT = Decimal("0.01")
APRIL = billable(date(2026, 4, 1), Anchor.START_DAY, date(2026, 4, 1))


def terms(package, fee, last_period=LastPeriod.FULL):
    return ContractTerms(package, "AED", date(2026, 4, 1), Decimal(fee), last_period=last_period)


GROWTH, STARTER = terms("Growth", "450"), terms("Starter", "150")


def settled(*changes, first=GROWTH, end_date=None):
    lines = lines_for(APRIL, first, changes, end_date=end_date, exponent=CENT)
    return [(line.kind, line.amount, line.period) for line in lines]


def test_an_upgrade_owes_the_difference_for_the_days_that_were_left():
    upgrade = Change(STARTER, GROWTH, date(2026, 4, 16))
    assert settled(upgrade, first=STARTER) == [
        (LineKind.CHANGE, Decimal("150.00"), Period(date(2026, 4, 16), date(2026, 5, 1)))
    ]


def test_a_downgrade_gives_the_difference_back():
    downgrade = Change(GROWTH, STARTER, date(2026, 4, 16))
    assert settled(downgrade) == [(LineKind.CHANGE, Decimal("-150.00"), Period(date(2026, 4, 16), date(2026, 5, 1)))]


def test_two_changes_in_one_period_are_each_settled_for_the_rest_of_it():
    there_and_back = (
        Change(STARTER, GROWTH, date(2026, 4, 11)),
        Change(GROWTH, STARTER, date(2026, 4, 21)),
    )
    assert [amount for _, amount, _ in settled(*there_and_back, first=STARTER)] == [
        Decimal("200.00"),
        Decimal("-100.00"),
    ]


def test_a_change_on_the_first_day_of_a_period_leaves_nothing_to_settle():
    assert settled(Change(STARTER, GROWTH, date(2026, 4, 1))) == []


def test_a_change_on_the_first_day_is_settled_whole_where_the_fee_was_charged_ahead_by_the_terms_before():
    assert settled(Change(STARTER, GROWTH, date(2026, 4, 1)), first=STARTER) == [
        (LineKind.CHANGE, Decimal("300.00"), Period(date(2026, 4, 1), date(2026, 5, 1)))
    ]


def settled_after(charged_until, end_date=None, last_period=LastPeriod.PRORATE):
    """What is left of April at AED 450, charged up to and including `charged_until`."""
    first = terms("Growth", "450", last_period)
    lines = lines_for(APRIL, first, (), end_date=end_date, exponent=CENT, charged_until=charged_until)
    return [(line.kind, line.amount, line.period) for line in lines]


def test_days_after_an_end_that_was_not_known_when_the_month_was_charged_are_credited():
    credit = (LineKind.CREDIT, Decimal("-150.00"), Period(date(2026, 4, 21), date(2026, 5, 1)))
    assert settled_after(date(2026, 4, 30), date(2026, 4, 20)) == [credit]


def test_a_month_charged_ahead_that_the_contract_never_reaches_is_credited_even_if_the_last_month_is_full():
    credit = (LineKind.CREDIT, Decimal("-450.00"), Period(date(2026, 4, 1), date(2026, 5, 1)))
    assert settled_after(date(2026, 4, 30), date(2026, 3, 20), LastPeriod.FULL) == [credit]


def test_days_that_an_end_left_out_are_owed_when_it_is_taken_back():
    owed = (LineKind.ARREARS, Decimal("150.00"), Period(date(2026, 4, 21), date(2026, 5, 1)))
    assert settled_after(date(2026, 4, 20)) == [owed]


def test_a_change_that_keeps_the_fee_leaves_nothing_to_settle():
    assert settled(Change(GROWTH, terms("Growth Plus", "450"), date(2026, 4, 16))) == []


def test_days_after_the_end_are_credited_where_the_package_says_so():
    credit = terms("Growth", "450", LastPeriod.CREDIT)
    assert settled(first=credit, end_date=date(2026, 4, 20)) == [
        (LineKind.CREDIT, Decimal("-150.00"), Period(date(2026, 4, 21), date(2026, 5, 1)))
    ]


def test_days_after_the_end_are_not_credited_where_the_last_period_is_full():
    assert settled(end_date=date(2026, 4, 20)) == []


def test_a_change_after_the_end_of_the_contract_owes_nothing():
    upgrade = Change(STARTER, GROWTH, date(2026, 4, 25))
    prorated = terms("Starter", "150", LastPeriod.PRORATE)
    assert settled(upgrade, first=prorated, end_date=date(2026, 4, 20)) == []


def test_a_change_before_a_prorated_end_owes_for_the_days_in_between():
    upgrade = Change(STARTER, GROWTH, date(2026, 4, 11))
    prorated = terms("Starter", "150", LastPeriod.PRORATE)
    assert [amount for _, amount, _ in settled(upgrade, first=prorated, end_date=date(2026, 4, 20))] == [
        Decimal("100.00")
    ]


def moved(known, end_date, *changes, first=GROWTH):
    lines = moved_end(APRIL, first, changes, known=known, end_date=end_date, exponent=CENT)
    return [(line.kind, line.amount, line.period) for line in lines]


def test_an_end_that_came_after_the_next_period_was_billed_gives_back_each_fee_for_its_days():
    upgrade = Change(STARTER, GROWTH, date(2026, 4, 21))
    starter = terms("Starter", "150", LastPeriod.CREDIT)
    assert moved(None, date(2026, 4, 10), upgrade, first=starter) == [
        (LineKind.CREDIT, Decimal("-50.00"), Period(date(2026, 4, 11), date(2026, 4, 21))),
        (LineKind.CREDIT, Decimal("-150.00"), Period(date(2026, 4, 21), date(2026, 5, 1))),
    ]


def test_an_end_that_moved_out_again_is_charged_for_its_days():
    first = terms("Growth", "450", LastPeriod.PRORATE)
    assert moved(date(2026, 4, 10), date(2026, 4, 20), first=first) == [
        (LineKind.ARREARS, Decimal("150.00"), Period(date(2026, 4, 11), date(2026, 4, 21)))
    ]


def test_a_last_period_that_is_owed_in_full_follows_no_end_within_it():
    assert moved(None, date(2026, 4, 10)) == []
