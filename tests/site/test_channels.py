"""The channel an Issue came by is named, flagged where the package does not offer it, and never refused."""

import frappe
import pytest

from support_retainer.sla.channels import contact_now
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_user
from tests.support.stories import at

NIGHT = "2026-09-14 23:00"


@pytest.fixture
def starter(site):
    at("2026-09-14 10:00")
    return make_contract("Starter", "2026-08-31")


def test_an_issue_of_the_portal_says_so(starter):
    assert make_issue(starter, via_customer_portal=1).retainer_channel == "Portal"


def test_an_issue_of_an_email_account_says_so(starter):
    frappe.get_doc(doctype="Email Account", email_account_name="Help", email_id="help@retainer.example").db_insert()

    assert make_issue(starter, email_account="Help").retainer_channel == "Email"


def test_a_channel_beyond_the_package_is_taken_and_flagged_with_what_is_offered(starter):
    issue = make_issue(starter, retainer_channel="Phone")

    assert "Phone is not among the channels of Starter" in issue.retainer_channel_note
    offered = [row.channel for row in frappe.get_doc("Support Package", "Starter").channels]
    assert all(channel in issue.retainer_channel_note for channel in offered)


def test_the_flag_goes_when_the_channel_is_put_right(starter):
    issue = make_issue(starter, retainer_channel="Phone")
    issue.retainer_channel = "Email"
    issue.save()

    assert not issue.retainer_channel_note


def test_an_issue_without_contract_has_no_flag(site):
    assert not make_issue(retainer_channel="Phone", priority=None).retainer_channel_note


def test_after_hours_the_emergency_rate_and_minimum_are_told_first(starter):
    package = frappe.get_doc("Support Package", "Starter")
    night = contact_now(starter.name, NIGHT)

    assert night["needs_confirmation"] is True
    assert float(night["rate"]) == package.emergency_rate > 0
    assert night["minimum_minutes"] == package.emergency_minimum_hours * 60
    assert contact_now(starter.name, "2026-09-14 11:00")["hours"] == "Open"


def test_the_client_is_told_by_which_channels_the_package_is_reached(starter):
    assert contact_now(starter.name)["channels"] == ["Portal", "Email"]


def test_the_clients_contact_may_ask_and_a_stranger_may_not(starter):
    client, stranger = make_user(user_type="Website User"), make_user(user_type="Website User")
    customer = frappe.get_doc("Customer", starter.customer)
    customer.append("portal_users", {"user": client})
    customer.save()

    with acting_as(client):
        assert contact_now(starter.name, NIGHT)["hours"] == "Charged"
    for user in (stranger, "Guest", make_user()):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            contact_now(starter.name, NIGHT)
