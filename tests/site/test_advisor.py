"""The advisor replays what really happened: a contract's own package gives its own invoices, to the cent."""

from datetime import date
from decimal import Decimal

import frappe
import pytest

from support_retainer.exceptions import NothingToDo
from support_retainer.reporting import advisor, advisor_api, site_history
from support_retainer.reporting.site_history import Whose
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from support_retainer.testing.factories import load_catalogue_of
from tests.support.people import acting_as, make_user
from tests.support.stories import allow_foreign_currency, at, on_contract, worked


def sent(contract):
    """(first day of the period, net total) of every invoice and credit note of a contract, in the order of periods."""
    found = []
    periods = frappe.get_all(
        "Retainer Billing Period",
        {"contract": contract.name, "status": "Invoiced"},
        ["period_start", "sales_invoice", "credit_note"],
        order_by="period_start",
    )
    for period in periods:
        names = [name for name in (period.sales_invoice, period.credit_note) if name]
        net = sum(Decimal(str(frappe.db.get_value("Sales Invoice", name, "net_total"))) for name in names)
        found.append((period.period_start, net))
    return found


def replayed(contract, until):
    outcome = advisor.replay(frappe.get_doc("Retainer Contract", contract.name), date.fromisoformat(until))
    return [(invoice.period.start, invoice.total) for invoice in outcome.invoices if not invoice.is_closing]


@pytest.mark.commits
def test_his_own_package_gives_exactly_the_invoices_that_were_sent(site):
    """Overage, emergencies of one incident, rounding, a warranty claim, a manager's word, travel, and a split row."""
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    one = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    night = make_issue(contract, opening_date="2026-02-03", opening_time="20:00:00", priority="P1 Critical")
    mine = make_issue(contract, opening_date="2026-02-04", opening_time="09:00:00", retainer_cause="Data Migration")
    make_timesheet(worked(one, "2026-02-02 09:00", 187), worked(one, "2026-02-02 14:00", 100))
    make_timesheet(worked(night, "2026-02-03 20:10", 25), worked(night, "2026-02-03 23:00", 130))
    make_timesheet(worked(mine, "2026-02-04 10:00", 95))
    make_timesheet(on_contract(contract, "2026-02-05 10:00", 61, "Training"))
    at("2026-02-28 09:00")
    bill("2026-02-28", contract)
    make_timesheet(worked(one, "2026-03-02 17:00", 120), worked(night, "2026-03-03 22:00", 10))
    at("2026-04-30 09:00")
    bill("2026-04-30", contract)

    assert len(sent(contract)) == 4
    assert sum(amount for _start, amount in sent(contract)) > 4 * 450
    assert replayed(contract, "2026-04-30") == sent(contract)


@pytest.mark.commits
def test_a_calendar_month_contract_with_a_part_month_and_an_uplift(site):
    at("2026-01-13 09:00")
    contract = make_contract("Growth", "2026-01-13", billing_anchor="Calendar Month")
    contract.append("terms", {"effective_from": "2026-03-17", "monthly_fee": 499})
    contract.save()
    at("2026-02-04 09:00")
    make_timesheet(on_contract(contract, "2026-01-20 10:00", 333), on_contract(contract, "2026-02-03 10:00", 271))
    at("2026-04-01 09:00")
    bill("2026-04-01", contract)

    assert len(sent(contract)) == 4
    assert sent(contract)[0][1] < 450
    assert replayed(contract, "2026-04-01") == sent(contract)


@pytest.mark.commits
def test_a_contract_in_another_currency_with_pools_by_activity(site):
    at("2026-01-31 09:00")
    allow_foreign_currency()
    contract = make_contract("Standard", "2026-01-31")
    at("2026-03-01 09:00")
    rows = [("2026-02-03 10:00", 77), ("2026-02-27 10:00", 103)]
    make_timesheet(*(on_contract(contract, start, minutes, "Content Update") for start, minutes in rows))
    at("2026-03-31 09:00")
    bill("2026-03-31", contract)

    assert replayed(contract, "2026-03-31") == sent(contract)


def test_rows_that_were_split_are_replayed_as_they_were_typed(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    at("2026-02-02 19:00")
    sheet = make_timesheet(on_contract(contract, "2026-02-02 09:00", 300))
    assert len(sheet.time_logs) == 2
    history = site_history.read(Whose(contract.customer, contract.name), date(2026, 1, 31), date(2026, 2, 27))
    assert [row.work.minutes for row in history.rows] == [300]


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


def test_only_who_reads_the_client_and_the_prices_is_told(site):
    contract = busy_client()
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        advisor_api.advise("Retainer Contract", contract.name, 12)
    with pytest.raises(frappe.PermissionError):
        advisor_api.advise("User", "Administrator", 12)


@pytest.mark.commits
def test_the_command_replays_a_contract_of_the_site(site, bench):
    contract = busy_client()
    frappe.db.commit()
    done = bench("retainer", "simulate", "--contract", contract.name, "--months", "36")
    assert done.returncode == 0, done.stderr
    assert "Professional" in done.stdout
    assert "20 % more tickets" in done.stdout
