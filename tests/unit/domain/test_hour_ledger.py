from datetime import date

import pytest

from support_retainer.domain.billing_period import nth_period
from support_retainer.domain.errors import LedgerImbalance
from support_retainer.domain.hour_ledger import (
    EntryType,
    Lot,
    Posting,
    Rollover,
    allotment,
    balance,
    close,
    deduction,
    draw,
    lots_of,
    overage,
    reversal,
    threshold_reached,
    usable_on,
    usage,
    withdrawal,
)

MARCH = nth_period(date(2026, 3, 1), 0)
APRIL = nth_period(date(2026, 3, 1), 1)
MARCH_HOURS = allotment("Support Hours", 240, MARCH.start, MARCH.last_day)
TOP_UP = Posting("top-up/INV-1", EntryType.TOP_UP, 300, "Support Hours", date(2026, 3, 5))


def lot_of(postings, key=MARCH_HOURS.key):
    return next(lot for lot in lots_of(postings) if lot.key == key)


def closed(postings, today, rollover=None, already_rolled=0):
    return [*postings, *close(lot_of(postings), today, rollover, already_rolled)]


def test_an_allotment_is_usable_from_its_first_to_its_last_day():
    lots = lots_of([MARCH_HOURS])
    usable = [day for day in (date(2026, 2, 28), MARCH.start, MARCH.last_day, APRIL.start) if usable_on(lots, day)]
    assert usable == [MARCH.start, MARCH.last_day]


def test_a_top_up_without_an_end_is_usable_from_its_first_day_for_ever():
    lots = lots_of([TOP_UP])
    assert [bool(usable_on(lots, day)) for day in (date(2026, 3, 4), date(2026, 3, 5), date(2099, 1, 1))] == [
        False,
        True,
        True,
    ]


def test_the_balance_is_the_plain_sum():
    assert balance([MARCH_HOURS, TOP_UP, *usage(lot_of([MARCH_HOURS]), 100, "row-1")]) == 440


def test_overage_is_on_the_record_without_moving_the_balance():
    beyond = overage("Support Hours", 45, "row-1")
    assert (beyond.minutes, beyond.overage_minutes, balance([MARCH_HOURS, beyond])) == (0, 45, 240)
    assert lots_of([MARCH_HOURS, beyond]) == lots_of([MARCH_HOURS])


def test_drawing_takes_the_soonest_expiring_first_and_says_what_is_left():
    draws, after = draw(lots_of([TOP_UP, MARCH_HOURS]), 300)
    assert [(taken.lot, taken.minutes) for taken in draws] == [(MARCH_HOURS.key, 240), (TOP_UP.key, 60)]
    assert [lot.remaining for lot in after] == [0, 240]


def test_of_hours_that_end_on_one_day_those_that_cannot_roll_over_go_first():
    rolled = Posting("rollover/x", EntryType.ROLLOVER, 30, "Support Hours", MARCH.start, MARCH.last_day)
    draws, _ = draw(lots_of([MARCH_HOURS, rolled]), 40)
    assert [(taken.lot, taken.minutes) for taken in draws] == [("rollover/x", 30), (MARCH_HOURS.key, 10)]


def test_more_than_all_lots_hold_is_not_drawn():
    draws, after = draw(lots_of([MARCH_HOURS]), 1000)
    assert (sum(taken.minutes for taken in draws), after[0].available) == (240, 0)
    assert draw((), 10) == ((), ())


def test_hours_not_used_by_the_last_day_expire():
    postings = closed([MARCH_HOURS, *usage(lot_of([MARCH_HOURS]), 100, "row-1")], APRIL.start)
    assert (postings[-1].type, postings[-1].minutes, balance(postings)) == (EntryType.EXPIRY, -140, 0)


def test_nothing_closes_on_the_last_day_or_twice():
    assert close(lot_of([MARCH_HOURS]), MARCH.last_day) == ()
    postings = closed([MARCH_HOURS], APRIL.start)
    assert close(lot_of(postings), APRIL.start) == ()


def test_rollover_moves_hours_into_a_new_lot_without_changing_the_balance():
    postings = closed([MARCH_HOURS], APRIL.start, Rollover(APRIL.last_day))
    assert [posting.minutes for posting in postings[1:]] == [-240, 240]
    rolled = lots_of(postings)[-1]
    assert (rolled.type, rolled.remaining, rolled.expires_on) == (EntryType.ROLLOVER, 240, APRIL.last_day)


def test_what_the_cap_does_not_let_roll_over_expires():
    postings = closed([MARCH_HOURS], APRIL.start, Rollover(APRIL.last_day, cap=100), already_rolled=30)
    assert [(posting.type, posting.minutes) for posting in postings[1:]] == [
        (EntryType.ROLLOVER, -70),
        (EntryType.ROLLOVER, 70),
        (EntryType.EXPIRY, -170),
    ]


def test_a_full_cap_lets_nothing_roll_over():
    postings = closed([MARCH_HOURS], APRIL.start, Rollover(APRIL.last_day, cap=100), already_rolled=130)
    assert [posting.type for posting in postings[1:]] == [EntryType.EXPIRY]


def test_rolled_hours_and_top_ups_do_not_roll_again():
    for kind in (EntryType.ROLLOVER, EntryType.TOP_UP):
        lot = Lot("x", "Support Hours", kind, 60, expires_on=MARCH.last_day)
        assert [posting.type for posting in close(lot, APRIL.start, Rollover(APRIL.last_day))] == [EntryType.EXPIRY]


def test_a_rollover_whose_life_is_already_over_is_an_expiry():
    (expiry,) = close(lot_of([MARCH_HOURS]), date(2026, 6, 1), Rollover(APRIL.last_day))
    assert expiry.type is EntryType.EXPIRY


def test_time_logged_late_takes_the_hours_back_from_the_expiry():
    postings = closed([MARCH_HOURS, *usage(lot_of([MARCH_HOURS]), 100, "row-1")], APRIL.start)
    back, used = usage(lot_of(postings), 60, "row-2", last_expiry=postings[-1].key)
    assert (back.type, back.minutes, back.reverses, used.minutes) == (EntryType.REVERSAL, 60, postings[-1].key, -60)
    lot = lot_of([*postings, back, used])
    assert (lot.remaining, lot.expired, balance([*postings, back, used])) == (0, 80, 0)


def test_late_time_for_hours_that_rolled_over_draws_the_rolled_lot():
    postings = closed([MARCH_HOURS], APRIL.start, Rollover(APRIL.last_day))
    (lot,) = usable_on(lots_of(postings), MARCH.last_day)
    assert lot.type is EntryType.ROLLOVER


def test_using_more_than_a_lot_ever_held_is_refused():
    with pytest.raises(LedgerImbalance) as refused:
        usage(lot_of([MARCH_HOURS]), 241, "row-1")
    assert refused.value.field == "minutes"


def test_expired_hours_are_not_used_without_naming_their_expiry():
    postings = closed([MARCH_HOURS], APRIL.start)
    with pytest.raises(LedgerImbalance):
        usage(lot_of(postings), 10, "row-1")


def test_a_reversal_puts_the_hours_back_where_they_came_from():
    (used,) = usage(lot_of([MARCH_HOURS]), 100, "row-1")
    undone = reversal(used)
    assert (undone.minutes, undone.draws_on, undone.reverses) == (100, MARCH_HOURS.key, used.key)
    assert lot_of([MARCH_HOURS, used, undone]).remaining == 240


def test_a_reversed_overage_takes_its_minutes_off_the_record():
    beyond = overage("Support Hours", 45, "row-1")
    assert beyond.overage_minutes + reversal(beyond).overage_minutes == 0


def test_hours_given_back_to_a_closed_period_expire_again_under_a_key_of_their_own():
    (used,) = usage(lot_of([MARCH_HOURS]), 100, "row-1")
    first = closed([MARCH_HOURS, used], APRIL.start)
    again = closed([*first, reversal(used)], APRIL.start)
    assert (again[-1].minutes, balance(again)) == (-100, 0)
    assert again[-1].key != first[-1].key


@pytest.mark.parametrize(
    "posting",
    [
        Posting("usage/x", EntryType.USAGE, -241, draws_on=MARCH_HOURS.key),
        Posting("usage/x", EntryType.USAGE, -1, draws_on="unknown"),
        Posting("late/x", EntryType.REVERSAL, 10, draws_on=MARCH_HOURS.key, reverses="expiry/y"),
    ],
    ids=["more than it holds", "unknown lot", "more taken back than expired"],
)
def test_a_ledger_that_cannot_have_happened_is_refused(posting):
    taken_back = Posting("expiry/y", EntryType.EXPIRY, -5, draws_on=MARCH_HOURS.key)
    with pytest.raises(LedgerImbalance):
        lots_of([MARCH_HOURS, taken_back, posting])


def test_withdrawing_a_top_up_leaves_what_was_used_and_counts_as_never_given():
    rows = [TOP_UP, *usage(lot_of([TOP_UP], TOP_UP.key), 100, "row-1")]
    after = lot_of([*rows, *withdrawal(lot_of(rows, TOP_UP.key))], TOP_UP.key)

    assert (after.granted, after.remaining) == (100, 0)
    assert withdrawal(after) == ()


def test_hours_taken_by_hand_come_off_the_soonest_expiring_first():
    lots = lots_of([MARCH_HOURS, TOP_UP])

    assert [(part.draws_on, part.minutes) for part in deduction(lots, 300, "ADJ-1")] == [
        (MARCH_HOURS.key, -240),
        (TOP_UP.key, -60),
    ]


def test_more_than_there_is_cannot_be_taken_by_hand():
    with pytest.raises(LedgerImbalance):
        deduction(lots_of([MARCH_HOURS]), 241, "ADJ-1")


@pytest.mark.parametrize(
    ("drawn", "level"), [(0, 0), (119, 0), (120, 50), (191, 50), (192, 80), (239, 80), (240, 100), (300, 100)]
)
def test_thresholds_are_reached_to_the_minute(drawn, level):
    assert threshold_reached(drawn, 240) == level


def test_a_pool_without_hours_reaches_no_threshold():
    assert threshold_reached(0, 0) == 0
