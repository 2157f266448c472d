"""A defect within the warranty: the cause decides, a manager may give more, the client disputes once."""

import frappe
import pytest

from support_retainer.exceptions import AlreadyDecided, DecisionNeedsReason, ManagersOnly, NotAContact, WrongCustomer
from support_retainer.hours import warranty, warranty_api, warranty_time
from support_retainer.portal import warranty as portal
from support_retainer.testing import make_contract, make_customer, make_issue, make_timesheet
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at, balances, decisions, worked
from tests.support.web import Web, with_password

AGENT = ("Retainer Agent", "Support Team", "Maintenance User")
REASON = "Reproduced in a standard test instance"


@pytest.fixture
def client(site):
    return make_user("Customer", user_type="Website User")


@pytest.fixture
def growth(client):
    """Warranty until 29 November; it is Monday evening, 14 September."""
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31", contacts=[{"user": client}])


def claim_on(contract, reported="2026-09-14", **values):
    claim = warranty.claim_for(make_issue(contract, opening_date=reported))
    claim.update(values)
    return claim


def decided(contract, cause, decision, reported="2026-09-14"):
    return claim_on(contract, reported, cause=cause, decision=decision, decision_reason=REASON).save()


def test_a_ticket_becomes_a_claim_once(growth):
    issue = make_issue(growth, retainer_cause="Data Migration")
    claim = warranty.claim_for(issue)
    assert (claim.decision, claim.cause, claim.customer) == ("Pending", "Data Migration", growth.customer)
    assert "covered by the warranty until" in claim.retainer_proposal
    assert warranty.claim_for(issue).name == claim.name


def test_a_decision_needs_its_reason(growth):
    claim = claim_on(growth, cause="Our Implementation", decision="Covered")
    with pytest.raises(DecisionNeedsReason, match="Decision Reason"):
        claim.save()


def test_an_agent_grants_what_the_warranty_covers(growth):
    with acting_as(make_user(*AGENT)) as agent:
        claim = decided(growth, "Our Configuration", "Covered")
    assert (claim.retainer_decided_by, claim.retainer_goodwill) == (agent, 0)


@pytest.mark.parametrize(
    ("cause", "reported", "why"),
    [("ERPNext Core", "2026-09-14", "not a fault"), ("Our Implementation", "2026-11-30", "after the warranty ended")],
)
def test_an_agent_grants_nothing_beyond_it(growth, cause, reported, why):
    at("2026-11-30 10:00")
    with acting_as(make_user(*AGENT)), pytest.raises(ManagersOnly, match=why):
        decided(growth, cause, "Covered", reported)


def test_what_a_manager_grants_beyond_it_is_goodwill_and_free(growth):
    at("2026-11-30 19:30")
    with acting_as(make_user(*AGENT, "Retainer Manager")):
        claim = decided(growth, "Our Implementation", "Covered", "2026-11-30")
    assert claim.retainer_goodwill == 1
    sheet = make_timesheet(worked(frappe.get_doc("Issue", claim.issue), "2026-11-30 10:00", 60))
    assert decisions(sheet) == [("Warranty", 0)]


def test_covered_work_draws_and_charges_nothing_and_its_price_is_known(growth):
    claim = decided(growth, "Our Integration", "Covered")
    sheet = make_timesheet(worked(frappe.get_doc("Issue", claim.issue), "2026-09-14 10:00", 300))
    assert decisions(sheet) == [("Warranty", 0)]
    assert balances(growth) == {"Support Hours": 240}
    standing = warranty_time.standing(claim)
    assert (standing["minutes"], standing["price"], standing["late"]) == (300, 150.0, [])


def test_time_that_was_submitted_before_is_named_and_left_alone(growth):
    claim = claim_on(growth)
    sheet = make_timesheet(worked(frappe.get_doc("Issue", claim.issue), "2026-09-14 10:00", 60))
    claim.update({"cause": "Data Migration", "decision": "Covered", "decision_reason": REASON}).save()
    assert sheet.name in str(frappe.message_log[-1])
    assert decisions(sheet) == [("Included", 60)]
    assert warranty_time.standing(claim)["late"] == [sheet.name]


def test_a_claim_follows_its_ticket_to_one_customer(growth):
    claim = claim_on(growth, customer=make_customer())
    with pytest.raises(WrongCustomer):
        claim.save()


def test_a_client_disputes_once(growth, client):
    claim = decided(growth, "User Error", "Not Covered")
    disputed = warranty.dispute(claim.name, client, "Nobody trained us on this")
    assert (disputed.decision, disputed.retainer_disputed_by) == ("Pending", client)
    disputed.update({"decision": "Not Covered", "decision_reason": "The training is on record"}).save()
    with pytest.raises(AlreadyDecided):
        warranty.dispute(claim.name, client, "Still")


def test_a_stranger_disputes_nothing(growth):
    claim = decided(growth, "User Error", "Not Covered")
    with pytest.raises(NotAContact):
        warranty.dispute(claim.name, make_user("Customer", user_type="Website User"), "Mine")
    assert frappe.db.get_value("Warranty Claim", claim.name, "decision") == "Not Covered"


def test_a_claim_on_no_contract_stays_as_erpnext_has_it(site):
    claim = frappe.get_doc(
        doctype="Warranty Claim", customer=make_customer(), complaint="A broken chair", decision="Covered"
    ).insert()
    assert not claim.retainer_proposal


def test_an_agent_opens_a_claim_from_the_ticket_and_sees_no_cost(growth):
    issue = make_issue(growth)
    make_timesheet(worked(issue, "2026-09-14 10:00", 60))
    with acting_as(make_user("Retainer Agent", "Support Team")):
        name = warranty_api.claim(issue.name)
        assert warranty_api.claim(issue.name) == name
        answer = warranty_api.standing(name)
    assert answer["minutes"] == 60
    assert "cost" not in answer


def test_a_manager_sees_what_the_work_cost_us(growth):
    issue = make_issue(growth)
    sheet = make_timesheet(worked(issue, "2026-09-14 10:00", 60))
    frappe.db.set_value("Timesheet Detail", sheet.time_logs[0].name, "base_costing_amount", 42)
    with acting_as(make_user("Retainer Manager", "Support Team")):
        assert warranty_api.standing(warranty_api.claim(issue.name))["cost"] == 42


def test_a_website_user_gets_nothing_from_the_desk(growth, client):
    claim = claim_on(growth)
    with acting_as(client):
        with pytest.raises(frappe.PermissionError):
            warranty_api.claim(claim.issue)
        with pytest.raises(frappe.PermissionError):
            warranty_api.standing(claim.name)


def test_desk_users_of_other_roles_make_no_claims(growth):
    issue = make_issue(growth)
    with acting_as(make_user("Support Team")), pytest.raises(frappe.PermissionError):
        warranty_api.claim(issue.name)


def test_the_client_reads_decision_and_reason_and_disputes_in_the_portal(growth, client):
    claim = decided(growth, "User Error", "Not Covered")
    with acting_as(client):
        (shown,) = portal.claims()
        assert (shown["decision"], shown["decision_reason"], shown["may_dispute"]) == ("Not Covered", REASON, True)
        portal.dispute(claim.name, "Nobody trained us on this")
        (shown,) = portal.claims()
    assert (shown["decision"], shown["may_dispute"]) == ("Pending", False)


def test_a_stranger_sees_no_claims_and_disputes_none(growth):
    claim = decided(growth, "User Error", "Not Covered")
    with acting_as(make_user("Customer", user_type="Website User")):
        with pytest.raises(frappe.PermissionError):
            portal.claims()
        for name in (claim.name, "SER-WRN-0000-00000"):
            with pytest.raises(frappe.PermissionError):
                portal.dispute(name, "Mine")


def test_the_triage_leads_to_a_cause_and_the_cause_to_what_the_warranty_says(growth):
    claim = claim_on(
        growth, retainer_reproduced="Only on the client's site", retainer_changed="Our data migration"
    ).save()
    assert (claim.retainer_suggested_cause, claim.cause) == ("Data Migration", "Data Migration")
    assert "covered by the warranty until" in claim.retainer_proposal
    claim.update({"cause": "User Error", "retainer_changed": "Our code"}).save()
    assert (claim.retainer_suggested_cause, claim.cause) == ("Our Implementation", "User Error")


def triaged(claim, changed, **values):
    given = {"contract": claim.retainer_contract, "on": str(claim.complaint_date), "reproduced": "Nowhere"}
    return warranty_api.triage(**{**given, "changed": changed, "issue": claim.issue, **values})


def test_the_answers_say_what_follows_before_anything_is_saved(growth):
    claim = claim_on(growth)
    make_timesheet(worked(frappe.get_doc("Issue", claim.issue), "2026-09-14 10:00", 300))
    with acting_as(make_user(*AGENT)):
        ours, theirs = triaged(claim, "Our integration"), triaged(claim, "A change of the client")
    assert (ours["suggested"], ours["decision"]) == ("Our Integration", "Covered")
    assert (theirs["suggested"], theirs["decision"]) == ("Client Change", "Not Covered")
    assert "not a fault of the implementation" in theirs["says"]
    assert (theirs["minutes"], theirs["price"]) == (300, 150.0)
    assert [(part["coverage"], part["amount"]) for part in theirs["hour_more"]] == [("Emergency", 600)]
    assert "cost" not in theirs
    assert not frappe.db.get_value("Warranty Claim", claim.name, "retainer_changed")


def test_a_cause_that_somebody_named_stands_against_the_evidence(growth):
    found = triaged(claim_on(growth), "Our code", cause="Third Party")
    assert (found["suggested"], found["cause"], found["decision"]) == (
        "Our Implementation",
        "Third Party",
        "Not Covered",
    )


def test_the_triage_takes_no_made_up_answer_and_no_stranger(growth, client):
    claim = claim_on(growth)
    with pytest.raises(frappe.ValidationError, match="no answer"):
        triaged(claim, "Sabotage")
    for user in (client, make_user("Projects User")):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            triaged(claim, "Our code")


def test_who_sees_own_tickets_only_reads_the_claims_on_those(growth):
    narrow = make_client(growth, tickets="Own")
    decided(growth, "User Error", "Not Covered")
    own = warranty.claim_for(make_issue(growth, raised_by=narrow))
    with acting_as(narrow):
        assert [row["name"] for row in portal.claims()] == [own.name]


def test_who_sees_own_tickets_only_disputes_no_claim_of_a_colleague(growth):
    narrow, colleague = make_client(growth, tickets="Own"), make_client(growth)
    claim = warranty.claim_for(make_issue(growth, raised_by=colleague))
    with acting_as(narrow), pytest.raises(frappe.PermissionError):
        portal.dispute(claim.name, "I disagree")
    assert not frappe.db.get_value("Warranty Claim", claim.name, "retainer_disputed_on")


@pytest.mark.commits
def test_the_page_of_a_ticket_shows_the_decision_and_takes_one_objection(growth, site):
    claim = decided(growth, "User Error", "Not Covered")
    web = Web(site, with_password(make_client(growth)))
    page = web.get(f"/support/tickets/{claim.issue}").text
    assert "Not covered by the warranty" in page
    assert REASON in page
    assert (
        web.call("support_retainer.portal.warranty.dispute", claim=claim.name, text="Never trained").status_code == 200
    )
    page = web.get(f"/support/tickets/{claim.issue}").text
    assert "Never trained" in page
    assert 'id="dispute"' not in page
