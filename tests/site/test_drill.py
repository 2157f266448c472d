"""Every figure of the owner's reports leads to the rows that it adds up."""

import json
from urllib.parse import parse_qsl, unquote, urlsplit

import frappe
import pytest
from frappe.desk.query_report import run

from support_retainer.reporting import cards, drafts, sending
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at, on_contract, worked

pytestmark = pytest.mark.commits
SPAN = {"from_date": "2026-02-01", "to_date": "2026-02-28"}


@pytest.fixture
def client(site):
    at("2026-01-01 09:00")
    contract = make_contract("Growth", "2026-01-01", billing_anchor="Calendar Month")
    issue = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    at("2026-02-05 19:00")
    make_timesheet(worked(issue, "2026-02-03 10:00", 200), on_contract(contract, "2026-02-04 10:00", 100))
    bill("2026-02-05", contract)
    return contract


def report(name, **filters):
    company = frappe.defaults.get_global_default("company")
    return [row for row in run(name, {"company": company, **filters})["result"] if isinstance(row, dict)]


def rows_behind(address):
    """What the page at this address lists: rows of a report, or names of records."""
    parts = urlsplit(address)
    filters = {name: json.loads(text) if text[:1] == "[" else text for name, text in parse_qsl(parts.query)}
    kind, _, name = unquote(parts.path).removeprefix("/app/").partition("/")
    if kind == "query-report":
        return report(name, **filters)
    return frappe.get_list(kind.replace("-", " ").title(), filters, pluck="name", limit_page_length=0)


def test_hours_of_a_person_lead_to_the_time(client):
    worker = make_user("Retainer Agent")
    frappe.db.set_value("Timesheet", {"docstatus": 1}, "user", worker)
    row = next(row for row in report("Team Utilisation", **SPAN) if row["user"] == worker)
    for figure in ("worked", "on_contracts", "included", "charged"):
        assert row[figure] > 0
        assert sum(behind.hours for behind in rows_behind(row["drill"][figure])) == pytest.approx(row[figure])


def test_revenue_leads_to_the_invoices_and_hours_to_the_time(client):
    (row,) = (row for row in report("Profitability", by="Contract and Month", **SPAN) if row["contract"] == client.name)
    names = rows_behind(row["drill"]["revenue"])
    assert sum(frappe.db.get_value("Sales Invoice", name, "base_net_total") for name in names) == row["revenue"] > 0
    assert sum(behind.hours for behind in rows_behind(row["drill"]["hours"])) == pytest.approx(row["hours"])


def test_sold_hours_lead_to_the_contracts(client):
    (row,) = (row for row in report("Support Capacity", **SPAN) if row["sold"])
    assert client.name in rows_behind(row["drill"]["sold"])
    assert rows_behind(row["drill"]["available"]) == report("Team Utilisation", **SPAN)


def test_recurring_revenue_leads_to_the_contracts_of_the_month(client):
    rows = report("Monthly Recurring Revenue", to_month="2026-02-01", months=2)
    found = [(row["month"], row["drill"]["new"], row["drill"]["contracts"]) for row in rows if row["currency"] == "AED"]
    (_january, new, _all), (_february, nothing_new, contracts) = found
    assert client.name in rows_behind(new)
    assert nothing_new is None
    assert client.name in rows_behind(contracts)


@pytest.mark.parametrize("group_by", ["Client", "Package", "Priority", "Month"])
def test_kept_and_missed_promises_lead_to_the_tickets(client, group_by):
    answered = make_issue(client, opening_date="2026-02-03", opening_time="09:00:00", priority=None)
    frappe.db.set_value("Issue", answered.name, {"priority": None, "first_responded_on": "2026-02-03 09:10:00"})
    rows = report("SLA Compliance", group_by=group_by, customer=client.customer, **SPAN)
    for row in rows:
        for figure in ("tickets", "open", "response_met", "response_missed", "resolution_met", "resolution_missed"):
            assert len(rows_behind(row["drill"][figure])) == row[figure]
    assert sum(row["tickets"] for row in rows) == 2
    assert {sum(row[name] for row in rows) for name in ("response_met", "response_missed")} == {1}


def test_percentiles_lead_to_the_tickets_that_they_are_of(client):
    answered = make_issue(client, opening_date="2026-02-03", opening_time="09:00:00")
    stored = {"first_responded_on": "2026-02-03 09:10:00", "first_response_time": 600}
    frappe.db.set_value("Issue", answered.name, stored)
    wanted = {"group_by": "Client", "customer": client.customer, **SPAN}
    (row,) = report("Response and Resolution Percentiles", **wanted)
    assert [behind.issue for behind in rows_behind(row["drill"]["response_count"])] == [answered.name]
    assert (row["response_count"], row["resolution_count"]) == (1, len(rows_behind(row["drill"]["resolution_count"])))


def test_late_answers_lead_to_the_late_tickets_only(client):
    at("2026-03-02 09:00")
    answered = make_issue(client, opening_date="2026-02-03", opening_time="09:00:00")
    frappe.db.set_value("Issue", answered.name, "first_responded_on", "2026-02-03 09:10:00")
    late = frappe.db.get_value("Issue", {"retainer_contract": client.name, "name": ["!=", answered.name]})
    (row,) = (row for row in report("Renewal Risk") if row["contract"] == client.name)
    (address,) = (address for fact, address in row["links"] if fact == "50 % of first responses late")
    assert [behind.issue for behind in rows_behind(address)] == [late]


def test_unread_reports_lead_to_those_that_nobody_opened(client):
    at("2026-04-20 09:00")
    reader = make_client(client, receives_reports=1)
    made = [drafts.make(client.name, "Monthly", f"2026-0{month}-01") for month in (1, 2, 3)]
    for one in made:
        sending.send(one.name)
    sending.mark_read(made[0].reload(), reader)
    (row,) = (row for row in report("Renewal Risk") if row["contract"] == client.name)
    (address,) = (address for fact, address in row["links"] if fact.endswith("reports not opened"))
    assert sorted(rows_behind(address)) == sorted(one.name for one in made[1:])


def test_the_facts_of_a_risk_lead_to_what_they_were_counted_from(client):
    at("2026-05-20 09:00")
    (row,) = (row for row in report("Renewal Risk") if row["contract"] == client.name)
    assert row["facts"] == "; ".join(fact for fact, _address in row["links"])
    addresses = dict(row["links"])
    silent = next(address for fact, address in addresses.items() if fact.startswith("no ticket"))
    assert len(rows_behind(silent)) == 1
    assert all(isinstance(rows_behind(address), list) for address in addresses.values())


def test_a_metered_fee_counts_by_its_quantity_in_the_risk(site):
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    at("2026-02-05 09:00")
    contract = make_contract("Maintenance", "2026-01-01", quantity=6000)
    (row,) = (row for row in report("Renewal Risk") if row["contract"] == contract.name)
    assert row["monthly_fee"] == 8600


def test_the_cards_lead_to_rows_too(client):
    assert 'href="/app/query-report/Monthly%20Recurring%20Revenue"' in cards.recurring_revenue()

    make_issue(client, opening_date=frappe.utils.today(), opening_time="00:00:00", priority="P1 Critical")
    frappe.db.set_value("Issue", {"opening_date": frappe.utils.today()}, "response_by", "2026-01-01 00:00:00")
    card = cards.missed_this_month()
    assert card["value"] == len(report(card["route"][1], **card["route_options"])) > 0


def test_time_of_contracts_that_the_reader_may_not_see_is_left_out(client):
    with acting_as(make_user("Employee")), pytest.raises(frappe.PermissionError):
        report("Time Worked", **SPAN)
