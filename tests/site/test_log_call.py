"""A call is logged in one go: the ticket, its clock, the time and what was said."""

import frappe
import pytest

from support_retainer.billing.audit import audit
from support_retainer.exceptions import InvalidCall, InvalidTime, NoContract
from support_retainer.sla.calls import log_call
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_user
from tests.support.stories import allow_foreign_currency, at, balances


@pytest.fixture
def contract(site):
    at("2026-09-14 10:00")
    return make_contract("Growth", "2026-08-31")


@pytest.fixture
def agent(contract):
    with acting_as(make_user("Retainer Agent", "Support Team", "Sales User")) as user:
        yield user


def call(**where):
    return log_call("Printing fails\nsince nine", 25, "User Support", **where)


def rows(issue):
    fields = ["issue", "hours", "from_time"]
    return frappe.get_all("Timesheet Detail", {"issue": issue}, fields)


@pytest.mark.parametrize("where", ["contract", "customer"])
def test_a_call_makes_a_ticket_that_opened_when_it_began(contract, agent, where):
    logged = call(**{where: contract.name if where == "contract" else contract.customer})
    issue = frappe.get_doc("Issue", logged["issue"])

    assert (issue.retainer_contract, issue.retainer_channel, issue.subject) == (
        contract.name,
        "Phone",
        "Printing fails",
    )
    assert str(issue.opening_time).startswith("9:35")
    [row] = rows(issue.name)
    assert round(row.hours * 60) == 25


def test_talking_to_the_client_is_the_first_response(contract, agent):
    issue = make_issue(contract)
    logged = call(issue=issue.name)

    assert logged["issue"] == issue.name
    assert frappe.db.get_value("Issue", issue.name, "first_responded_on")
    assert len(rows(issue.name)) == 1


def test_a_package_without_phone_is_flagged_and_the_call_is_kept(agent):
    with acting_as("Administrator"):
        starter = make_contract("Starter", "2026-08-31")

    assert "Phone is not among the channels" in call(contract=starter.name)["note"]


def test_a_call_needs_a_length_and_a_client(contract, agent):
    with pytest.raises(InvalidTime):
        log_call("Hello", 0, "User Support", contract=contract.name)
    with pytest.raises(NoContract):
        call()


def test_strangers_log_no_calls(contract):
    website_user = make_user("Retainer Agent")
    frappe.db.set_value("User", website_user, "user_type", "Website User")  # Frappe makes a desk user of the role
    for user in (make_user(), website_user, "Guest"):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            call(contract=contract.name)


def test_a_call_on_a_ticket_that_came_by_mail_draws_the_phone_hours(site):
    at("2026-09-14 19:00")
    allow_foreign_currency()
    contract = make_contract("Ongoing Support", "2026-08-31")
    mailed = make_issue(contract, retainer_channel="Email")
    frappe.db.set_single_value("Retainer Settings", "submit_time", "At Once")
    with acting_as(make_user("Retainer Agent", "Support Team", "Sales User")):
        log_call("Printing", 25, "Troubleshooting", issue=mailed.name)

    assert balances(contract) == {"Phone Support": 10 * 60 - 25}
    assert [one.what for one in audit("2026-09-14", contract.name).differences] == ["Invoice"], "hours agree"
    assert frappe.db.get_value("Issue", mailed.name, "retainer_channel") == "Email"


def test_a_channel_on_which_nobody_speaks_is_refused(contract, agent):
    with pytest.raises(InvalidCall, match="Channel"):
        call(contract=contract.name, channel="Email")
