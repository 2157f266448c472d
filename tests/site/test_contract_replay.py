"""A live contract replayed by the simulator gives the invoices that were sent, to the cent, whatever happened to it."""

import json

import frappe
import pytest

from support_retainer.billing import api as billing_api
from support_retainer.hours import approvals, estimate_invoice, estimates, package_change
from support_retainer.offboarding import notice
from support_retainer.reporting import contract_record, policies
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from tests.support.additional_work import estimate, on_task
from tests.support.people import make_user
from tests.support.stories import allow_foreign_currency, assert_books_balance, at, on_contract, worked

pytestmark = pytest.mark.commits


def sent_and_replayed(contract):
    """Amounts of every settled period, first as sent, then as replayed; none of them may differ."""
    contract.reload()
    compared = contract_record.compare(contract)
    sent = [(str(row.start), row.sent) for row in compared]
    assert [(str(row.start), row.replayed) for row in compared] == sent
    return [float(amount) for _start, amount in sent]


def growth(go_live="2026-01-31", **values):
    """Four hours a month for 450, 150 for each hour more."""
    at(f"{go_live} 09:00")
    return make_contract("Growth", go_live, **values)


def billed(contract, day, time="09:30"):
    at(f"{day} {time}")
    bill(day, contract)


def log(moment, *rows, **values):
    """Submitted at this moment, whenever the work was."""
    at(moment)
    return make_timesheet(*rows, **values)


def test_overage_emergencies_rounding_a_claim_a_visit_and_a_split_row():
    contract = growth()
    one = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    night = make_issue(contract, opening_date="2026-02-03", opening_time="20:00:00", priority="P1 Critical")
    mine = make_issue(contract, opening_date="2026-02-04", opening_time="09:00:00", retainer_cause="Data Migration")
    billed(contract, "2026-01-31")
    log("2026-02-02 19:00", worked(one, "2026-02-02 09:00", 187), worked(one, "2026-02-02 14:00", 100))
    log("2026-02-04 08:00", worked(night, "2026-02-03 20:10", 25), worked(night, "2026-02-03 23:00", 130))
    log("2026-02-04 19:00", worked(mine, "2026-02-04 10:00", 95))
    log("2026-02-05 19:00", on_contract(contract, "2026-02-05 10:00", 61, "Training"))
    billed(contract, "2026-02-28")
    log("2026-03-02 19:30", worked(one, "2026-03-02 17:00", 120))
    log("2026-03-04 08:00", worked(night, "2026-03-03 22:00", 10))
    billed(contract, "2026-04-30")
    amounts = sent_and_replayed(contract)
    assert len(amounts) == 4
    assert sum(amounts) > 4 * 450


def test_a_part_first_month_with_its_share_of_the_hours_and_an_uplift():
    frappe.db.set_single_value("Retainer Settings", "prorate_first_hours", 1)
    contract = growth("2026-01-13", billing_anchor="Calendar Month")
    contract.append("terms", {"effective_from": "2026-03-17", "monthly_fee": 499})
    contract.save()
    billed(contract, "2026-01-13")
    log("2026-01-20 19:00", on_contract(contract, "2026-01-20 10:00", 333))
    log("2026-02-03 19:00", on_contract(contract, "2026-02-03 10:00", 271))
    billed(contract, "2026-04-01")
    first, second, *_rest = sent_and_replayed(contract)
    assert first < 450
    assert second == 450 + round((333 - round(240 * 19 / 31)) / 60 * 150, 2)


def test_pools_by_activity_in_another_currency():
    at("2026-01-31 09:00")
    allow_foreign_currency()
    contract = make_contract("Standard", "2026-01-31")
    log("2026-02-03 19:00", on_contract(contract, "2026-02-03 10:00", 77, "Content Update"))
    log("2026-02-27 19:00", on_contract(contract, "2026-02-27 10:00", 103, "Content Update"))
    billed(contract, "2026-03-31")
    assert sum(sent_and_replayed(contract)) > 0


def test_hours_that_were_topped_up_and_lapsed():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-02 19:00", on_contract(contract, "2026-02-02 09:00", 300))
    at("2026-02-03 09:00")
    sell(contract, hours=2, days=5)
    log("2026-02-04 19:00", on_contract(contract, "2026-02-04 09:00", 90))
    log("2026-02-19 19:00", on_contract(contract, "2026-02-19 10:00", 60))
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract) == [450, 450 + 150 + 150]


def test_a_top_up_whose_invoice_was_cancelled():
    contract = growth()
    billed(contract, "2026-01-31")
    at("2026-02-03 09:00")
    pack = sell(contract, hours=2, days=60)
    log("2026-02-04 19:00", on_contract(contract, "2026-02-04 09:00", 270))
    at("2026-02-05 09:00")
    pack.cancel()
    log("2026-02-06 19:00", on_contract(contract, "2026-02-06 09:00", 60))
    billed(contract, "2026-02-28")
    (first, second) = sent_and_replayed(contract)
    assert (first, second > 450) == (450, True)


def sell(contract, *, hours, days):
    if not frappe.db.exists("Item", "Some Hours"):
        frappe.get_doc(
            doctype="Item", item_code="Some Hours", item_group="All Item Groups", stock_uom="Nos", is_stock_item=0
        ).insert()
    frappe.get_doc("Item", "Some Hours").update({"retainer_top_up_hours": hours, "retainer_top_up_days": days}).save()
    today = frappe.utils.getdate(frappe.flags.current_time)
    invoice = frappe.get_doc(
        doctype="Sales Invoice",
        customer=contract.customer,
        posting_date=today,
        due_date=today,
        set_posting_time=1,
        retainer_contract=contract.name,
    )
    invoice.append("items", {"item_code": "Some Hours", "qty": 1, "rate": 200})
    invoice.insert()
    return invoice.submit()


def test_hours_given_and_taken_by_hand():
    contract = growth()
    billed(contract, "2026-01-31")
    at("2026-02-02 09:00")
    adjust(contract, 60)
    log("2026-02-02 19:00", on_contract(contract, "2026-02-02 10:00", 200))
    at("2026-02-03 09:00")
    taken = adjust(contract, -90)
    log("2026-02-03 19:00", on_contract(contract, "2026-02-03 10:00", 45))
    at("2026-02-04 09:00")
    taken.cancel()
    log("2026-02-04 19:00", on_contract(contract, "2026-02-04 10:00", 100))
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract) == [450, 450 + round((345 - 300) / 60 * 150, 2)]


def adjust(contract, minutes):
    return (
        frappe.get_doc(
            doctype="Hour Adjustment",
            contract=contract.name,
            pool="Support Hours",
            hours=minutes / 60,
            minutes=minutes,
            reason="Agreed by phone",
        )
        .insert()
        .submit()
    )


def test_time_that_was_logged_after_its_period_was_invoiced():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-02 19:00", on_contract(contract, "2026-02-02 10:00", 230))
    billed(contract, "2026-02-28")
    log("2026-03-02 19:00", on_contract(contract, "2026-02-19 10:00", 200))
    log("2026-03-03 19:00", on_contract(contract, "2026-03-03 10:00", 100))
    billed(contract, "2026-03-31")
    assert sent_and_replayed(contract) == [450, 450, 450 + 150]


def test_time_that_was_logged_late_but_before_its_invoice():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-28 08:00", on_contract(contract, "2026-02-18 10:00", 100))
    log("2026-02-28 08:30", on_contract(contract, "2026-02-19 10:00", 170))
    billed(contract, "2026-02-28")
    billed(contract, "2026-03-31")
    assert sent_and_replayed(contract) == [450, 450 + 75, 450]


def test_the_order_in_which_time_was_logged_decides_what_is_beyond_the_hours():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 220))
    log("2026-02-11 19:00", on_contract(contract, "2026-02-09 10:00", 47, "Troubleshooting"))
    log("2026-02-12 19:00", on_contract(contract, "2026-02-08 10:00", 31, "Configuration"))
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract)[1] == 450 + 67.5 + 77.5


def test_a_sheet_that_was_cancelled_took_hours_from_others():
    contract = growth()
    billed(contract, "2026-01-31")
    wrong = log("2026-02-02 19:00", on_contract(contract, "2026-02-02 10:00", 200))
    log("2026-02-03 19:00", on_contract(contract, "2026-02-03 10:00", 100))
    at("2026-02-04 09:00")
    wrong.cancel()
    log("2026-02-04 19:00", on_contract(contract, "2026-02-04 10:00", 190))
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract) == [450, 450 + 150]


def test_a_one_off_fee_passes_on_when_its_sheet_is_cancelled():
    at("2026-01-31 09:00")
    allow_foreign_currency()
    contract = make_contract("Maintenance and Support", "2026-01-31", quantity=1000)
    issue = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    again = make_issue(contract, opening_date="2026-02-16", opening_time="09:00:00")
    billed(contract, "2026-01-31")
    wrong = log("2026-02-03 19:00", worked(issue, "2026-02-03 10:00", 120, "Version Upgrade"))
    log("2026-02-04 19:00", worked(issue, "2026-02-04 10:00", 60, "Version Upgrade"))
    at("2026-02-05 09:00")
    wrong.cancel()
    log("2026-02-17 19:00", worked(again, "2026-02-17 10:00", 60, "Version Upgrade"))
    billed(contract, "2026-02-28")
    first, second = sent_and_replayed(contract)
    assert second > first


def test_a_manager_who_gave_an_upgrade_away_gave_its_fee_away():
    at("2026-01-31 09:00")
    allow_foreign_currency()
    contract = make_contract("Maintenance and Support", "2026-01-31", quantity=1000)
    issue = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    billed(contract, "2026-01-31")
    free = {"retainer_override": "Free", "retainer_override_reason": "Our mistake"}
    log("2026-02-03 19:00", {**worked(issue, "2026-02-03 10:00", 120, "Version Upgrade"), **free})
    billed(contract, "2026-02-28")
    first, second = sent_and_replayed(contract)
    assert first == second


def test_travel_at_cost_and_days_on_site():
    at("2026-01-31 09:00")
    contract = make_contract("Professional", "2026-01-31")
    issue = make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    billed(contract, "2026-01-31")
    rooms = {"retainer_expenses": 320.5, "retainer_expenses_note": "Taxi"}
    log("2026-02-03 19:00", {**worked(issue, "2026-02-03 10:00", 240, "On-Site Visit"), **rooms})
    log("2026-02-04 19:00", worked(issue, "2026-02-04 10:00", 60, "On-Site Visit"))
    billed(contract, "2026-02-28")
    first, second = sent_and_replayed(contract)
    assert second - first == 2 * 2000 + 320.5


def test_fees_that_were_waived_while_service_rested_by_agreement():
    contract = growth("2026-08-31")
    billed(contract, "2026-08-31")
    log("2026-09-02 19:00", on_contract(contract, "2026-09-02 10:00", 300))
    at("2026-09-10 09:00")
    billing_api.suspend(contract.name)
    billed(contract, "2026-09-30")
    log("2026-10-01 19:00", on_contract(contract, "2026-10-01 10:00", 60))
    at("2026-10-10 09:00")
    billing_api.resume(contract.name)
    billed(contract, "2026-10-31")
    log("2026-11-02 19:00", on_contract(contract, "2026-11-02 10:00", 200))
    billed(contract, "2026-11-30")
    assert sent_and_replayed(contract) == [450, 150, 450 + 150, 450]


def test_another_package_from_within_a_period_with_hours_at_once():
    frappe.get_doc("Retainer Settings").update({"hours_on_change": "At Once by Days"}).save()
    contract = growth("2026-02-01")
    make_contract("Professional", "2026-02-01", submit=False)
    billed(contract, "2026-02-01")
    contract.reload()
    contract.append("terms", {"effective_from": "2026-02-15", "package": "Professional"})
    contract.save()
    log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 260))
    at("2026-02-15 00:10")
    package_change.adjust_all()
    log("2026-02-20 19:00", on_contract(contract, "2026-02-20 10:00", 400))
    billed(contract, "2026-03-01")
    log("2026-03-02 19:00", on_contract(contract, "2026-03-02 09:00", 500))
    log("2026-03-03 19:00", on_contract(contract, "2026-03-03 09:00", 400))
    billed(contract, "2026-04-01")
    first, second, third = sent_and_replayed(contract)
    assert first == 450
    assert second > 900
    assert third > 900


def test_hours_that_roll_over_and_a_package_that_knows_no_rollover():
    at("2026-01-31 09:00")
    make_contract("Growth", "2026-01-31", submit=False)
    package = frappe.get_doc("Support Package", "Growth")
    package.hour_pools[0].update({"rollover_periods": 2, "rollover_cap_hours": 3})
    package.save()
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-02 19:00", on_contract(contract, "2026-02-02 10:00", 100))
    billed(contract, "2026-02-28")
    log("2026-03-02 19:00", on_contract(contract, "2026-03-02 09:00", 390))
    contract.reload()
    contract.append("terms", {"effective_from": "2026-03-31", "package": "Starter"})
    contract.save()
    billed(contract, "2026-03-31")
    log("2026-04-02 19:00", on_contract(contract, "2026-04-02 09:00", 240))
    billed(contract, "2026-04-30")
    assert len(sent_and_replayed(contract)) == 4


def test_a_quantity_that_grows():
    at("2026-09-01 09:00")
    allow_foreign_currency()
    contract = make_contract("Maintenance", "2026-09-01", quantity=6000)
    billed(contract, "2026-09-01")
    reading = {"contract": contract.name, "quantity": 25000, "effective_from": "2026-10-01"}
    frappe.get_doc(doctype="Metered Reading", **reading).insert()
    billed(contract, "2026-11-01")
    many = 5000 * 1.5 + 15000 * 1.1 + 5000 * 0.75
    assert sent_and_replayed(contract) == [8600, many, many]


def test_hours_that_the_client_approved_and_urgent_ones():
    client = make_user("Customer", user_type="Website User")
    at("2026-01-31 09:00")
    contact = {"user": client, "can_approve": 1}
    draft = make_contract("Growth", "2026-01-31", contacts=[contact], submit=False)
    frappe.get_doc("Support Package", "Growth").update({"overage_policy": "Ask Approval"}).save()
    contract = draft.submit()
    billed(contract, "2026-01-31")
    log("2026-02-02 19:00", on_contract(contract, "2026-02-02 09:00", 240))
    approvals.approve(approvals.request(contract.name, 120, "The audit").name, client)
    log("2026-02-03 19:00", on_contract(contract, "2026-02-03 09:00", 80))
    urgent = make_issue(contract, opening_date="2026-02-04", opening_time="09:00:00", priority="P1 Critical")
    log("2026-02-04 19:00", worked(urgent, "2026-02-04 09:00", 50))
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract) == [450, 450 + round(130 / 60 * 150, 2)]


def test_notice_with_days_to_credit_and_usage_after_the_last_invoice():
    at("2026-01-31 09:00")
    make_contract("Growth", "2026-01-31", submit=False)
    frappe.get_doc("Support Package", "Growth").update({"last_period": "Credit", "notice_days": 10}).save()
    contract = growth(notice_days=10, billing_lead_days=5)
    billed(contract, "2026-01-31")
    billed(contract, "2026-02-23")
    log("2026-02-25 19:00", on_contract(contract, "2026-02-25 10:00", 300))
    at("2026-03-05 09:00")
    contract.reload()
    notice.give(contract, "2026-03-05")
    log("2026-03-10 19:00", on_contract(contract, "2026-03-10 10:00", 330))
    billed(contract, "2026-04-02")
    log("2026-04-05 19:00", on_contract(contract, "2026-03-12 10:00", 60))
    billed(contract, "2026-05-02")
    amounts = sent_and_replayed(contract)
    assert amounts[:2] == [450, 450]
    assert any(amount < 0 or 0 < amount < 450 for amount in amounts[2:])


@pytest.mark.parametrize("last_period", ["Full", "Prorate"])
def test_a_last_part_period(last_period):
    at("2026-01-31 09:00")
    make_contract("Growth", "2026-01-31", submit=False)
    frappe.get_doc("Support Package", "Growth").update({"last_period": last_period}).save()
    contract = growth(notice_days=20)
    billed(contract, "2026-01-31")
    at("2026-02-20 09:00")
    contract.reload()
    notice.give(contract, "2026-02-20")
    billed(contract, "2026-02-28")
    log("2026-03-10 19:00", on_contract(contract, "2026-03-10 10:00", 300))
    billed(contract, "2026-03-31")
    first, last, closing = sent_and_replayed(contract)
    assert (first, closing) == (450, 150)
    assert (last == 450) == (last_period == "Full")


def test_lead_days_bill_ahead_and_leave_the_last_days_for_the_next_invoice():
    contract = growth(billing_lead_days=7)
    billed(contract, "2026-01-31")
    log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 300))
    billed(contract, "2026-02-21")
    log("2026-02-25 19:00", on_contract(contract, "2026-02-25 10:00", 90))
    billed(contract, "2026-03-24")
    assert sent_and_replayed(contract) == [450, 450 + 150, 450 + 225]


def test_an_invoice_that_was_cancelled_and_made_again():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 300))
    billed(contract, "2026-02-28")
    period = {"contract": contract.name, "period_start": "2026-02-28"}
    frappe.get_doc("Sales Invoice", frappe.db.get_value("Retainer Billing Period", period, "sales_invoice")).cancel()
    log("2026-03-02 19:00", on_contract(contract, "2026-02-19 10:00", 60))
    billed(contract, "2026-03-02", "20:00")
    assert sent_and_replayed(contract) == [450, 450 + 300]


def test_two_contracts_on_one_invoice():
    frappe.get_doc("Retainer Settings").update({"combine_invoices": 1}).save()
    at("2026-09-01 09:00")
    customer = make_customer()
    contracts = []
    for package in ("Growth", "Starter"):
        project = frappe.get_doc(doctype="Project", project_name=f"{customer} {package}", customer=customer).insert()
        contracts.append(make_contract(package, "2026-09-01", customer=customer, project=project.name))
    at("2026-09-01 09:30")
    bill("2026-09-01")
    log("2026-09-03 19:00", on_contract(contracts[0], "2026-09-03 10:00", 300))
    at("2026-10-01 09:30")
    bill("2026-10-01")
    assert [sent_and_replayed(contract) for contract in contracts] == [[450, 600], [150, 150]]


def test_time_on_an_estimate_is_charged_by_its_own_order():
    at("2026-09-14 10:00")
    client = make_user("Customer", user_type="Website User")
    quotation = estimate(client)
    estimates.approve(quotation.name, client)
    at("2026-09-30 19:00")
    on_task(quotation, "2026-09-15 09:00", 90)
    estimate_invoice.make(quotation.name).submit()
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    billed(contract, "2026-12-01")
    assert len(set(sent_and_replayed(contract))) == 1


def test_time_that_somebody_invoiced_by_hand():
    contract = growth()
    billed(contract, "2026-01-31")
    sheet = log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 300))
    beyond = next(row for row in sheet.time_logs if row.retainer_coverage == "Overage")
    invoice = frappe.get_doc(
        doctype="Sales Invoice", customer=contract.customer, posting_date="2026-02-12", set_posting_time=1
    )
    invoice.append("items", {"item_code": "Support Hours", "qty": 1, "rate": 100})
    invoice.append(
        "timesheets",
        {"time_sheet": sheet.name, "timesheet_detail": beyond.name, "billing_hours": 1, "billing_amount": 100},
    )
    invoice.insert().submit()
    billed(contract, "2026-02-28")
    assert sent_and_replayed(contract) == [450, 450]


def changed(policy, moment):
    """Frappe dates a version by the clock on the wall."""
    at(moment)
    policy.save()
    (version,) = frappe.get_all("Version", {"docname": policy.name}, pluck="name", order_by="creation desc", limit=1)
    frappe.db.set_value("Version", version, "creation", moment)


def test_support_hours_that_were_changed_since():
    """A night was an emergency when it was booked, whatever the policy says later."""
    contract = growth()
    night = make_issue(contract, opening_date="2026-02-03", opening_time="20:00:00", priority="P1 Critical")
    billed(contract, "2026-01-31")
    log("2026-02-04 08:00", worked(night, "2026-02-03 20:10", 60))
    policy = frappe.get_doc("SLA Policy", json.loads(contract.terms[0].package_snapshot)["sla_policy"])
    for row in policy.windows:
        row.end_time = "22:00:00"
    changed(policy, "2026-02-05 08:00")
    log("2026-02-06 08:00", worked(night, "2026-02-05 20:10", 60))
    policy.windows.pop(0)
    policy.append("windows", {"day": "Friday", "start_time": "00:00", "end_time": "00:00"})
    changed(policy, "2026-02-07 08:00")
    log("2026-02-14 08:00", worked(night, "2026-02-13 23:10", 60))
    policy.always_open = 1
    changed(policy, "2026-02-15 08:00")
    billed(contract, "2026-02-28")
    fee, with_a_night = sent_and_replayed(contract)
    assert with_a_night > fee == 450
    assert len(policies.former(policy.name)) == 3


def test_the_books_agree_too():
    contract = growth()
    billed(contract, "2026-01-31")
    log("2026-02-10 19:00", on_contract(contract, "2026-02-10 10:00", 300))
    billed(contract, "2026-02-28")
    sent_and_replayed(contract)
    assert_books_balance(contract, "2026-02-28")
