"""Where the time of a timesheet goes: included, beyond, outside hours, apart, free; and back again when cancelled."""

import frappe
import pytest

from support_retainer.exceptions import ContractNotActive, RetainerError
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.stories import (
    allow_foreign_currency,
    assert_books_balance,
    at,
    balances,
    decisions,
    entries,
    grant_warranty,
    on_contract,
    worked,
)


@pytest.fixture
def growth():
    """Four hours a month, 150 beyond, 300 outside Sunday to Thursday 9 to 18; it is Monday evening."""
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31")


def reasons(sheet) -> list[str]:
    return [row.retainer_coverage_reason for row in sheet.time_logs]


def test_a_draft_shows_what_submitting_it_would_draw(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 300), submit=False)
    (row,) = sheet.time_logs
    assert (row.retainer_coverage, row.retainer_billed_minutes) == ("Included", 300)
    assert "1:00 h at" in row.retainer_coverage_reason
    assert balances(growth) == {"Support Hours": 240}


def test_a_row_that_outlasts_the_pool_splits_where_the_pool_ends(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 300))
    assert decisions(sheet) == [("Included", 240), ("Overage", 60)]
    times = [(str(row.from_time)[11:16], str(row.to_time)[11:16], row.hours) for row in sheet.time_logs]
    assert times == [("10:00", "14:00", 4), ("14:00", "15:00", 1)]
    assert sheet.total_hours == 5
    assert (sheet.total_billable_hours, sheet.total_billable_amount) == (1, 150)


def test_rows_after_a_split_keep_their_order(growth):
    sheet = make_timesheet(
        on_contract(growth, "2026-09-14 09:00", 300),
        on_contract(growth, "2026-09-14 16:00", 30, "Training"),
        on_contract(growth, "2026-09-14 17:00", 30),
    )
    assert decisions(sheet) == [("Included", 240), ("Overage", 60), ("Hourly", 30), ("Overage", 30)]
    assert [row.idx for row in sheet.time_logs] == [1, 2, 3, 4]


def test_a_split_row_costs_the_company_no_more_than_the_whole(growth):
    frappe.db.set_value("Activity Type", "User Support", "costing_rate", 80)
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 300))
    sheet.reload()
    assert ([row.costing_amount for row in sheet.time_logs], sheet.total_costing_amount) == ([320, 80], 400)


def test_an_emergency_minimum_is_charged_but_not_worked_and_costs_what_was_worked(growth):
    frappe.db.set_value("Activity Type", "User Support", "costing_rate", 80)
    sheet = make_timesheet(worked(make_issue(growth), "2026-09-11 20:00", 30), submit=False)
    sheet.save()
    sheet.submit()
    assert decisions(sheet) == [("Emergency", 120)]
    assert (sheet.total_hours, sheet.total_billable_amount, sheet.total_costing_amount) == (0.5, 600, 40)


def test_a_row_over_the_end_of_support_hours_is_included_then_emergency(growth):
    sheet = make_timesheet(worked(make_issue(growth), "2026-09-14 16:30", 180))
    assert decisions(sheet) == [("Included", 90), ("Emergency", 120)]
    assert str(sheet.time_logs[0].to_time) == "2026-09-14 18:00:00"
    assert [row.billing_amount for row in sheet.time_logs] == [0, 600]


def test_the_emergency_minimum_counts_once_for_an_incident_over_several_sheets(growth):
    incident = make_issue(growth)
    starts = ("2026-09-11 20:00", "2026-09-11 21:00", "2026-09-12 20:00")
    sheets = [make_timesheet(worked(incident, start, 50)) for start in starts]
    assert [decisions(sheet) for sheet in sheets] == [[("Emergency", 120)], [("Emergency", 0)], [("Emergency", 30)]]
    assert (
        make_timesheet(worked(make_issue(growth), "2026-09-13 21:00", 10)).time_logs[0].retainer_billed_minutes == 120
    )


def test_a_second_row_of_the_sheet_knows_the_minimum_of_the_first(growth):
    incident = make_issue(growth)
    sheet = make_timesheet(worked(incident, "2026-09-11 20:00", 30), worked(incident, "2026-09-11 22:00", 100))
    assert decisions(sheet) == [("Emergency", 120), ("Emergency", 10)]


def test_where_emergencies_are_included_the_night_is_as_the_day():
    at("2026-09-14 19:30")
    contract = make_contract("Extreme", "2026-08-31")
    assert decisions(make_timesheet(on_contract(contract, "2026-09-12 02:00", 60))) == [("Included", 60)]


def test_training_is_hourly_and_monitoring_free_and_neither_draws(growth):
    sheet = make_timesheet(
        on_contract(growth, "2026-09-14 09:00", 60, "Training"),
        on_contract(growth, "2026-09-14 10:00", 60, "System Monitoring"),
        on_contract(growth, "2026-09-14 11:00", 60, "Custom Development"),
        on_contract(growth, "2026-09-14 12:00", 60, "On-Site Visit"),
    )
    assert [kind for kind, _ in decisions(sheet)] == ["Hourly", "Free", "Quoted", "Not Offered"]
    assert [row.is_billable for row in sheet.time_logs] == [1, 0, 0, 0]
    assert balances(growth) == {"Support Hours": 240}


def test_a_day_on_site_is_charged_by_the_day():
    at("2026-09-14 19:30")
    contract = make_contract("Professional", "2026-08-31")
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 8 * 60, "On-Site Visit"))
    assert decisions(sheet) == [("Daily", 480)]
    assert (sheet.time_logs[0].retainer_rate, sheet.total_billable_amount) == (2000, 2000)


def test_one_sheet_may_serve_two_contracts(growth):
    other = make_contract("Starter", "2026-08-31")
    sheet = make_timesheet(
        on_contract(growth, "2026-09-14 09:00", 60),
        on_contract(other, "2026-09-14 10:00", 150),
        on_contract(growth, "2026-09-14 13:00", 60),
    )
    assert decisions(sheet) == [("Included", 60), ("Included", 120), ("Overage", 30), ("Included", 60)]
    assert (balances(growth), balances(other)) == ({"Support Hours": 120}, {"Support Hours": 0})


def test_a_row_on_a_ticket_belongs_to_the_tickets_contract_whatever_was_typed(growth):
    other = make_contract("Starter", "2026-08-31")
    row = worked(make_issue(growth), "2026-09-14 10:00", 30) | {"retainer_contract": other.name}
    assert make_timesheet(row).time_logs[0].retainer_contract == growth.name


def test_a_row_that_leaves_the_contract_loses_its_decision(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 30, "Training"), submit=False)
    sheet.time_logs[0].retainer_contract = None
    sheet.save()
    (row,) = sheet.time_logs
    assert (row.retainer_coverage, row.retainer_billed_minutes, row.retainer_rate) == (None, 0, 0)


def test_time_before_the_contract_or_on_a_draft_is_refused_by_name(growth):
    with pytest.raises(RetainerError, match=growth.name):
        make_timesheet(on_contract(growth, "2026-08-30 10:00", 30))
    draft = make_contract("Starter", "2026-08-31", submit=False)
    with pytest.raises(ContractNotActive, match=r"Row 1.*Retainer Contract"):
        make_timesheet(on_contract(draft, "2026-09-14 10:00", 30))


def test_time_on_a_cancelled_contract_is_refused(growth):
    growth.reload()
    growth.cancel()
    with pytest.raises(frappe.CancelledLinkError, match="Retainer Contract"):
        make_timesheet(on_contract(growth, "2026-09-14 10:00", 30))


def test_time_in_a_period_that_has_not_begun_is_refused_instead_of_charged(growth):
    with pytest.raises(RetainerError, match=r"Row 1.*From Time"):
        make_timesheet(on_contract(growth, "2026-10-01 10:00", 30))
    assert make_timesheet(on_contract(growth, "2026-10-01 10:00", 30), submit=False).docstatus == 0


def test_warranty_work_draws_no_hours_and_bills_nothing(growth):
    issue = make_issue(growth)
    grant_warranty(issue, "Our Implementation", "2026-09-14")
    sheet = make_timesheet(worked(issue, "2026-09-12 03:00", 90))
    assert decisions(sheet) == [("Warranty", 0)]
    assert (sheet.total_billable_amount, balances(growth)) == (0, {"Support Hours": 240})


def test_phone_hours_go_by_the_channel_of_the_ticket():
    at("2026-09-14 19:30")
    allow_foreign_currency()
    contract = make_contract("Ongoing Support", "2026-09-01")
    call = make_issue(contract, retainer_channel="Phone")
    mail = make_issue(contract, retainer_channel="Email")
    sheet = make_timesheet(
        worked(call, "2026-09-14 18:00", 30, "Troubleshooting"), worked(mail, "2026-09-14 18:30", 45, "Troubleshooting")
    )
    assert decisions(sheet) == [("Included", 30), ("Included", 45)]
    assert balances(contract) == {"Phone Support": 570}
    assert "without limit" in reasons(sheet)[1]


def test_rounding_is_by_row_and_the_split_adds_up_to_the_rounded_row(growth):
    package = frappe.get_doc("Support Package", "Growth")
    next(row for row in package.coverage if row.activity_type == "User Support").rounding_minutes = 30
    package.save()
    contract = make_contract("Growth", "2026-08-31")
    first = make_timesheet(on_contract(contract, "2026-09-14 09:00", 200))
    second = make_timesheet(on_contract(contract, "2026-09-14 14:00", 40))
    assert decisions(first) == [("Included", 210)]
    assert decisions(second) == [("Included", 30), ("Overage", 30)]
    assert sum(row.hours for row in second.time_logs) == pytest.approx(40 / 60)


def test_cancelling_a_sheet_gives_its_hours_back_once(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 300))
    sheet.reload()
    sheet.cancel()
    assert balances(growth) == {"Support Hours": 240}
    assert sorted(entries(growth, "Usage", "Overage", "Reversal")) == [
        ("Overage", 0),
        ("Reversal", 0),
        ("Reversal", 240),
        ("Usage", -240),
    ]
    assert_books_balance(growth, "2026-08-30")


def test_an_amended_sheet_is_decided_anew(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 300))
    sheet.reload()
    sheet.cancel()
    amended = frappe.copy_doc(sheet)
    amended.amended_from = sheet.name
    amended.time_logs = [row for row in amended.time_logs if row.idx == 1]
    amended.time_logs[0].update({"to_time": "2026-09-14 11:00:00", "hours": 1})
    amended.insert()
    amended.submit()
    assert (decisions(amended), balances(growth)) == ([("Included", 60)], {"Support Hours": 180})


def test_the_ticket_shows_how_its_latest_time_was_covered(growth):
    issue = make_issue(growth)
    make_timesheet(worked(issue, "2026-09-14 10:00", 60, "Training"))
    issue.reload()
    assert (issue.retainer_coverage, "Not part of Growth" in issue.retainer_coverage_reason) == ("Hourly", True)
