"""Contracts priced by quantity: typed, sent or counted for each period, and the formula on the invoice."""

import frappe
import pytest

from support_retainer.billing import metered
from support_retainer.billing.audit import audit
from support_retainer.exceptions import InvalidTerms, TooLateForPeriod
from support_retainer.testing import bill, make_contract
from tests.support.people import acting_as, make_user
from tests.support.stories import allow_foreign_currency, amounts, at, invoices

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture
def contract():
    """1.50 for each of the first 5,000 lines of code, then 1.10, then 0.75 (the offer of catalogue 004)."""
    at("2026-09-14 10:00")
    allow_foreign_currency()
    return make_contract("Maintenance", ON, quantity=6000)


def read(contract, quantity, effective_from=None):
    values = {"contract": contract.name, "quantity": quantity, "effective_from": effective_from}
    return frappe.get_doc(doctype="Metered Reading", **values).insert()


def totals(contract):
    return [sum(amounts(invoice)) for invoice in invoices(contract)]


def test_a_reading_counts_from_its_period_until_the_next_one(contract):
    read(contract, 25000, "2026-10-01")
    read(contract, 100, "2026-12-01")
    bill("2026-12-01", contract)
    many = 5000 * 1.5 + 15000 * 1.1 + 5000 * 0.75
    assert totals(contract) == [8600, many, many, 150]
    assert audit("2026-12-01", contract.name).lines()[:-1] == []


def test_the_line_shows_each_tier_and_its_price(contract):
    read(contract, 25000)
    bill(ON, contract)
    described = invoices(contract)[0].items[0].description
    assert "25,000 Lines of code: 5,000 x SEK 1.50 + 15,000 x SEK 1.10 + 5,000 x SEK 0.75" in described


def test_without_a_day_a_reading_counts_from_the_next_period_that_is_not_invoiced(contract):
    bill(ON, contract)
    assert str(read(contract, 100).effective_from) == "2026-10-01"


def test_a_day_within_a_period_means_the_next_one(contract):
    assert str(read(contract, 100, "2026-09-14").effective_from) == "2026-10-01"


def test_an_invoiced_period_gets_no_reading_and_keeps_the_one_it_has(contract):
    reading = read(contract, 100)
    bill(ON, contract)
    with pytest.raises(TooLateForPeriod, match="next one"):
        read(contract, 200, ON)
    reading.reload()
    reading.quantity = 200
    with pytest.raises(TooLateForPeriod):
        reading.save()
    with pytest.raises(TooLateForPeriod):
        reading.delete()


def test_two_readings_of_one_period_are_one_too_many(contract):
    read(contract, 100)
    with pytest.raises(frappe.DuplicateEntryError, match="already"):
        read(contract, 200)


def test_a_flat_contract_takes_no_reading():
    with pytest.raises(InvalidTerms, match="flat fee"):
        read(make_contract("Growth", ON), 100)


def test_another_system_sends_the_quantity_and_sends_it_again(contract):
    sent = metered.record_quantity(contract.name, 100, "cloc 2.0")
    again = metered.record_quantity(contract.name, 200, "cloc 2.0")
    assert (sent["reading"], again["quantity"]) == (again["reading"], 200)
    bill(ON, contract)
    assert totals(contract) == [300]


@pytest.mark.parametrize("role", ["Retainer Agent", "Customer", "Employee"])
def test_who_may_not_bill_sends_no_quantity(contract, role):
    with acting_as(make_user(role)), pytest.raises(frappe.PermissionError):
        metered.record_quantity(contract.name, 100)


def counts(contract, doctype, filters=None, site=None):
    contract.reload()
    contract.update({"counted_doctype": doctype, "counted_filters": filters, "counted_site": site})
    contract.save()


def test_records_are_counted_before_each_bill(contract):
    counts(contract, "User", '{"enabled": 1, "user_type": "System User"}')
    users = frappe.db.count("User", {"enabled": 1, "user_type": "System User"})
    bill(ON, contract)
    make_user("Employee")
    bill("2026-10-01", contract)
    assert totals(contract) == [users * 1.5, (users + 1) * 1.5]
    assert frappe.get_all("Metered Reading", pluck="source") == ["Counted"] * 2


def test_another_site_of_the_bench_is_counted_in_a_process_of_its_own(contract, site):
    counts(contract, "Role", '{"name": "System Manager"}', site)
    assert metered._count_elsewhere(site, "Role", {"name": "System Manager"}) == 1
    assert metered.count(contract) == 1


def test_a_count_that_fails_leaves_the_last_quantity_and_the_bill(contract):
    counts(contract, "User", None, "nowhere.example")
    assert bill(ON, contract).failed == 0
    assert totals(contract) == [8600]
    assert frappe.db.exists("Error Log", {"method": "Quantity could not be counted"})


@pytest.mark.parametrize("filters", ["enabled", "3"])
def test_filters_that_are_none_are_refused(contract, filters):
    with pytest.raises(InvalidTerms, match="JSON"):
        counts(contract, "User", filters)


def test_a_flat_fee_counts_nothing():
    with pytest.raises(InvalidTerms, match="nothing to count"):
        counts(make_contract("Growth", ON), "User")
