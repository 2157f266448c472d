"""What holds for every catalogue, whatever it offers."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from support_retainer.catalogues import available, read
from support_retainer.domain.contract_terms import ContractTerms, Treatment
from support_retainer.domain.working_calendar import Window, WorkingCalendar
from tests.unit.catalogue_reading import HOUR, MINUTE, OFFERS, P1, P2, P3, P4, package, policy

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
EVERY_PACKAGE = [pytest.param(no, name, id=f"{no} {name}") for no, names in OFFERS.items() for name in names]


def test_there_is_one_catalogue_for_each_offer():
    assert {no: [row["package_name"] for row in read(no)["packages"]] for no in available()} == OFFERS


@pytest.mark.parametrize(
    ("catalogue", "currency"), [("000", "AED"), ("001", "USD"), ("002", "USD"), ("003", "INR"), ("004", "SEK")]
)
def test_an_offer_is_priced_in_its_currency(catalogue, currency):
    assert {row["currency"] for row in read(catalogue)["packages"]} == {currency}


class TestEveryPackage:
    @pytest.mark.parametrize(("catalogue", "name"), EVERY_PACKAGE)
    def test_can_be_agreed_as_contract_terms(self, catalogue, name):
        terms = ContractTerms.from_snapshot(package(catalogue, name), effective_from=date(2026, 1, 1))
        for coverage in terms.rules.values():
            coverage.refuse_without_charge()
        assert Treatment.INCLUDED in {coverage.treatment for coverage in terms.rules.values()}

    @pytest.mark.parametrize(("catalogue", "name"), EVERY_PACKAGE)
    def test_has_a_working_calendar(self, catalogue, name):
        found = policy(catalogue, name)
        calendar = WorkingCalendar(
            zone=found["time_zone"],
            windows=tuple(
                Window(DAYS.index(row["day"]), seconds(row["start_time"]), seconds(row["end_time"]))
                for row in found["windows"]
            ),
            always_open=found["always_open"],
        )
        assert calendar.always_open or calendar.windows

    @pytest.mark.parametrize(("catalogue", "name"), EVERY_PACKAGE)
    def test_promises_all_four_priorities_never_slower_for_a_higher_one(self, catalogue, name):
        rows = policy(catalogue, name)["targets"]
        assert [row["priority"] for row in rows] == [P1, P2, P3, P4]
        responses = [row["response_time"] for row in rows]
        resolutions = [row["resolution_time"] for row in rows if row["resolution_time"]]
        assert responses == sorted(responses)
        assert resolutions == sorted(resolutions)
        assert all(row["response_time"] < row["resolution_time"] for row in rows if row["resolution_time"])

    @pytest.mark.parametrize(("catalogue", "name"), EVERY_PACKAGE)
    def test_charges_what_runs_beyond_its_hours(self, catalogue, name):
        offer = package(catalogue, name)
        assert not offer["hour_pools"] or Decimal(offer["overage_rate"]) > 0


def seconds(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE


def test_package_and_policy_names_are_unique_over_all_catalogues():
    for table, key in (("packages", "package_name"), ("sla_policies", "policy_name")):
        names = [row[key] for no in available() for row in read(no)[table]]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(("one", "other"), list(combinations(available(), 2)))
def test_records_that_catalogues_share_are_the_same_in_both(one, other):
    """Whichever is loaded first makes them, so the order must not matter."""
    for table, key in (("priorities", "name"), ("items", "item_code"), ("holiday_lists", "holiday_list_name")):
        mine = {row[key]: row for row in read(one)[table]}
        assert all(mine.get(row[key], row) == row for row in read(other)[table])


@pytest.mark.parametrize("catalogue", available())
def test_what_the_offer_leaves_open_is_said(catalogue):
    assumptions = read(catalogue)["assumptions"]
    assert len(assumptions) >= 5
    assert all(sentence.endswith(".") for sentence in assumptions)


@pytest.mark.parametrize("catalogue", available())
def test_every_kind_of_work_is_decided_in_some_package(catalogue):
    """An activity type that no package mentions would be included everywhere without anybody having said so."""
    whole = read(catalogue)
    decided = {row["activity_type"] for offer in whole["packages"] for row in offer["coverage"]}
    assert set(whole["activity_types"]) == decided
