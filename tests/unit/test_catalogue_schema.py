"""A catalogue file is taken whole or refused whole, and the refusal says where to look."""

import copy

import pytest

from support_retainer.catalogues import CatalogueError, check, read, schema


@pytest.fixture
def growth_only():
    """A small valid catalogue to break: the Growth package of 000 in its own file."""
    catalogue = copy.deepcopy(read("000"))
    catalogue["packages"] = [row for row in catalogue["packages"] if row["package_name"] == "Growth"]
    catalogue["sla_policies"] = [row for row in catalogue["sla_policies"] if row["policy_name"] == "Growth SLA"]
    for activity in catalogue["maintenance"]:
        activity["packages"] = [{"package": "Growth"}]
    return catalogue


def refusals(catalogue) -> list[str]:
    with pytest.raises(CatalogueError) as refused:
        check(catalogue, "test")
    return [str(problem) for problem in refused.value.problems]


def put(catalogue, path: str, value) -> None:
    *parents, last = (int(step) if step.isdigit() else step for step in path.split("/"))
    for step in parents:
        catalogue = catalogue[step]
    catalogue[last] = value


def test_the_small_catalogue_is_fine_before_it_is_broken(growth_only):
    assert check(growth_only, "test") == growth_only


@pytest.mark.parametrize(
    ("path", "value", "refusal"),
    [
        ("packages/0/hour_pools/0/hours", "eight", 'packages[0].hour_pools[0].hours: expected a number, found "eight"'),
        ("packages/0/hour_pools/0/hours", True, "packages[0].hour_pools[0].hours: expected a number, found true"),
        (
            "packages/0/hour_pools/0/hours",
            -1,
            "packages[0].hour_pools[0].hours: expected a number of zero or more, found -1",
        ),
        (
            "packages/0/hour_pools/0/hours",
            float("inf"),
            "packages[0].hour_pools[0].hours: expected a number, found inf",
        ),
        ("packages/0/notice_days", 30.5, "packages[0].notice_days: expected a whole number, found 30.5"),
        ("packages/0/weekly_report", 1, "packages[0].weekly_report: expected true or false, found 1"),
        (
            "packages/0/discount_percent",
            101,
            "packages[0].discount_percent: expected a percentage from 0 to 100, found 101",
        ),
        ("packages/0/sla_policy", None, "packages[0].sla_policy: expected a text, found null"),
        ("packages/0/package_name", "  ", 'packages[0].package_name: expected a text, found "  "'),
        ("packages/0", "Growth", 'packages[0]: expected an object, found "Growth"'),
        ("packages/0/channels", {}, "packages[0].channels: expected a table (a list of rows), found an object"),
        ("packages/0/channels", [], "packages[0].channels: expected at least 1 row, found none"),
        ("activity_types/0", 7, "activity_types[0]: expected a text, found 7"),
        (
            "sla_policies/0/targets/0/response_time",
            10**12,
            "sla_policies[0].targets[0].response_time: expected at most ten years in seconds, found 1000000000000",
        ),
        (
            "sla_policies/0/escalations/0/webhook_url",
            "ftp://example.com",
            "sla_policies[0].escalations[0].webhook_url: expected an address that starts with http:// or https://,"
            ' found "ftp://example.com"',
        ),
        (
            "sla_policies/0/windows/0/start_time",
            "24:00",
            'sla_policies[0].windows[0].start_time: expected a time from "00:00" to "23:59", found "24:00"',
        ),
        (
            "holiday_lists/0/holidays/0/holiday_date",
            "2025-02-30",
            'holiday_lists[0].holidays[0].holiday_date: expected a date like 2026-12-31, found "2025-02-30"',
        ),
    ],
)
def test_a_wrong_type_is_refused_with_its_path(growth_only, path, value, refusal):
    put(growth_only, path, value)
    assert refusals(growth_only) == [refusal]


@pytest.mark.parametrize("fee", ["-450.00", "450", "450.0", "4,500.00", 450, 450.0, "AED 450.00", "٤٥٠.00"])
def test_money_is_text_with_two_decimals_and_never_negative(growth_only, fee):
    growth_only["packages"][0]["monthly_fee"] = fee
    (refusal,) = refusals(growth_only)
    assert refusal.startswith("packages[0].monthly_fee: expected an amount of zero or more as text with two decimals")


def test_a_wrong_choice_is_refused_with_the_right_ones(growth_only):
    growth_only["packages"][0]["coverage"][0]["treatment"] = "Gratis"
    assert refusals(growth_only) == [
        "packages[0].coverage[0].treatment: expected one of 'Included', 'Free', 'Hourly', 'Daily', 'Quoted', "
        "'Not Offered', found \"Gratis\""
    ]


@pytest.mark.parametrize("path", ["surprise", "packages/0/montly_fee", "sla_policies/0/windows/0/until"])
def test_an_unknown_key_is_refused(growth_only, path):
    put(growth_only, path, 1)
    (refusal,) = refusals(growth_only)
    assert ": unknown key; known here are " in refusal
    assert refusal.split(":")[0].endswith(path.split("/")[-1])


NEEDED = [key for key, spec in schema.CATALOGUE.items() if isinstance(spec, schema.Table) and not spec.may_be_left_out]


@pytest.mark.parametrize("table", NEEDED)
def test_a_missing_table_is_refused(growth_only, table):
    del growth_only[table]
    assert refusals(growth_only) == [f"{table}: missing table; write [] if there is nothing to list"]


def test_a_missing_figure_is_refused_but_an_optional_one_gets_its_default(growth_only):
    package = growth_only["packages"][0]
    del package["monthly_fee"], package["discount_percent"]
    assert refusals(growth_only) == ["packages[0].monthly_fee: missing; a catalogue has to say this"]
    package["monthly_fee"] = "450.00"
    assert check(growth_only, "test")["packages"][0]["discount_percent"] == 0


def test_every_problem_is_named_at_once(growth_only):
    growth_only["packages"][0]["hour_pools"][0]["hours"] = "eight"
    growth_only["currency"] = "dirham"
    del growth_only["items"]
    assert [refusal.split(":")[0] for refusal in refusals(growth_only)] == [
        "currency",
        "items",
        "packages[0].hour_pools[0].hours",
    ]


@pytest.mark.parametrize(
    ("path", "value", "refusal"),
    [
        ("packages/0/sla_policy", "Gold SLA", 'packages[0].sla_policy: "Gold SLA" is not in this file\'s sla_policies'),
        (
            "packages/0/coverage/0/activity_type",
            "Juggling",
            'packages[0].coverage[0].activity_type: "Juggling" is not in this file\'s activity_types',
        ),
        (
            "sla_policies/0/targets/1/priority",
            "P9",
            'sla_policies[0].targets[1].priority: "P9" is not in this file\'s priorities',
        ),
        (
            "sla_policies/0/holiday_list",
            "Mars",
            'sla_policies[0].holiday_list: "Mars" is not in this file\'s holiday_lists',
        ),
        ("packages/0/currency", "USD", "packages[0].currency: differs from the catalogue's AED"),
        ("sla_policies/0/windows", [], "sla_policies[0].windows: never open; add a window or set always_open"),
        ("holiday_lists/0/to_date", "2024-12-31", "holiday_lists[0].to_date: is before from_date 2025-01-01"),
        (
            "packages/0/pricing_model",
            "Metered",
            "packages[0].metric: a metered package has to say what is counted and what it costs",
        ),
        (
            "packages/0/metric",
            "Users",
            "packages[0].metric: only a metered package has this; set pricing_model to Metered",
        ),
    ],
)
def test_rows_that_contradict_each_other_are_refused(growth_only, path, value, refusal):
    put(growth_only, path, value)
    assert refusal in refusals(growth_only)


@pytest.mark.parametrize("treatment", ["Hourly", "Daily"])
def test_an_exclusion_without_a_charge_rule_is_refused(growth_only, treatment):
    row = next(row for row in growth_only["packages"][0]["coverage"] if row["activity_type"] == "Training")
    index = growth_only["packages"][0]["coverage"].index(row)
    row.update(treatment=treatment, rate="0.00")
    assert refusals(growth_only) == [
        f"packages[0].coverage[{index}].rate: Training is {treatment}, so it needs a rate above zero"
    ]


@pytest.mark.parametrize(
    ("table", "key"),
    [("packages", "package_name"), ("items", "item_code"), ("priorities", "name"), ("sla_policies", "policy_name")],
)
def test_a_name_given_twice_is_refused(growth_only, table, key):
    rows = growth_only[table]
    rows.append(copy.deepcopy(rows[0]))
    name = rows[0][key]
    assert f"{table}[{len(rows) - 1}].{key}: {name!r} is already in row 0" in refusals(growth_only)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "line 1, column 2: is not JSON"),
        (b"\xff", "is not UTF-8 text"),
        (b'{"currency": "AED", "currency": "USD"}', 'the key "currency" stands twice in one object'),
        (b'{"currency": NaN}', "NaN is not a number"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"[]", "file: expected an object, found a list"),
    ],
    ids=["cut short", "binary", "repeated key", "NaN", "bottomless", "a list"],
)
def test_a_file_that_is_no_catalogue_is_refused(tmp_path, content, problem):
    (tmp_path / "odd.json").write_bytes(content)
    with pytest.raises(CatalogueError, match="Catalogue odd was refused; nothing of it is used") as refused:
        read("odd", tmp_path)
    assert problem in str(refused.value)


@pytest.mark.parametrize("name", ["005", "../000", "", "000.json"])
def test_an_unknown_name_is_refused_with_the_known_ones(name):
    with pytest.raises(CatalogueError, match="choose one of 000, 001, 002, 003, 004"):
        read(name)


def test_reading_twice_gives_independent_copies():
    first = read("000")
    first["packages"].clear()
    assert read("000")["packages"]


def test_a_ladder_may_raise_the_priority_and_call_a_webhook(growth_only):
    row = growth_only["sla_policies"][0]["escalations"][0]
    row.update({"raise_priority_to": "P1 Critical", "webhook_url": "https://pager.example/hook"})
    assert check(growth_only, "test") == growth_only

    row["raise_priority_to"] = "P0"
    assert refusals(growth_only) == [
        'sla_policies[0].escalations[0].raise_priority_to: "P0" is not in this file\'s priorities'
    ]


def test_maintenance_of_a_package_that_is_not_sold_is_refused(growth_only):
    growth_only["maintenance"][0]["packages"][0]["package"] = "Diamond"
    assert refusals(growth_only) == ['maintenance[0].packages[0].package: "Diamond" is not in this file\'s packages']
    del growth_only["maintenance"]
    assert check(growth_only, "test")["maintenance"] == []
