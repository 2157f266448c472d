"""Money of currencies with three decimals or none: what we say is what ERPNext's invoice keeps, to the last digit."""

from decimal import Decimal

import frappe
import pytest
from frappe.utils import getdate

from support_retainer import doctor
from support_retainer.billing import preview
from support_retainer.billing.audit import audit
from support_retainer.portal import paper
from support_retainer.reporting import contract_record
from support_retainer.retainer.report.billing_forecast.billing_forecast import coming_fees
from support_retainer.testing import bill, make_contract, make_exchange_rate, make_fiscal_year, make_timesheet
from support_retainer.testing.factories import load_catalogue_of
from tests.site.record_factories import new_package
from tests.support.stories import allow_foreign_currency, amounts, assert_books_balance, at, invoices, on_contract

pytestmark = pytest.mark.commits
GO_LIVE = "2026-09-15"  # 16 of the 30 days of its first month


@pytest.fixture(autouse=True)
def world(site):
    at(f"{GO_LIVE} 09:00")
    load_catalogue_of("Growth")
    for day in ("2026-01-01", "2027-01-01"):
        make_fiscal_year(day)
    allow_foreign_currency()


def keeps(decimals):
    frappe.get_doc("System Settings").update({"currency_precision": str(decimals)}).save()


def contract_in(currency, fee, rate, **values):
    make_exchange_rate(currency, 12.0, "2020-01-01")
    package = new_package(currency=currency, monthly_fee=fee, overage_rate=rate, hour_pools=[]).update(
        {"coverage": [{"activity_type": "Site Visit", "treatment": "Hourly", "rate": rate}]}
    )
    package.insert()
    return make_contract(package.name, GO_LIVE, billing_anchor="Calendar Month", **values)


def two_months(contract):
    """A part month, then a whole one with 1:40 h of work; the lines of both invoices, once every view agrees."""
    at(f"{GO_LIVE} 09:00")
    planned = preview.plan(GO_LIVE, contract.name)
    bill(GO_LIVE, contract)
    at("2026-09-20 18:00")
    make_timesheet(on_contract(contract, "2026-09-20 09:00", 100, "Site Visit"), company=contract.company)
    at("2026-10-01 09:00")
    ahead = dict(coming_fees(contract, getdate("2026-10-01"), getdate("2026-10-31")))
    bill("2026-10-01", contract)
    first, second = invoices(contract)
    assert [float(one.total) for one in planned.invoices] == [first.total]
    assert float(ahead[getdate("2026-10-01")]) == second.items[0].amount
    assert_books_balance(contract, "2026-10-15")
    assert all(row.is_equal for row in contract_record.compare(contract.reload()))
    return amounts(first), amounts(second), [item.description for item in (*first.items, *second.items)]


def test_a_site_with_two_decimals_bills_no_more_of_them():
    keeps(2)
    assert two_months(contract_in("KWD", 45.125, 7.125))[:2] == ([24.07], [45.13, 11.88])
    assert two_months(contract_in("JPY", 45125, 7125))[:2] == ([24067], [45125, 11875])


def test_a_site_with_three_decimals_bills_each_currency_by_its_own():
    keeps(3)
    assert two_months(contract_in("KWD", 45.127, 7.129))[:2] == ([24.068], [45.127, 11.882])
    assert two_months(contract_in("AED", 450.25, 75.35))[:2] == ([240.13], [450.25, 125.58])
    assert two_months(contract_in("JPY", 45127, 7129))[:2] == ([24068], [45127, 11882])


@pytest.mark.parametrize(
    ("site_keeps", "currency", "rate", "expected"), [(2, "JPY", 7125, 713), (3, "AED", 20.38, 2.04)]
)
def test_a_site_that_keeps_more_decimals_than_the_currency_adds_none(site_keeps, currency, rate, expected):
    keeps(site_keeps)
    contract = contract_in(currency, 450, rate)
    bill(GO_LIVE, contract)
    make_timesheet(on_contract(contract, "2026-09-20 09:00", 6, "Site Visit"))
    bill("2026-10-01", contract)
    assert amounts(invoices(contract)[1]) == [450, expected]
    assert_books_balance(contract, "2026-10-15")


def test_formulas_and_paper_show_every_decimal():
    keeps(3)
    contract = contract_in("KWD", 45.5, 7.125)
    _first, _second, texts = two_months(contract)
    assert "KWD 45.500 x 16 of 30 days" in texts[0]
    assert "1:40 hours x KWD 7.125" in texts[2]
    told = paper.contract_in_words(contract)
    assert "KWD 45.500 a month" in told["sentences"][0]
    assert [row["rate"] for row in told["charges"]] == ["KWD 7.125 an hour"]


def test_a_company_in_fils_books_every_one_of_them():
    keeps(3)
    company = frappe.get_doc(
        doctype="Company", company_name="Fils", abbr="FLS", default_currency="BHD", country="Bahrain"
    ).insert()
    contract = contract_in("BHD", 45.127, 7.129, company=company.name)
    assert two_months(contract)[:2] == ([24.068], [45.127, 11.882])
    booked = frappe.get_all("GL Entry", {"company": company.name, "credit": [">", 0]}, pluck="credit")
    assert sum(map(Decimal, map(str, booked))) == Decimal("81.077")


def test_what_was_billed_stays_right_when_the_site_keeps_more_decimals_from_then_on():
    keeps(2)
    contract = contract_in("KWD", 45.5, 7.125)
    bill(GO_LIVE, contract)
    keeps(3)
    bill("2026-10-01", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[24.27], [45.5]]
    assert_books_balance(contract, "2026-10-15")
    assert all(row.is_equal for row in contract_record.compare(contract.reload()))


def test_a_difference_of_the_smallest_unit_is_found():
    keeps(3)
    contract = contract_in("KWD", 45.127, 7.129)
    bill(GO_LIVE, contract)
    period = frappe.get_doc("Retainer Billing Period", {"contract": contract.name, "status": "Invoiced"})
    period.db_set("amount", 24.069)
    [found] = audit(GO_LIVE, contract.name).differences
    assert (found.expected, found.found) == ("24.068", "24.069")


def test_the_doctor_names_currencies_that_the_site_cuts():
    def check():
        return next(one for one in doctor.examine().checks if one.name == "Decimals of money")

    keeps(2)
    assert check().ok
    contract_in("KWD", 45.5, 7.125)
    assert (check().ok, check().is_advice) == (False, True)
    assert check().found.startswith("KWD: this site keeps 2")
    assert "Currency Precision in System Settings to 3" in check().to_do
    cut = contract_in("KWD", 45.127, 7.125)
    assert (check().ok, check().is_advice) == (False, False)
    assert cut.name in check().found
    keeps(3)
    assert check().ok


def test_a_site_that_keeps_two_decimals_of_a_quantity_bills_the_same():
    frappe.get_doc("System Settings").update({"float_precision": "2"}).save()
    contract = contract_in("AED", 450, 100)
    bill(GO_LIVE, contract)
    make_timesheet(on_contract(contract, "2026-09-20 09:00", 75, "Site Visit"), company=contract.company)
    at("2026-09-21 18:00")
    make_timesheet(on_contract(contract, "2026-09-21 09:00", 3, "Site Visit"), company=contract.company)
    make_timesheet(on_contract(contract, "2026-09-21 12:00", 45, "Site Visit"), company=contract.company)
    bill("2026-10-01", contract)
    assert amounts(invoices(contract)[1]) == [450, 205]
    assert_books_balance(contract, "2026-10-15")
