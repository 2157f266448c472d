"""What was invoiced, for every colleague who sees the company, also those whom ERPNext does not know."""

import frappe
import pytest

from support_retainer.portal import access, invoices
from support_retainer.testing import bill, make_contract, make_customer
from tests.support.people import acting_as, make_client
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits  # a run of billing commits each period


@pytest.fixture
def agreed():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-07-31", customer=make_customer("Quay and Sons"))
    bill("2026-09-14", contract)
    return contract


def test_a_colleague_reads_what_is_owed_and_what_is_late(agreed):
    rows = invoices.page(access.client(make_client(agreed)))["invoices"]
    names = frappe.get_all("Sales Invoice", {"customer": agreed.customer}, pluck="name", order_by="name desc")
    assert [row.name for row in rows] == names
    paid = frappe._dict(rows[0], outstanding_amount=0)
    late = frappe._dict(rows[0], due_date="2026-09-01")
    credit = frappe._dict(rows[0], is_return=1)
    assert [invoices.shown(row).standing for row in (paid, late, credit)] == ["Paid", "Overdue", "Credit Note"]


def test_an_invited_colleague_opens_the_invoice_that_the_overview_names(site, agreed):
    web = Web(site, with_password(make_client(agreed)))
    frappe.db.commit()
    name = frappe.db.get_value("Sales Invoice", {"customer": agreed.customer})
    assert f'<a href="/support/invoices">{name}</a>' in web.get("/support").text
    link = f"/api/method/support_retainer.portal.invoices.download?invoice={name}"
    assert link in web.get("/support/invoices").text
    pdf = web.get(link)
    assert pdf.data.startswith(b"%PDF"), pdf.text[:300]
    assert "attachment" in pdf.headers["Content-Disposition"]


def test_a_draft_and_another_clients_invoice_are_not_there(agreed):
    stranger = make_client(make_contract("Growth", "2026-08-31"))
    name = frappe.db.get_value("Sales Invoice", {"customer": agreed.customer})
    with acting_as(stranger), pytest.raises(access.NotFound):
        invoices.download(name)
    frappe.db.set_value("Sales Invoice", name, "docstatus", 0)
    with acting_as(make_client(agreed)), pytest.raises(access.NotFound):
        invoices.download(name)
