"""A program or an import that writes the field gets what the action of the desk does."""

import frappe
import pytest

from support_retainer.exceptions import InvalidNotice, StatusByHand
from support_retainer.testing import make_contract, make_issue

pytestmark = pytest.mark.commits


@pytest.fixture
def growth(site):
    return make_contract("Growth", "2026-12-01")


def write(contract, **values):
    contract.reload()
    contract.update(values).save()
    contract.reload()
    return contract


def test_a_day_of_notice_ends_the_contract_after_its_notice(growth):
    contract = write(growth, notice_given_on="2026-12-10")
    assert (contract.status, str(contract.end_date)) == ("Notice Given", "2027-01-09")
    assert frappe.db.exists("Offboarding", {"contract": contract.name})


def test_an_end_that_was_agreed_with_the_notice_stands(growth):
    contract = write(growth, notice_given_on="2026-12-10", end_date="2027-02-28")
    assert (contract.status, str(contract.end_date)) == ("Notice Given", "2027-02-28")


def test_notice_that_is_cleared_is_withdrawn(growth):
    write(growth, notice_given_on="2026-12-10")
    contract = write(growth, notice_given_on=None)
    assert (contract.status, contract.end_date) == ("Active", None)


def test_notice_before_the_start_is_refused_and_changes_nothing(growth):
    frappe.db.commit()
    with pytest.raises(InvalidNotice):
        write(growth, notice_given_on="2026-11-10")
    frappe.db.rollback()
    assert frappe.db.get_value("Retainer Contract", growth.name, "status") == "Active"


def test_the_status_suspended_holds_tickets_until_it_is_active_again(site):
    contract = make_contract("Growth", frappe.utils.today())
    issue = make_issue(contract)
    contract = write(contract, status="Suspended")
    assert (contract.status, contract.suspended_for) == ("Suspended", "Agreed")
    assert frappe.db.exists("SLA Event", {"issue": issue.name, "event": "Paused"})
    assert write(contract, status="Active").suspended_for is None


@pytest.mark.parametrize("status", ["Ended", "Cancelled", "Draft"])
def test_a_status_that_follows_from_something_else_is_refused(growth, status):
    with pytest.raises(StatusByHand, match="follows from what happens"):
        write(growth, status=status)
