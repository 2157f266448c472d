"""What happens to contracts by itself, and the reports that show it."""

import frappe
import pytest
from frappe.desk.query_report import run as run_report

from support_retainer.billing import uplifts, watch
from support_retainer.billing.worklog import worklog
from support_retainer.testing import bill, make_contract, make_fiscal_year, make_issue, make_timesheet


def report(name, **filters):
    return run_report(name, filters=filters)["result"]


@pytest.mark.commits
def test_an_uplift_is_a_row_of_terms_on_the_anniversary_and_comes_once(site):
    contract = make_contract("Growth", "2026-01-15", uplift_percent=10)
    make_fiscal_year("2027-01-15")
    assert uplifts.announce("2026-12-20") == [contract.name]
    assert uplifts.announce("2026-12-21") == []
    contract.reload()
    assert [(str(row.effective_from), row.monthly_fee) for row in contract.terms] == [
        ("2026-01-15", 450.0),
        ("2027-01-15", 495.0),
    ]


def test_no_uplift_is_announced_far_ahead_or_without_a_percentage(site):
    make_contract("Growth", "2026-01-15", uplift_percent=10)
    make_contract("Growth", "2026-01-15")
    assert uplifts.announce("2026-11-20") == []


@pytest.mark.commits
def test_the_weekly_audit_raises_one_todo_and_keeps_it_up_to_date(site):
    contract = make_contract("Growth", "2026-01-15")
    assert watch.audit_and_tell() > 0
    watch.audit_and_tell()
    todos = frappe.get_all("ToDo", filters={"reference_type": "Retainer Settings", "status": "Open"}, fields="*")
    assert len(todos) == len({todo.allocated_to for todo in todos}) > 0
    assert contract.name in todos[0].description


@pytest.mark.commits
def test_reports_and_annex_show_the_month(site):
    contract = make_contract("Growth", "2026-08-31")
    bill("2026-08-31", contract)
    issue = make_issue(contract, retainer_channel="Phone")
    day = "2026-09-14"
    make_timesheet(
        {"from_time": f"{day} 10:00:00", "minutes": 60, "issue": issue.name},
        {"from_time": f"{day} 12:00:00", "minutes": 90, "issue": issue.name, "activity_type": "Training"},
    )
    unbilled = report("Unbilled Usage", contract=contract.name)
    assert [(row["coverage"], row["minutes"], row["amount"]) for row in unbilled] == [("Hourly", 90, 225.0)]
    bill("2026-09-30", contract)
    assert report("Unbilled Usage", contract=contract.name) == []
    made = frappe.db.get_value(
        "Retainer Billing Period", {"contract": contract.name, "period_start": "2026-09-30"}, "sales_invoice"
    )
    assert [(row["coverage"], row["counted"]) for row in worklog(made)] == [
        ("Included", "1:00 h"),
        ("Hourly", "1:30 h"),
    ]
    printed = frappe.get_print("Sales Invoice", made, "Retainer Invoice with Worklog")
    assert "Training: 1.5 hours x AED 150.00" in printed
    assert report("Billing Audit", contract=contract.name, on="2026-10-15") == []
    assert [row["mrr"] for row in report("Monthly Recurring Revenue", months=1, to_month="2026-09-01")] == [450.0]
    forecast = report("Billing Forecast", customer=contract.customer, from_month="2026-10-01", months=2)
    assert [row["total"] for row in forecast] == [900.0]
    assert [
        row["what"] for row in report("Renewals and Notices", customer=contract.customer, from_date="2027-08-01")
    ] == ["Anniversary"]
