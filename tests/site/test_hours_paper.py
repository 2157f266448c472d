"""The statement of hours as the desk prints it: on a contract for any period, on a billing period for its own."""

from datetime import date

import frappe
import pytest

from support_retainer.hours import allotment
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_user
from tests.support.stories import at, worked

pytestmark = pytest.mark.commits  # Frappe notes that a document was printed

FORMAT, OF_PERIOD = "Hour Statement", "Hour Statement of a Period"


@pytest.fixture
def contract():
    """Work in the first period, and none yet in the second, which is the one of today."""
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(worked(make_issue(contract, subject="Payslips <b>late"), "2026-09-14 09:00", 90))
    at("2026-10-05 10:00")
    allotment.roll_forward(contract, date(2026, 10, 5))
    return contract


@pytest.fixture
def first(contract):
    """Asks as the address /printview?...&first=2026-09-14 does."""
    before = frappe.local.form_dict
    frappe.local.form_dict = frappe._dict(first="2026-09-14")
    yield
    frappe.local.form_dict = before


def printed(doctype: str, name: str, print_format: str) -> str:
    return frappe.get_print(doctype, name, print_format)


def test_a_contract_prints_the_hours_of_its_period_of_today(contract):
    text = printed("Retainer Contract", contract.name, FORMAT)
    assert "30\u00a0Sep\u00a02026 – 30\u00a0Oct\u00a02026" in text
    assert "4:00 h" in text
    assert "Payslips" not in text


def test_another_period_is_asked_for_by_one_of_its_days(contract, first):
    text = printed("Retainer Contract", contract.name, FORMAT)
    assert "31\u00a0Aug\u00a02026 – 29\u00a0Sep\u00a02026" in text
    assert "Payslips &lt;b&gt;late" in text
    for figure in ("1:30 h", "2:30 h", "Included", "included hours"):
        assert figure in text


def test_a_billing_period_prints_its_own_hours_and_one_ahead_none(contract):
    names = {
        str(row.period_start): row.name
        for row in frappe.get_all("Retainer Billing Period", {"contract": contract.name}, ["name", "period_start"])
    }
    assert "Payslips" in printed("Retainer Billing Period", names["2026-08-31"], OF_PERIOD)
    at("2026-08-20 10:00")
    assert "This period begins on 31 Aug 2026." in printed("Retainer Billing Period", names["2026-08-31"], OF_PERIOD)


def test_it_stands_under_the_letter_head_of_the_company(contract):
    frappe.get_doc(
        doctype="Letter Head", letter_head_name="Ours", source="HTML", content="<b>Harbor House</b>", is_default=1
    ).insert()
    html = frappe.get_print("Retainer Contract", contract.name, FORMAT)
    assert html.index("Harbor House") < html.index("Statement of hours")


def test_it_speaks_the_language_of_the_paper(contract, first):
    frappe.local.lang = "de"
    try:
        text = printed("Retainer Contract", contract.name, FORMAT)
    finally:
        frappe.local.lang = "en"
    assert "31.\u00a0Aug.\u00a02026" in text
    assert "Statement of hours" not in text


def test_a_draft_prints_no_hours(site):
    draft = make_contract("Growth", "2026-08-31", submit=False)
    assert "Hours begin when the contract is submitted." in printed("Retainer Contract", draft.name, FORMAT)


def test_who_may_not_read_the_contract_prints_nothing(contract):
    with acting_as(make_user("Website Manager")), pytest.raises(frappe.PermissionError):
        printed("Retainer Contract", contract.name, FORMAT)
