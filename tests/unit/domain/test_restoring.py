"""Whether what came back is what was saved."""

from datetime import date

from support_retainer.domain.restoring import Backup, compare, is_kept_too_short, kept, unlike

TODAY = date(2026, 9, 14)


def test_a_table_that_nobody_changed_comes_back_with_every_row():
    same = {"tabUser": 5, "tabRole": 3}
    assert compare(same, same, same) == []
    assert [str(one) for one in compare(same, same, {"tabUser": 4})] == [
        "tabRole: missing, expected 3 rows",
        "tabUser: 4, expected 5 rows",
    ]


def test_a_table_that_grew_meanwhile_comes_back_with_a_number_in_between():
    before, after = {"tabError Log": 10}, {"tabError Log": 14}
    assert compare(before, after, {"tabError Log": 12}) == []
    assert str(compare(before, after, {"tabError Log": 15})[0]) == "tabError Log: 15, expected 10 to 14 rows"
    assert compare(after, before, {"tabError Log": 10}) == []


def test_a_table_that_came_or_went_meanwhile_may_be_there_or_not():
    assert compare({"tabOld": 1}, {"tabNew": 1}, {"tabNew": 1}) == []


def test_the_content_counts_where_nobody_changed_it():
    before, after = {"tabUser": 7, "tabRole": 8, "tabGone": None}, {"tabUser": 7, "tabRole": 9}
    assert unlike(before, after, {"tabUser": 7, "tabRole": 5}) == []
    assert unlike(before, after, {"tabUser": 6}) == ["tabUser"]


def test_growth_is_against_the_newest_backup_of_a_month_ago():
    backups = [Backup(date(2026, 8, 1), 100), Backup(date(2026, 8, 14), 110), Backup(date(2026, 9, 13), 121)]
    assert (kept(backups, TODAY).oldest_days, kept(backups, TODAY).growth_percent) == (44, 10.0)
    assert kept(backups[2:], TODAY).growth_percent is None
    assert kept([], TODAY).oldest_days is None


def test_backups_go_back_as_far_as_promised_once_the_site_is_old_enough():
    assert is_kept_too_short(10, promised_days=30, watched_days=40)
    assert not is_kept_too_short(10, promised_days=30, watched_days=9)
    assert not is_kept_too_short(31, promised_days=30, watched_days=400)
    assert not is_kept_too_short(None, promised_days=30, watched_days=400)
