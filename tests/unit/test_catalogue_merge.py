"""What the file says, what was last loaded, what is stored now: a three-way merge, field by field."""

import pytest

from support_retainer.catalogues import merge, schema

SHAPE = {"fee": schema.PACKAGE["monthly_fee"], "pools": schema.PACKAGE["hour_pools"]}


def fate_of_fee(file, last_loaded, stored) -> merge.Fate:
    def record(fee):
        return merge.plain({"fee": fee, "pools": []}, SHAPE)

    base = None if last_loaded is None else record(last_loaded)
    return dict(merge.fates(record(file), base, record(stored), SHAPE))["fee"]


@pytest.mark.parametrize(
    ("file", "last_loaded", "stored", "fate"),
    [
        ("450.00", "450.00", 450.0, merge.Fate.SAME),
        ("500.00", "450.00", 450.0, merge.Fate.UPDATE),
        ("450.00", "450.00", 475.0, merge.Fate.KEEP),
        ("500.00", "450.00", 475.0, merge.Fate.KEEP),
        ("500.00", "450.00", 500.0, merge.Fate.SAME),
        ("450.00", None, 475.0, merge.Fate.KEEP),
        ("450.00", None, 450.0, merge.Fate.SAME),
    ],
    ids=[
        "nothing changed",
        "the catalogue changed",
        "the user changed",
        "both changed apart",
        "both changed alike",
        "never loaded and different",
        "never loaded and alike",
    ],
)
def test_a_field_follows_the_file_until_the_user_touches_it(file, last_loaded, stored, fate):
    assert fate_of_fee(file, last_loaded, stored) is fate


def test_a_field_newer_than_the_last_load_starts_from_its_default():
    file = merge.plain({"fee": "450.00", "pools": [{"pool": "Hours", "hours": 4}]}, SHAPE)
    stored = merge.plain({"fee": 450.0, "pools": []}, SHAPE)
    fates = dict(merge.fates(file, {"fee": "450"}, stored, SHAPE))
    assert fates == {"fee": merge.Fate.SAME, "pools": merge.Fate.UPDATE}


def test_a_table_shows_only_the_rows_that_differ():
    rows = [{"day": "Monday", "start_time": "09:00"}, {"day": "Friday", "start_time": "10:00"}]
    assert merge.shown(rows, rows[:1]) == "day Friday, start_time 10:00"
    assert merge.shown(rows[:1], rows) == "(no other rows)"
