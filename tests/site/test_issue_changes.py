"""Everything that changes a ticket feeds its clock: buttons, bulk edit, boards, mails, merging, packages, policies."""

import json

import frappe
import pytest
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.form import assign_to
from frappe.utils import add_days, get_datetime

from support_retainer.exceptions import CannotMerge
from support_retainer.overrides import issue_status
from support_retainer.sla import merge
from support_retainer.testing import make_contract, make_customer, make_issue
from tests.support.stories import at
from tests.support.tickets import due, facts, named_user, say, set_status, staff

STATUS = "erpnext.support.doctype.issue.issue."


def growth_issue(**values):
    at("2026-09-14 10:00")
    return make_issue(make_contract("Growth", "2026-08-31"), **values)


def reloaded(issue):
    return frappe.get_doc("Issue", issue.name)


def call(method: str, **arguments):
    """As a request has it: through the hook that may replace the method."""
    frappe.local.form_dict = frappe._dict(arguments)
    return frappe.call(frappe.override_whitelisted_method(method), **arguments)


def test_erpnexts_buttons_reach_the_clock():
    one = growth_issue()
    other = make_issue(customer=one.customer)
    call(STATUS + "set_status", name=one.name, status="On Hold")
    assert facts(one)[-1] == ("Paused", "On Hold")
    assert reloaded(one).on_hold_since

    call(STATUS + "set_multiple_status", names=json.dumps([one.name, other.name]), status="Closed")
    assert [facts(one)[-1], facts(other)[-1]] == [("Resolved", ""), ("Resolved", "")]
    assert reloaded(other).agreement_status == "Fulfilled"


@pytest.mark.parametrize("function", ["set_status", "set_multiple_status"])
def test_a_stranger_sets_no_status(function):
    issue = growth_issue()
    frappe.set_user(named_user("stranger@client.example", "Website User"))
    arguments = {"name": issue.name} if function == "set_status" else {"names": json.dumps([issue.name])}
    with pytest.raises(frappe.PermissionError):
        getattr(issue_status, function)(**arguments, status="Closed")
    assert frappe.db.get_value("Issue", issue.name, "status") == "Open"


def test_one_ticket_that_may_not_be_written_refuses_all():
    issue = growth_issue()
    secret = make_issue(make_contract("Growth", "2026-08-31"))
    agent = staff()
    frappe.get_doc(doctype="User Permission", user=agent, allow="Customer", for_value=issue.customer).insert()
    frappe.set_user(agent)
    with pytest.raises(frappe.PermissionError):
        issue_status.set_multiple_status([issue.name, secret.name], "Closed")
    assert frappe.db.get_value("Issue", issue.name, "status") == "Open"


def test_a_status_that_is_none_is_refused():
    with pytest.raises(frappe.ValidationError, match="Status"):
        issue_status.set_status(growth_issue().name, "Sleeping")


@pytest.mark.commits
def test_bulk_edit_in_the_list_reaches_the_clock():
    issue = growth_issue()
    submit_cancel_or_update_docs("Issue", [issue.name], "update", {"priority": "P1 Critical"})
    assert facts(issue)[-1] == ("Priority Changed", "P1 Critical")


def test_a_card_that_moves_on_a_board_reaches_the_clock():
    issue = growth_issue()
    frappe.set_value("Issue", issue.name, "status", "Resolved")  # what the board calls
    assert facts(issue)[-1] == ("Resolved", "")


def test_an_assignment_is_no_answer():
    issue = growth_issue()
    before = (due(issue), facts(issue))
    assign_to.add({"doctype": "Issue", "name": issue.name, "assign_to": [staff()]})
    assert (due(issue), facts(issue)) == before
    assert reloaded(issue).first_responded_on is None


@pytest.mark.commits
def test_tickets_that_erpnext_closes_by_itself_are_solved_for_the_clock():
    from erpnext.support.doctype.issue.issue import auto_close_tickets

    issue = growth_issue()
    set_status(issue, "Replied")
    frappe.db.set_value("Issue", issue.name, "modified", add_days(frappe.utils.now(), -8), update_modified=False)
    auto_close_tickets()
    assert (reloaded(issue).status, facts(issue)[-1]) == ("Closed", ("Resolved", ""))


def test_erpnexts_reset_of_the_sla_changes_nothing():
    from erpnext.support.doctype.service_level_agreement.service_level_agreement import reset_service_level_agreement

    issue = growth_issue(priority="P2 High")
    before = due(issue)
    frappe.db.set_single_value("Support Settings", "allow_resetting_service_level_agreement", 1)
    at("2026-09-15 10:00")
    reset_service_level_agreement("Issue", issue.name, "trying", "Administrator")
    assert (due(issue), facts(issue)) == (before, [("Opened", "")])


def test_a_pause_has_a_reason_and_another_reason_is_another_pause():
    issue = growth_issue()
    issue = reloaded(issue)
    issue.update({"status": "On Hold", "retainer_pause_reason": "Vendor"})
    issue.save()
    at("2026-09-14 12:00")
    issue.retainer_pause_reason = "Approval"
    issue.save()
    at("2026-09-14 13:00")
    set_status(issue, "Open")

    assert facts(issue) == [
        ("Opened", ""),
        ("Paused", "Vendor"),
        ("Resumed", ""),
        ("Paused", "Approval"),
        ("Resumed", ""),
    ]
    assert (reloaded(issue).retainer_pause_reason, reloaded(issue).total_hold_time) == (None, 3 * 3600)


def test_times_for_erpnexts_reports_are_working_seconds():
    issue = growth_issue(priority="P1 Critical")
    at("2026-09-14 12:00")
    say(issue, staff())
    at("2026-09-15 10:00")
    set_status(issue, "Resolved")
    issue = reloaded(issue)
    assert (issue.first_response_time, issue.user_resolution_time) == (2 * 3600, 9 * 3600)
    assert issue.resolution_time == 24 * 3600


def test_a_reply_soon_after_the_solution_opens_the_ticket_again():
    issue = growth_issue()
    set_status(issue, "Closed")
    at("2026-09-20 10:00")
    message = say(issue, named_user("client@client.example", "Website User"), "Received")
    assert (message.reference_name, reloaded(issue).status) == (issue.name, "Open")
    assert facts(issue)[-1] == ("Reopened", "")


def test_a_reply_long_after_the_solution_is_a_ticket_of_its_own():
    issue = growth_issue()
    client = named_user("client@client.example", "Website User")
    set_status(issue, "Closed")
    at("2026-10-01 10:00")
    message = say(issue, client, "Received")
    again = say(issue, client, "Received")

    follow_up = frappe.get_doc("Issue", message.reference_name)
    assert (follow_up.retainer_follow_up_of, follow_up.customer) == (issue.name, issue.customer)
    assert (follow_up.retainer_contract, follow_up.raised_by) == (issue.retainer_contract, client)
    assert again.reference_name == follow_up.name, "one follow-up, not one for each mail"
    assert (reloaded(issue).status, facts(issue)[-1]) == ("Closed", ("Resolved", ""))
    assert str(follow_up.response_by)[:10] > "2026-10-01"


def test_with_no_days_set_every_reply_opens_the_ticket_again():
    issue = growth_issue()
    set_status(issue, "Closed")
    frappe.db.set_single_value("Retainer Settings", "reopen_within_days", 0)
    at("2027-09-20 10:00")
    assert say(issue, named_user("client@client.example", "Website User"), "Received").reference_name == issue.name


def test_a_duplicate_gives_its_messages_away_and_closes():
    issue = growth_issue()
    duplicate = make_issue(customer=issue.customer)
    message = say(duplicate, "Administrator", "Received")
    file = frappe.get_doc(
        doctype="File", file_name="log.txt", content="x", attached_to_doctype="Issue", attached_to_name=duplicate.name
    ).insert()

    assert merge.merge(duplicate.name, issue.name) == issue.name
    duplicate = reloaded(duplicate)
    assert (duplicate.status, duplicate.retainer_merged_into) == ("Closed", issue.name)
    assert frappe.db.get_value("Communication", message.name, "reference_name") == issue.name
    assert frappe.db.get_value("File", file.name, "attached_to_name") == issue.name
    assert (facts(issue), facts(duplicate)[-1]) == ([("Opened", "")], ("Resolved", ""))


def test_what_cannot_be_merged_says_why():
    issue = growth_issue()
    duplicate = make_issue(customer=issue.customer)
    stranger = make_issue(customer=make_customer())
    for into, reason in ((issue.name, "itself"), (stranger.name, "one customer")):
        with pytest.raises(CannotMerge, match=reason):
            merge.merge(issue.name, into)
    merge.merge(duplicate.name, issue.name)
    with pytest.raises(CannotMerge, match="already merged"):
        merge.merge(duplicate.name, issue.name)


def test_a_stranger_merges_nothing():
    issue = growth_issue()
    duplicate = make_issue(customer=issue.customer)
    frappe.set_user(named_user("stranger@client.example", "Website User"))
    with pytest.raises(frappe.PermissionError):
        merge.merge(duplicate.name, issue.name)


def test_a_new_package_sets_the_clock_of_open_tickets_anew():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    issue = make_issue(contract, priority="P2 High")
    solved = make_issue(contract)
    set_status(solved, "Closed")
    slow = due(issue)

    at("2026-09-15 10:00")
    contract.reload()
    contract.append("terms", {"effective_from": "2026-09-15", "package": "Enterprise"})
    contract.save()
    assert facts(issue)[-1] == ("Policy Changed", "Enterprise SLA")
    assert (reloaded(issue).sla_policy, due(issue) < slow) == ("Enterprise SLA", True)
    assert reloaded(solved).sla_policy == "Growth SLA"


def test_an_edited_policy_reaches_open_tickets_with_the_next_sweep():
    from support_retainer.sla import sweep

    issue = growth_issue(priority="P2 High")
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    next(row for row in policy.targets if row.priority == "P2 High").response_time = 3600
    policy.save()
    moment = get_datetime("2026-09-14 10:00:01")
    sweep.work_off(sweep.utc_now(), sweep.Swept())
    assert due(issue) == "2026-09-14 11:00", moment
