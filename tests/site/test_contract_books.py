"""What the accounts have to say before a contract is made: currency, exchange rate, open fiscal year."""

import frappe
import pytest

from support_retainer import exceptions
from tests.site.record_factories import add_rate, close_books, new_contract, new_package, refused


@pytest.fixture(autouse=True)
def settings_as_stored():
    """A rollback does not reach what the connection remembers of single values."""
    yield
    frappe.db.value_cache.clear()


def test_a_currency_without_exchange_rate_is_refused():
    package = new_package(currency="CHF").insert()

    message = refused(new_contract(package), exceptions.MissingExchangeRate)
    assert message.startswith("Currency: there is no exchange rate from CHF to AED. Add a Currency Exchange")


def test_the_exchange_rate_is_never_asked_for_on_the_internet(monkeypatch):
    monkeypatch.setattr("requests.get", lambda *args, **kwargs: pytest.fail("a web service was asked"))

    refused(new_contract(new_package(currency="CHF").insert()), exceptions.MissingExchangeRate)


def test_a_customer_who_cannot_be_invoiced_in_the_currency_is_refused():
    add_rate("CHF")
    package = new_package(currency="CHF").insert()

    message = refused(new_contract(package), exceptions.CurrencyMismatch)
    assert "an account in AED, so invoices in CHF would be refused" in message
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    assert new_contract(package).insert().currency == "CHF"


def test_the_currency_is_that_of_the_prices():
    assert new_contract(currency="USD").insert().currency == "AED"


@pytest.mark.parametrize("fieldname", ["go_live_date", "start_date"])
def test_a_date_in_no_fiscal_year_is_refused(fieldname):
    message = refused(new_contract(**{fieldname: "2019-06-01"}), exceptions.ClosedFiscalYear)

    assert "is in no fiscal year of" in message


def test_a_go_live_in_a_disabled_fiscal_year_is_refused():
    frappe.get_doc(
        doctype="Fiscal Year", year="2021", year_start_date="2021-01-01", year_end_date="2021-12-31", disabled=1
    ).insert()

    message = refused(new_contract(go_live_date="2021-06-01"), exceptions.ClosedFiscalYear)
    assert message.startswith("Go-live Date: 01-06-2021 is in the disabled fiscal year 2021.")


def test_a_go_live_before_closed_books_is_refused():
    close_books("2026-03-31")

    message = refused(new_contract(go_live_date="2026-03-31"), exceptions.ClosedFiscalYear)
    assert "the books are closed up to 31-03-2026" in message
    assert new_contract(go_live_date="2026-04-01").insert().name


def test_a_go_live_in_frozen_accounts_is_refused():
    frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", "2026-03-31")

    assert "accounts are frozen" in refused(new_contract(go_live_date="2026-03-31"), exceptions.ClosedFiscalYear)
    assert new_contract(go_live_date="2026-04-01").insert().name
