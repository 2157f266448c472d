"""The advisor replays what really happened: a contract's own package gives its own invoices, to the cent."""

from datetime import date
from decimal import Decimal

import frappe
import pytest

from support_retainer.exceptions import NothingToDo, UnreadableFile
from support_retainer.reporting import advisor, advisor_api, site_history
from support_retainer.reporting.site_history import Whose
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from support_retainer.testing.factories import load_catalogue_of
from tests.support.people import acting_as, make_user
from tests.support.stories import at, on_contract, worked


def test_rows_that_were_split_are_replayed_as_they_were_typed(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    at("2026-02-02 19:00")
    sheet = make_timesheet(on_contract(contract, "2026-02-02 09:00", 300), on_contract(contract, "2026-02-02 14:00", 9))
    assert len(sheet.time_logs) == 3
    history = site_history.read(Whose(contract.customer, contract.name), date(2026, 1, 31), date(2026, 2, 27))
    assert [row.work.minutes for row in history.rows] == [300, 9]


def test_a_decided_claim_is_part_of_what_happened(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    issue = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00", retainer_cause="Data Migration")
    history = site_history.read(Whose(contract.customer, contract.name), date(2026, 1, 31), date(2026, 2, 27))
    claimed = frappe.db.exists("Warranty Claim", {"issue": issue.name, "decision": "Covered"})
    assert [ticket.under_warranty for ticket in history.tickets] == [bool(claimed)]


def busy_client():
    """Three months on Starter with more work than two hours each."""
    at("2026-01-31 09:00")
    contract = make_contract("Starter", "2026-01-31")
    for tuesday, wednesday in (("02-10", "02-11"), ("03-10", "03-11"), ("04-07", "04-08")):
        issue = make_issue(contract, opening_date=f"2026-{tuesday}", opening_time="09:00:00")
        at(f"2026-{wednesday} 18:30")
        make_timesheet(worked(issue, f"2026-{tuesday} 09:00", 300), worked(issue, f"2026-{wednesday} 09:00", 300))
    at("2026-04-29 09:00")
    return contract


def test_a_client_who_needs_more_hours_is_advised_a_larger_package(site):
    contract = busy_client()
    advised = advisor.advise("Retainer Contract", contract.name)
    assert {outcome.offer.terms.package for outcome in advised.outcomes} == {
        "Starter",
        "Growth",
        "Professional",
        "Enterprise",
        "Extreme",
    }
    assert advised.own == "Starter"
    assert advised.advice.best.offer.terms.package == "Professional"
    assert [pair[:2] for pair in advised.break_even()][:1] == [("Starter", "Growth")]
    assert advised.best_with_more()


def test_what_the_desk_shows(site):
    contract = busy_client()
    shown = advisor_api.advise("Customer", contract.customer, 12)
    starter = next(row for row in shown["packages"] if row["package"] == "Starter")
    assert len(starter["months"]) == 3
    assert starter["total"] == sum(Decimal(month["total"]) for month in starter["months"])
    assert shown["sentences"][0]
    assert shown["currency"] == "AED"


def test_a_lead_is_advised_from_his_issues_alone(site):
    at("2026-04-01 09:00")
    load_catalogue_of("Growth")
    lead = frappe.get_doc(doctype="Lead", lead_name="Layla", email_id="layla@lead.example").insert()
    make_issue(None, lead=lead.name, opening_date="2026-03-02", opening_time="09:00:00")
    advised = advisor.advise("Lead", lead.name)
    assert len(advised.history.tickets) == 1
    assert advised.advice.best.offer.terms.package


def test_nobody_without_a_history_is_advised(site):
    at("2026-04-01 09:00")
    load_catalogue_of("Growth")
    with pytest.raises(NothingToDo, match="nothing to replay"):
        advisor.advise("Customer", make_customer())


@pytest.fixture
def lead(site):
    at("2026-04-01 09:00")
    load_catalogue_of("Growth")
    return frappe.get_doc(doctype="Lead", lead_name="Layla", email_id="layla@lead.example").insert()


def attached(lead, text, name="tickets.csv"):
    values = {"file_name": name, "content": text, "is_private": 1}
    return frappe.get_doc(
        doctype="File", attached_to_doctype=lead.doctype, attached_to_name=lead.name, **values
    ).insert()


FRESHDESK = """Ticket ID,Subject,Status,Priority,Source,Created time,Resolved time,Initial response time,Time tracked
7,Login,Closed,Low,Portal,2026-02-02 09:00:00,2026-02-05 16:00:00,2026-02-02 09:30:00,11:45:00
8,Tax,Closed,,Portal,2026-02-03 09:00:00,2026-02-05 16:00:00,,01:00:00
9,Print,Closed,High,Email,2026-03-03 09:00:00,2026-03-05 16:00:00,2026-03-03 09:10:00,
"""


def test_a_lead_without_a_history_is_told_so(lead):
    shown = advisor_api.advise("Lead", lead.name)
    assert shown == {"nothing": shown["nothing"]}
    assert "Layla</strong> has no tickets and no time" in shown["nothing"]
    assert frappe.local.message_log == []


def test_a_lead_is_advised_on_the_export_of_his_helpdesk(lead):
    file = attached(lead, FRESHDESK)
    shown = advisor_api.advise_on_file("Lead", lead.name, file.name, "freshdesk", "User Support")
    assert (shown["tickets"], shown["time_entries"], shown["lines"], shown["bad_lines"]) == (2, 1, 3, 1)
    assert shown["problems"] == [
        "Line 3: has no priority; say with Priority of Tickets without One what such tickets count as"
    ]
    assert len(shown["packages"]) == 5
    assert shown["best"]
    assert shown["notes"][0].startswith("Priorities of Freshdesk count as urgent = P1 Critical")
    answered = {"doctype": "Lead", "name": lead.name, "file": file.name, "default_priority": "P3 Medium"}
    assert advisor_api.advise_on_file(product="freshdesk", activity_type="User Support", **answered)["bad_lines"] == 0


@pytest.mark.parametrize(
    ("text", "product", "said"),
    [
        (FRESHDESK, "freshdesk", "Say it with Kind of Work, in the words of the packages"),
        (FRESHDESK, "zendesk", "no export of Zendesk.*Id, Created at, Solved at are missing"),
        (FRESHDESK, "", "lacks the columns ticket"),
        ("ticket,opened_at,priority,activity_type,work_start,minutes\n1,2.2.26,P1,,,\n", "", "Line 2: opened_at is"),
        (FRESHDESK, "otrs", "Choose the helpdesk"),
    ],
)
def test_a_file_that_says_nothing_is_refused_with_what_to_do(lead, text, product, said):
    with pytest.raises(UnreadableFile, match=said):
        advisor_api.advise_on_file("Lead", lead.name, attached(lead, text).name, product)


def test_nobody_is_advised_on_a_file_of_somebody_else(lead):
    other = frappe.get_doc(doctype="Lead", lead_name="Omar", email_id="omar@lead.example").insert()
    file = attached(other, FRESHDESK).name
    with pytest.raises(frappe.PermissionError):
        advisor_api.advise_on_file("Lead", lead.name, file, "freshdesk", "User Support")
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        advisor_api.advise_on_file("Lead", other.name, file, "freshdesk", "User Support")


def test_only_who_reads_the_client_and_the_prices_is_told(site):
    contract = busy_client()
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        advisor_api.advise("Retainer Contract", contract.name, 12)
    with pytest.raises(frappe.PermissionError):
        advisor_api.advise("User", "Administrator", 12)


def test_what_no_other_package_can_be_tried_with_is_said(site):
    contract = busy_client()
    frappe.get_doc(
        doctype="Hour Adjustment",
        contract=contract.name,
        pool="Support Hours",
        hours=1.5,
        minutes=90,
        reason="Goodwill",
    ).insert().submit()
    (sentence,) = advisor.advise("Retainer Contract", contract.name).left_out
    assert sentence.startswith("Left out: 1:30 h that were sold or given apart")


def test_his_own_package_is_tried_at_the_fee_that_he_agreed_to(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31", monthly_fee=400)
    at("2026-02-10 19:00")
    make_timesheet(on_contract(contract, "2026-02-10 10:00", 60))
    shown = advisor_api.advise("Retainer Contract", contract.name, 12)
    assert [row["monthly_fee"] for row in shown["packages"] if row["package"] == "Growth"] == [400]


@pytest.mark.commits
def test_the_command_replays_a_contract_of_the_site(site, bench):
    contract = busy_client()
    bill("2026-04-29", contract)
    frappe.db.commit()
    done = bench("retainer", "simulate", "--contract", contract.name, "--months", "36")
    assert done.returncode == 0, done.stderr
    assert "Professional" in done.stdout
    assert "20 % more tickets" in done.stdout
    assert "Replayed as it was, the contract gives what was invoiced for 3 periods" in done.stdout


@pytest.mark.commits
def test_an_invoice_that_the_terms_do_not_explain_is_told(site, bench):
    contract = busy_client()
    bill("2026-04-29", contract)
    invoiced = {"contract": contract.name, "status": "Invoiced"}
    invoice = frappe.db.get_value("Retainer Billing Period", invoiced, "sales_invoice")
    frappe.db.set_value("Sales Invoice Item", {"parent": invoice}, "amount", 149)
    frappe.db.commit()
    done = bench("retainer", "simulate", "--contract", contract.name)
    assert done.returncode == 1
    assert f"{invoice} " in done.stdout
    assert "invoiced were" in done.stdout
