"""Whatever is posted to a ledger, and in whatever order, its minutes add up."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.billing_period import nth_period
from support_retainer.domain.hour_ledger import (
    EntryType,
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
    usable_on,
    usage,
    withdrawal,
)


class Book:
    """A ledger as a site keeps it: rows that only grow, each key once, and the shell's way of using the rules."""

    START = date(2026, 1, 31)

    def __init__(self, minutes, rollover_periods, cap):
        self.minutes, self.rollover_periods, self.cap = minutes, rollover_periods, cap
        self.rows = {}
        self.n = -1
        self.vouchers = []
        self.next_period()

    def post(self, postings):
        for posting in postings:
            self.rows.setdefault(posting.key, posting)

    @property
    def lots(self):
        return lots_of(self.rows.values())

    @property
    def today(self):
        return nth_period(self.START, self.n).start

    def next_period(self):
        self.n += 1
        until = nth_period(self.START, self.n + self.rollover_periods - 1).last_day
        self.close(Rollover(until, self.cap) if self.rollover_periods else None)
        period = nth_period(self.START, self.n)
        self.post([allotment("Pool", self.minutes, period.start, period.last_day)])

    def close(self, rollover):
        alive = [lot for lot in self.lots if lot.type is EntryType.ROLLOVER and not lot.is_over(self.today)]
        rolled = sum(lot.remaining for lot in alive)
        for lot in self.lots:
            postings = close(lot, self.today, rollover, rolled)
            rolled += sum(posting.minutes for posting in postings if posting.opens_lot)
            self.post(postings)

    def top_up(self, minutes, days):
        expires_on = self.today + timedelta(days=days) if days else None
        self.post([Posting(f"top-up/{len(self.rows)}", EntryType.TOP_UP, minutes, "Pool", self.today, expires_on)])

    def use(self, minutes, days_ago):
        voucher = f"row-{len(self.rows)}"
        draws, _ = draw(usable_on(self.lots, self.today - timedelta(days=days_ago)), minutes)
        for taken in draws:
            lot = next(lot for lot in self.lots if lot.key == taken.lot)
            self.post(usage(lot, taken.minutes, voucher, self.last_expiry(lot.key)))
        beyond = minutes - sum(taken.minutes for taken in draws)
        if beyond:
            self.post([overage("Pool", beyond, voucher)])
        self.vouchers.append(voucher)

    def take_by_hand(self, minutes):
        held = sum(lot.remaining for lot in usable_on(self.lots, self.today))
        if held:
            lots = usable_on(self.lots, self.today)
            self.post(deduction(lots, min(minutes, held), f"adjustment-{len(self.rows)}"))

    def withdraw(self, which):
        grants = [lot for lot in self.lots if lot.type is EntryType.TOP_UP]
        if grants:
            self.post(withdrawal(grants[which % len(grants)]))

    def last_expiry(self, lot):
        expiries = [row.key for row in self.rows.values() if row.type is EntryType.EXPIRY and row.draws_on == lot]
        return expiries[-1] if expiries else ""

    def cancel(self, which):
        if self.vouchers:
            voucher = self.vouchers.pop(which % len(self.vouchers))
            mine = [
                row for row in self.rows.values() if row.key.startswith((f"usage/{voucher}/", f"overage/{voucher}"))
            ]
            self.post([reversal(row) for row in mine])
            self.close(None)

    def sum_of(self, lot, *types):
        return sum(row.minutes for row in self.rows.values() if row.draws_on == lot and row.type in types)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("use"), st.integers(1, 400), st.integers(0, 70)),
        st.tuples(st.just("top_up"), st.integers(1, 300), st.sampled_from([0, 10, 45])),
        st.tuples(st.just("cancel"), st.integers(0, 50)),
        st.tuples(st.just("take_by_hand"), st.integers(1, 300)),
        st.tuples(st.just("withdraw"), st.integers(0, 50)),
        st.tuples(st.just("next_period")),
    ),
    max_size=25,
)
books = st.builds(Book, st.integers(0, 600), st.integers(0, 3), st.none() | st.integers(0, 300))


@given(books, steps)
def test_no_sequence_of_postings_loses_or_invents_a_minute(book, sequence):
    for name, *arguments in sequence:
        getattr(book, name)(*arguments)
        assert_every_lot_adds_up(book)
        assert 0 <= balance(book.rows.values()) <= sum(lot.granted for lot in book.lots)


def assert_every_lot_adds_up(book):
    """granted = used + expired + rolled + taken by hand + remaining; what was taken back counts against what it undoes.

    A grant that was withdrawn counts as granted only as far as it was used before.
    """
    for lot in book.lots:
        undone = {row.reverses: row.minutes for row in book.rows.values() if row.draws_on == lot.key and row.reverses}
        expiries = {row.key for row in book.rows.values() if row.type is EntryType.EXPIRY}
        taken_back = sum(
            row.minutes for row in book.rows.values() if row.draws_on == lot.key and row.reverses in expiries
        )
        given_back = sum(minutes for key, minutes in undone.items() if key not in expiries and key != lot.key)
        used = -book.sum_of(lot.key, EntryType.USAGE) - given_back
        expired = -book.sum_of(lot.key, EntryType.EXPIRY) - taken_back
        rolled = -book.sum_of(lot.key, EntryType.ROLLOVER)
        taken = -book.sum_of(lot.key, EntryType.ADJUSTMENT)
        assert lot.granted == used + expired + rolled + taken + lot.remaining
        assert min(used, expired, rolled, taken, lot.remaining) >= 0
        assert lot.expired == expired


@given(books, steps)
def test_posting_everything_again_by_its_key_changes_nothing(book, sequence):
    for name, *arguments in sequence:
        getattr(book, name)(*arguments)
    before = dict(book.rows)
    book.post(list(before.values()))
    assert (book.rows, book.lots) == (before, lots_of(before.values()))


@given(books, steps)
def test_closing_the_same_day_again_posts_nothing(book, sequence):
    for name, *arguments in sequence:
        getattr(book, name)(*arguments)
    book.close(None)
    before = len(book.rows)
    book.close(None)
    assert len(book.rows) == before


@given(books, steps)
def test_rolled_hours_never_exceed_the_cap(book, sequence):
    for name, *arguments in sequence:
        getattr(book, name)(*arguments)
        alive = [lot for lot in book.lots if lot.type is EntryType.ROLLOVER and not lot.is_over(book.today)]
        if name == "next_period" and book.cap is not None:
            assert sum(lot.remaining for lot in alive) <= book.cap


@given(books, steps, st.integers(1, 500))
def test_a_draw_takes_all_it_can_and_leaves_the_rest_in_place(book, sequence, minutes):
    for name, *arguments in sequence:
        getattr(book, name)(*arguments)
    lots = usable_on(book.lots, book.today)
    draws, after = draw(lots, minutes)
    held = sum(lot.available for lot in lots)
    assert sum(taken.minutes for taken in draws) == min(minutes, held)
    assert sum(lot.available for lot in after) == held - min(minutes, held)
    assert all(lot.remaining >= 0 and lot.expired >= 0 for lot in after)
