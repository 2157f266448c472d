"""A yearly uplift: told ahead, made up where the scheduler was down, and never on what is billed already."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from support_retainer.billing import uplifts
from support_retainer.billing.audit import audit
from support_retainer.patches.v1 import keep_past_uplifts
from support_retainer.retainer.report.billing_forecast.billing_forecast import coming_fees
from support_retainer.retainer.report.renewals_and_notices.renewals_and_notices import execute as renewals
from support_retainer.testing import bill, make_contract, make_fiscal_year
from tests.support.stories import at

pytestmark = pytest.mark.commits


def day_by_day(contract, first, last, *, without=()):
    """The scheduler on every day but those it was down."""
    down = [(getdate(begins), getdate(ends)) for begins, ends in without]
    day = getdate(first)
    while day <= getdate(last):
        if not any(begins <= day <= ends for begins, ends in down):
            uplifts.announce(day)
            if getdate(day).day in (1, 15):
                bill(day, contract)
        day += timedelta(days=1)
    contract.reload()


def fees(contract):
    return {
        str(row.period_start): row.amount
        for row in frappe.get_all(
            "Retainer Billing Period", {"contract": contract.name, "status": "Invoiced"}, ["period_start", "amount"]
        )
    }


def terms(contract):
    return [(str(row.effective_from), row.monthly_fee, row.uplift_percent) for row in contract.terms[1:]]


@pytest.fixture
def contract(site):
    at("2026-11-22 09:00")
    for year in (2027, 2028, 2029):
        make_fiscal_year(f"{year}-01-01")
    return make_contract("Growth", "2026-11-15", uplift_percent=10)


def test_a_week_missed_before_the_anniversary_changes_nothing(contract):
    day_by_day(contract, "2027-10-10", "2027-12-15", without=[("2027-10-14", "2027-10-31")])
    assert terms(contract) == [("2027-11-15", 495.0, 10.0)]
    assert fees(contract)["2027-11-15"] == 495


def test_a_month_missed_over_the_anniversary_is_made_up_and_nothing_billed_changes(contract):
    down = ("2027-10-14", "2027-11-20")
    day_by_day(contract, "2027-10-10", "2027-12-15", without=[down])
    assert terms(contract) == [("2028-01-15", 495.0, 10.0)]
    bill("2028-02-15", contract)
    billed = fees(contract)
    assert [billed[day] for day in ("2027-11-15", "2027-12-15", "2028-01-15", "2028-02-15")] == [450, 450, 495, 495]
    assert audit("2028-02-15", contract.name).is_clean
    said = frappe.get_all("Comment", {"reference_name": contract.name, "content": ["like", "%not told of in time%"]})
    assert len(said) == 1


def test_two_missed_anniversaries_are_one_step(contract):
    bill("2028-11-15", contract)
    assert uplifts.announce("2028-11-20") == [contract.name]
    assert uplifts.announce("2028-11-21") == []
    contract.reload()
    assert terms(contract) == [("2029-01-15", 544.5, 21.0)]
    bill("2029-01-15", contract)
    assert (fees(contract)["2028-12-15"], fees(contract)["2029-01-15"]) == (450, 544.5)
    assert audit("2029-01-15", contract.name).is_clean


def test_the_forecast_and_the_list_of_dates_know_what_is_made_up(contract):
    at("2027-11-20 09:00")
    frappe.db.set_value("Retainer Contract", contract.name, "uplift_from", "2026-11-22")
    ahead = dict(coming_fees(contract.reload(), getdate("2027-12-01"), getdate("2028-12-31")))
    shown = [float(ahead[getdate(day)]) for day in ("2027-12-15", "2028-01-15", "2028-10-15", "2028-11-15")]
    assert shown == [450, 495, 495, 544.5]
    _columns, rows = renewals({"customer": contract.customer, "from_date": "2027-11-20"})
    assert [(str(row["due_on"]), row["what"]) for row in rows] == [("2028-01-15", "Uplift of 10%")]


def test_an_uplift_that_is_agreed_later_raises_nothing_for_the_time_before(contract):
    contract.db_set({"uplift_percent": 0, "uplift_from": None})
    at("2027-12-01 09:00")
    contract.reload().update({"uplift_percent": 10}).save()
    assert str(contract.uplift_from) == "2027-12-01"
    assert uplifts.announce() == []
    contract.update({"uplift_from": "2027-11-01"}).save()
    assert uplifts.announce() == [contract.name]


def test_contracts_from_before_the_rule_are_not_raised_for_the_past(contract):
    contract.db_set("uplift_from", None)
    keep_past_uplifts.execute()
    assert frappe.db.get_value("Retainer Contract", contract.name, "uplift_from") == getdate()


def test_the_client_who_gets_the_invoices_is_told(contract, monkeypatch):
    told = []
    monkeypatch.setattr(uplifts.post, "write", lambda readers, letter, values, about: told.append((readers, values())))
    make_contact(contract)
    uplifts.announce("2027-10-20")
    [(readers, values)] = told
    assert readers == ["bills@client.example"]
    assert (values["day"], values["fee"]) == ("15-11-2027", "AED 495.00")


def make_contact(contract):
    contact = frappe.get_doc(doctype="Contact", first_name="Accounts", is_billing_contact=1)
    contact.append("links", {"link_doctype": "Customer", "link_name": contract.customer})
    contact.append("email_ids", {"email_id": "bills@client.example", "is_primary": 1})
    contact.insert(ignore_permissions=True)
