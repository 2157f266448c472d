"""The clock of a ticket on a real site: found, started, paused, answered, split; and ERPNext's own SLA beside it."""

import frappe
import pytest
from frappe.utils import get_datetime

from support_retainer.testing import make_contract, make_customer, make_issue
from tests.support.stories import at
from tests.support.tickets import due, facts, named_user, say, set_status, staff


def make_erpnext_sla() -> str:
    """ERPNext's own default agreement for every Issue: one hour to answer, round the clock."""
    frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
    holidays = frappe.get_doc(
        doctype="Holiday List", holiday_list_name="No Holidays", from_date="2020-01-01", to_date="2030-12-31"
    ).insert()
    frappe.get_doc(doctype="Issue Priority", name="Stock").insert()
    week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    agreement = frappe.get_doc(
        doctype="Service Level Agreement",
        document_type="Issue",
        service_level="Stock",
        default_service_level_agreement=1,
        default_priority="Stock",
        apply_sla_for_resolution=1,
        holiday_list=holidays.name,
        enabled=1,
        priorities=[{"priority": "Stock", "response_time": 3600, "resolution_time": 7200, "default_priority": 1}],
        sla_fulfilled_on=[{"status": "Resolved"}, {"status": "Closed"}],
        pause_sla_on=[{"status": "Replied"}],
        support_and_resolution=[{"workday": day, "start_time": "00:00:00", "end_time": "23:59:59"} for day in week],
    ).insert()
    frappe.cache.delete_value("service_level_agreement_documents")
    frappe.local.cache = {}
    return agreement.name


def test_a_ticket_is_due_in_the_clients_support_hours():
    at("2026-09-17 17:00")  # Thursday, an hour before the week ends in Dubai
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority="P1 Critical")

    assert (due(issue), due(issue, "sla_resolution_by")) == ("2026-09-22 14:00", "2026-09-22 17:00")
    assert issue.agreement_status == "First Response Due"
    assert facts(issue) == [("Opened", "")]


def test_a_client_in_new_york_is_promised_new_york_hours():
    at("2026-09-14 10:00")  # Dubai is eight hours ahead
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    contract = make_contract("Ongoing Support", "2026-09-01")
    policy = frappe.get_doc("SLA Policy", "Ongoing Support SLA")
    for target in policy.targets:
        target.clock = "Support Hours"
    policy.save()
    assert due(make_issue(contract, priority="P1 Critical")) == "2026-09-14 18:00"


def test_an_issue_of_a_customer_without_contract_is_none_of_ours():
    issue = make_issue(customer=make_customer(), priority=None)
    assert (issue.retainer_contract, issue.sla_policy, issue.response_by) == (None, None, None)
    assert facts(issue) == []


def test_a_ticket_from_before_the_contract_has_none():
    at("2026-08-30 10:00")
    assert make_issue(make_contract("Growth", "2026-08-31")).retainer_contract is None


def test_a_ticket_without_priority_gets_the_policys_usual_one():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority=None)
    assert (issue.priority, bool(issue.response_by)) == ("P3 Medium", True)


def test_an_issue_without_contract_keeps_erpnexts_own_agreement():
    agreement = make_erpnext_sla()
    issue = make_issue(customer=make_customer(), priority=None)
    assert (issue.service_level_agreement, issue.priority, issue.sla_policy) == (agreement, "Stock", None)
    assert (issue.response_by - get_datetime(issue.creation)).total_seconds() == pytest.approx(3600, abs=2)

    issue.status = "Resolved"
    issue.save()
    assert (issue.agreement_status, facts(issue)) == ("Fulfilled", [])


def test_the_contracts_policy_wins_over_erpnexts_agreement_on_every_save():
    make_erpnext_sla()
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority="P2 High")
    first = due(issue)

    at("2026-09-14 11:00")
    issue.reload()
    issue.subject = "Month end, again"
    issue.save()
    assert (first, due(issue)) == ("2026-09-16 16:00", "2026-09-16 16:00")
    assert due(issue, "sla_resolution_by") == "2026-09-21 10:00"


def test_beside_erpnexts_agreement_a_ticket_without_priority_still_gets_ours():
    make_erpnext_sla()
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority=None)
    assert (issue.priority, due(issue)) == ("P3 Medium", "2026-09-16 16:00")


def test_a_pause_before_the_first_response_moves_the_response_target():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority="P2 High")
    at("2026-09-14 12:00")
    set_status(issue, "On Hold")
    assert frappe.db.get_value("Issue", issue.name, "on_hold_since") is not None
    assert frappe.db.get_value("Issue", issue.name, "retainer_next_event_at") is None

    at("2026-09-15 10:00")  # six working hours today, one tomorrow
    set_status(issue, "Open")
    assert frappe.db.get_value("Issue", issue.name, ["on_hold_since", "total_hold_time"]) == (None, 7 * 3600)
    assert due(issue) == "2026-09-17 14:00"
    assert facts(issue) == [("Opened", ""), ("Paused", "On Hold"), ("Resumed", "")]


def test_a_resolution_stops_the_clock_and_reopening_resumes_it():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"), priority="P1 Critical")
    say(issue, staff())
    at("2026-09-14 11:00")
    set_status(issue, "Resolved")
    issue.reload()
    assert (issue.agreement_status, str(issue.sla_resolution_date)[:16]) == ("Fulfilled", "2026-09-14 11:00")
    before = due(issue, "sla_resolution_by")

    at("2026-09-15 11:00")  # nine working hours later
    set_status(issue, "Open")
    issue.reload()
    assert (issue.agreement_status, issue.sla_resolution_date) == ("Resolution Due", None)
    assert (before, due(issue, "sla_resolution_by")) == ("2026-09-17 10:00", "2026-09-20 10:00")


def test_closing_a_resolved_ticket_adds_nothing():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    set_status(issue, "Resolved")
    set_status(issue, "Closed")
    assert facts(issue) == [("Opened", ""), ("Resolved", "")]


def test_a_change_of_priority_measures_anew_from_the_opening():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    assert due(issue) == "2026-09-14 11:00"
    at("2026-09-14 10:10")
    issue.reload()
    issue.priority = "P1 Critical"
    issue.save()
    assert due(issue) == "2026-09-14 10:15"
    assert facts(issue)[-1] == ("Priority Changed", "P1 Critical")


def test_a_reply_by_staff_is_the_first_response_and_only_once():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    agent = staff()
    at("2026-09-14 12:00")
    say(issue, agent)
    at("2026-09-14 13:00")
    say(issue, agent)

    issue.reload()
    assert str(issue.first_responded_on)[:16] == "2026-09-14 12:00"
    assert facts(issue) == [("Opened", ""), ("Responded", "")]
    assert issue.agreement_status == "Resolution Due"


def test_what_is_no_reply_by_a_person_of_staff_is_no_first_response():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    client = named_user("client@client.example", "Website User")
    say(issue, client, "Received")
    say(issue, client, "Sent")
    say(issue, staff(), communication_type="Automated Message")
    issue.add_comment("Comment", "Only among ourselves")
    set_status(issue, "Replied")

    issue.reload()
    assert issue.first_responded_on is None
    assert ("Responded", "") not in facts(issue)


def test_a_clients_reply_resumes_a_ticket_that_waited_for_it():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    client = named_user("client@client.example", "Website User")
    set_status(issue, "Replied")
    at("2026-09-14 12:00")
    say(issue, client, "Received")

    issue.reload()
    assert (issue.status, issue.on_hold_since, issue.total_hold_time) == ("Open", None, 2 * 3600)


def test_a_split_ticket_has_its_own_contract_and_clock():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    issue = make_issue(contract, priority="P2 High")
    message = say(issue, "Administrator", "Received")
    say(issue, staff())
    set_status(issue, "On Hold")
    frappe.db.set_value("Issue", issue.name, "retainer_coverage", "Overage")

    at("2026-09-15 10:00")
    issue = frappe.get_doc("Issue", issue.name)  # as a request has it: a copy of its flags would keep the name
    other = frappe.get_doc("Issue", issue.split_issue("The second thing", message.name))

    assert (other.retainer_contract, other.sla_policy) == (contract.name, "Growth SLA")
    assert (other.first_responded_on, other.retainer_coverage) == (None, None)
    assert (due(other), due(issue)) == ("2026-09-17 16:00", "2026-09-16 16:00")
    assert facts(other)[0] == ("Opened", "")
    assert ("Responded", "") not in facts(other)
    assert facts(issue) == [("Opened", ""), ("Responded", ""), ("Paused", "On Hold")]


def test_a_ticket_takes_the_contract_of_its_project():
    at("2026-09-14 10:00")
    general = make_contract("Growth", "2026-08-31")
    project = frappe.get_doc(doctype="Project", project_name="Webshop", customer=general.customer).insert()
    own = make_contract("Enterprise", "2026-08-31", customer=general.customer, project=project.name)

    assert make_issue(customer=general.customer, project=project.name).retainer_contract == own.name
    assert make_issue(customer=general.customer).retainer_contract == general.name


def test_a_ticket_that_goes_to_another_customer_leaves_the_contract_behind():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    other = make_contract("Enterprise", "2026-08-31")
    issue.reload()
    issue.customer = other.customer
    issue.save()
    assert (issue.retainer_contract, issue.sla_policy) == (other.name, "Enterprise SLA")

    issue.customer = make_customer()
    issue.save()
    assert (issue.retainer_contract, issue.sla_policy, issue.response_by) == (None, None, None)


def test_a_ticket_refuses_the_contract_of_another_client():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Growth", "2026-08-31"))
    issue.reload()
    issue.retainer_contract = make_contract("Growth", "2026-08-31").name
    with pytest.raises(frappe.ValidationError, match="Retainer Contract"):
        issue.save()


def test_a_later_change_of_the_package_leaves_the_promise_alone():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    frappe.db.set_value("Support Package", "Growth", "sla_policy", "Enterprise SLA")
    frappe.clear_document_cache("Support Package", "Growth")
    assert make_issue(contract).sla_policy == "Growth SLA"
