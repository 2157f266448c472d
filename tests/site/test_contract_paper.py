"""The contract as it is printed."""

import frappe
import pytest

from support_retainer.testing import make_contract
from tests.support.stories import allow_foreign_currency

pytestmark = pytest.mark.commits  # Frappe notes that a document was printed

FORMAT = "Retainer Contract Summary"


def printed(contract) -> str:
    return frappe.get_print(contract.doctype, contract.name, FORMAT)


def test_the_paper_says_price_hours_promises_and_charges(site):
    text = printed(make_contract("Professional", "2026-08-31"))
    for part in (
        "AED 800.00 a month before taxes, billed in advance.",
        "Further hours cost AED 150.00 each.",
        "P1 Critical",
        "On-Site Visit",
        "Your backups are kept for 90 days.",
        "plus travel at cost",
    ):
        assert part in text


def test_rates_are_those_of_the_invoice_with_the_discount_of_the_agreement(site):
    allow_foreign_currency()
    text = printed(make_contract("Operations", "2026-08-31"))
    assert "1,080.00 an hour" in text
    assert "1,200.00" not in text


def test_a_draft_prints_without_terms(site):
    text = printed(make_contract("Professional", "2026-08-31", submit=False))
    assert "Support Contract" in text
    assert "What is agreed" not in text


def test_names_are_not_taken_for_markup(site):
    contract = make_contract("Professional", "2026-08-31")
    contract.company = "<script>alert(1)</script>"
    text = frappe.get_print(contract.doctype, contract.name, FORMAT, doc=contract)
    assert "<script>alert(1)" not in text
