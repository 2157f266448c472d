"""Hours beside the allotment: top-up packs, adjustments, a part first month, expiry on the day."""

from datetime import date, datetime

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

from support_retainer.exceptions import HoursUsed, NoContract, UnknownPool
from support_retainer.hours import allotment, audit
from support_retainer.testing import make_contract, make_customer, make_issue, make_timesheet
from tests.support.people import acting_as, make_user

AGENT = ("Retainer Agent", "Support Team")


def on(day, month=9):
    frappe.flags.current_time = datetime(2026, month, day, 9, 0, 0, 1)


@pytest.fixture
def contract(site):
    on(2)
    return make_contract(package="Growth", go_live="2026-08-31")


@pytest.fixture
def pack(site):
    item = frappe.get_doc(
        doctype="Item",
        item_code="Ten Hours",
        item_group="All Item Groups",
        stock_uom="Nos",
        is_stock_item=0,
        retainer_top_up_hours=10,
        retainer_top_up_days=5,
    )
    return item.insert(ignore_permissions=True).name


def sell(customer, item, quantity=1, submit=True, **values):
    invoice = frappe.get_doc(
        doctype="Sales Invoice", customer=customer, posting_date="2026-09-02", set_posting_time=1, **values
    )
    invoice.append("items", {"item_code": item, "qty": quantity, "rate": 900})
    invoice.insert(ignore_permissions=True)
    return invoice.submit() if submit else invoice


def balance(contract, pool="Support Hours"):
    return frappe.db.get_value("Hour Ledger", {"contract": contract.name, "pool": pool}, "balance_minutes")


def work(contract, minutes, day="2026-09-03"):
    return make_timesheet({"retainer_contract": contract.name, "from_time": f"{day} 09:00:00", "minutes": minutes})


def entries(contract, **filters):
    return frappe.get_all(
        "Hour Ledger Entry", {"contract": contract.name, **filters}, ["entry_type", "minutes", "expires_on", "reason"]
    )


def books_are_right(contract):
    return [found.sentence() for found in audit.differences(contract)] == []


def test_two_packs_on_an_invoice_add_twenty_hours_until_their_last_day(contract, pack):
    sell(contract.customer, pack, quantity=2, retainer_contract=contract.name)

    (entry,) = entries(contract, entry_type="Top-up")
    assert (balance(contract), entry.expires_on) == (240 + 1200, date(2026, 9, 7))
    assert books_are_right(contract)


def test_an_invoice_for_a_pack_finds_the_customers_one_contract(contract, pack):
    assert sell(contract.customer, pack).retainer_contract == contract.name


def test_a_pack_for_a_customer_without_a_contract_is_refused(pack):
    with pytest.raises(NoContract):
        sell(make_customer(), pack)


def test_hours_that_end_soonest_are_used_first(contract, pack):
    sell(contract.customer, pack)
    work(contract, 60)

    (used,) = frappe.get_all("Hour Ledger Entry", {"contract": contract.name, "entry_type": "Usage"}, ["draws_on"])
    assert frappe.db.get_value("Hour Ledger Entry", used.draws_on, "entry_type") == "Top-up"


@pytest.mark.commits
def test_top_ups_expire_on_their_day_and_not_with_the_period(contract, pack):
    sell(contract.customer, pack)
    work(contract, 60)
    on(8)
    allotment.expire_on_their_day(date(2026, 9, 7))
    assert balance(contract) == 240 + 540

    allotment.expire_on_their_day(date(2026, 9, 8))
    allotment.expire_on_their_day(date(2026, 9, 8))
    assert balance(contract) == 240
    assert books_are_right(contract)


def test_cancelling_the_invoice_takes_back_what_is_unused(contract, pack):
    invoice = sell(contract.customer, pack)
    work(contract, 60)
    invoice.cancel()

    assert balance(contract) == 240
    assert sum(entry.minutes for entry in entries(contract, entry_type="Usage")) == -60
    assert books_are_right(contract)


def test_by_setting_hours_arrive_with_the_payment_and_go_with_its_cancellation(contract, pack):
    frappe.db.set_single_value("Retainer Settings", "top_ups_usable_from", "Payment")
    invoice = sell(contract.customer, pack)
    assert balance(contract) == 240

    payment = get_payment_entry("Sales Invoice", invoice.name)
    payment.update({"reference_no": "1", "reference_date": "2026-09-02", "posting_date": "2026-09-02"})
    payment.insert().submit()
    assert balance(contract) == 840

    payment.reload()
    payment.cancel()
    assert balance(contract) == 240
    assert books_are_right(contract)


def adjust(contract, hours, **values):
    values = {"pool": "Support Hours", "reason": "Goodwill after the outage", **values}
    return frappe.get_doc(doctype="Hour Adjustment", contract=contract.name, hours=hours, **values).insert()


def test_an_agent_drafts_an_adjustment_and_a_manager_approves_it(contract):
    with acting_as(make_user(*AGENT)):
        draft = adjust(contract, 1.5)
        with pytest.raises(frappe.PermissionError):
            draft.submit()
    assert balance(contract) == 240

    with acting_as(make_user("Retainer Manager")):
        frappe.get_doc("Hour Adjustment", draft.name).submit()
    assert balance(contract) == 240 + 90
    assert [entry.reason for entry in entries(contract, entry_type="Adjustment")] == ["Goodwill after the outage"]


def test_hours_taken_by_hand_come_off_the_pool_and_return_on_cancelling(contract):
    adjustment = adjust(contract, -1).submit()
    assert balance(contract) == 180

    adjustment.cancel()
    assert balance(contract) == 240
    assert books_are_right(contract)


def test_more_than_there_is_cannot_be_taken(contract):
    with pytest.raises(HoursUsed):
        adjust(contract, -5).submit()


def test_given_hours_that_are_used_are_not_taken_back_by_cancelling(contract):
    adjustment = adjust(contract, 1, usable_until="2026-12-31").submit()
    work(contract, 270)

    with pytest.raises(HoursUsed):
        adjustment.cancel()


def test_an_adjustment_names_a_pool_that_there_is(contract):
    with pytest.raises(UnknownPool, match="Support Hours"):
        adjust(contract, 1, pool="Phone")


@pytest.mark.parametrize(("setting", "minutes"), [(0, 240), (1, 128)])
def test_a_part_first_month_brings_its_share_of_the_hours_by_setting(site, setting, minutes):
    frappe.db.set_single_value("Retainer Settings", "prorate_first_hours", setting)
    on(15)
    contract = make_contract(package="Growth", go_live="2026-09-15", billing_anchor="Calendar Month")

    assert balance(contract) == minutes  # 16 of 30 days
    on(2, month=10)
    allotment.roll_forward(contract, date(2026, 10, 2))
    assert balance(contract) == 240
    assert books_are_right(contract)


def test_a_pool_of_its_own_opens_an_account(contract, pack):
    frappe.db.set_value("Item", pack, "retainer_top_up_pool", "Content")
    sell(contract.customer, pack)

    assert balance(contract, "Content") == 600
    assert books_are_right(contract)


def test_an_issue_of_any_kind_draws_on_a_pool_that_the_package_does_not_know(contract, pack):
    frappe.db.set_value("Item", pack, "retainer_top_up_pool", "Content")
    sell(contract.customer, pack)
    issue = make_issue(contract)
    make_timesheet({"issue": issue.name, "from_time": "2026-09-03 09:00:00", "minutes": 90})

    assert (balance(contract, "Content"), balance(contract)) == (510, 240)
