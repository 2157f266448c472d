"""The end of a minimum term: another one, or the contract's end, announced ahead and once."""

import frappe
import pytest

from support_retainer.billing import renewal
from support_retainer.testing import bill, invoiced_starts, make_contract
from tests.support.stories import at

pytestmark = pytest.mark.commits


@pytest.fixture
def contract():
    """A minimum term of three months from 31 August to 29 November 2026, with 30 days of notice."""
    at("2026-09-01 09:00")
    frappe.get_doc("Support Package", make_contract("Growth", "2026-08-31", submit=False).package).update(
        {"minimum_term_months": 3}
    ).save()
    return make_contract("Growth", "2026-08-31")


def on(contract, day):
    at(f"{day} 09:00")
    changed = renewal.follow_terms()
    contract.reload()
    return bool(changed)


def test_a_contract_renews_for_another_term_counted_from_its_start(contract):
    assert str(contract.minimum_term_end) == "2026-11-29"
    on(contract, "2026-11-29")
    assert str(contract.minimum_term_end) == "2026-11-29"
    assert on(contract, "2026-11-30")
    assert str(contract.minimum_term_end) == "2027-02-27"
    assert not on(contract, "2026-11-30")


def test_terms_that_were_missed_are_made_good_in_one_step(contract):
    on(contract, "2027-06-01")
    assert str(contract.minimum_term_end) == "2027-08-30"


def test_a_renewal_is_announced_once_a_month_before_the_last_day_for_notice(contract):
    days = ("2026-09-29", "2026-09-30", "2026-10-01")
    announced = []
    for day in days:
        on(contract, day)
        announced.append(str(contract.renewal_announced_for or ""))
    assert announced == ["", "2026-11-29", "2026-11-29"]
    said = frappe.get_all("Comment", {"reference_name": contract.name, "content": ["like", "%announced%"]})
    assert len(said) == 1


def test_a_contract_that_does_not_renew_ends_with_its_term_and_is_billed_no_further(contract):
    contract.auto_renew = 0
    contract.save()
    assert not on(contract, "2026-10-29")
    assert on(contract, "2026-10-30")
    assert (contract.status, str(contract.end_date)) == ("Notice Given", "2026-11-29")
    bill("2027-03-01", contract)
    assert invoiced_starts(contract) == ["2026-08-31", "2026-09-30", "2026-10-31"]


def test_a_day_that_was_missed_does_not_make_the_term_longer(contract):
    contract.auto_renew = 0
    contract.save()
    on(contract, "2026-11-20")
    assert str(contract.end_date) == "2026-11-29"


def test_a_contract_without_a_minimum_term_just_goes_on():
    at("2026-09-01 09:00")
    contract = make_contract("Growth", "2026-08-31", auto_renew=0)
    assert not on(contract, "2030-01-01")
    assert contract.status == "Active"
