"""Invoices as accountants want them: deferred revenue, dimensions, taxes of the client, receivables in currency."""

import frappe
import pytest
from erpnext.accounts.doctype.accounting_dimension import accounting_dimension
from frappe.utils import flt

from support_retainer.testing import bill, make_contract, make_customer
from tests.support.stories import allow_foreign_currency, amounts, assert_books_balance, at, invoices

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture(autouse=True)
def september():
    at("2026-09-14 10:00")


def company():
    return frappe.defaults.get_global_default("company")


def account(name, parent, **values):
    group = frappe.db.get_value("Account", {"company": company(), "is_group": 1, **parent})
    return frappe.get_doc(
        doctype="Account", account_name=name, company=company(), parent_account=group, **values
    ).insert()


def ledger(invoice, **filters):
    rows = frappe.get_all(
        "GL Entry", {"voucher_no": invoice.name, "is_cancelled": 0, **filters}, ["account", "debit", "credit"]
    )
    return {row.account: flt(row.debit - row.credit) for row in rows}


def test_a_fee_item_with_deferred_revenue_goes_to_its_account_with_the_dates_of_service():
    deferred = account("Support Paid Ahead", {"account_name": "Current Liabilities"})
    contract = make_contract("Growth", ON)
    item = frappe.get_doc("Item", "Support Retainer Fee")
    item.enable_deferred_revenue = 1
    known = [row for row in item.item_defaults if row.company == company()]
    (known[0] if known else item.append("item_defaults", {"company": company()})).update(
        {"deferred_revenue_account": deferred.name}
    )
    item.save()
    bill(ON, contract)
    (invoice,) = invoices(contract)
    (line,) = invoice.items
    assert (line.enable_deferred_revenue, line.deferred_revenue_account) == (1, deferred.name)
    assert (str(line.service_start_date), str(line.service_end_date)) == (ON, "2026-09-30")
    assert ledger(invoice)[deferred.name] == -450
    assert_books_balance(contract, ON)


OF_DIMENSION = ("Sales Invoice", "Sales Invoice Item", "GL Entry", "Payment Ledger Entry", "Retainer Contract")


@pytest.fixture
def dimension():
    """An accounting dimension of the site's own, for branches, that every booking of revenue has to name.

    ERPNext adds its columns with a background job, and leaves them when the dimension is deleted.
    """
    for name in ("Dubai", "Sharjah"):
        frappe.get_doc(doctype="Branch", branch=name).insert()
    made = frappe.get_doc(doctype="Accounting Dimension", document_type="Branch", label="Branch")
    made.append(
        "dimension_defaults",
        {"company": company(), "reference_document": "Branch", "default_dimension": "Dubai", "mandatory_for_pl": 1},
    )
    made.insert()
    assert set(OF_DIMENSION) <= set(accounting_dimension.get_doctypes_with_dimensions())
    accounting_dimension.make_dimension_in_accounting_doctypes(made, list(OF_DIMENSION))
    forget_dimensions()
    yield made
    frappe.db.rollback()
    for doctype in OF_DIMENSION:
        frappe.db.delete("Custom Field", {"dt": doctype, "fieldname": "branch"})
        frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column if exists branch")
    forget_dimensions()


def forget_dimensions():
    frappe.clear_cache()
    frappe.flags.accounting_dimensions = frappe.flags.accounting_dimensions_details = None


def test_a_dimension_without_a_value_on_the_contract_takes_the_companys_default(dimension):
    contract = make_contract("Growth", ON)
    assert bill(ON, contract).failed == 0
    (invoice,) = invoices(contract)
    assert (invoice.branch, invoice.items[0].branch) == ("Dubai", "Dubai")


def test_the_dimension_of_the_contract_is_on_the_invoice_and_in_the_books(dimension):
    assert frappe.get_meta("Retainer Contract").has_field("branch"), "ERPNext adds the field to our contract"
    contract = make_contract("Growth", ON, branch="Sharjah")
    bill(ON, contract)
    (invoice,) = invoices(contract)
    assert (invoice.branch, invoice.items[0].branch) == ("Sharjah", "Sharjah")
    assert frappe.get_all("GL Entry", {"voucher_no": invoice.name, "credit": [">", 0]}, pluck="branch") == ["Sharjah"]


def test_project_and_cost_centre_are_on_every_line_and_in_the_books():
    parent = frappe.db.get_value("Cost Center", {"company": company(), "is_group": 1})
    centre = frappe.get_doc(
        doctype="Cost Center", cost_center_name="Support", company=company(), parent_cost_center=parent
    ).insert()
    customer = make_customer()
    project = frappe.get_doc(doctype="Project", project_name="Support of the shop", customer=customer).insert()
    contract = make_contract("Growth", ON, customer=customer, project=project.name, cost_center=centre.name)
    bill(ON, contract)
    (invoice,) = invoices(contract)
    row = frappe.db.get_value("GL Entry", {"voucher_no": invoice.name, "credit": [">", 0]}, ["cost_center", "project"])
    assert row == (centre.name, project.name)


def taxes(title, rate, **values):
    head = frappe.db.get_value("Account", {"company": company(), "account_type": "Tax", "is_group": 0})
    row = {"charge_type": "On Net Total", "account_head": head, "description": title, "rate": rate}
    return frappe.get_doc(
        doctype="Sales Taxes and Charges Template", title=title, company=company(), taxes=[row], **values
    ).insert()


def rule(template, **values):
    values = {"tax_type": "Sales", "sales_tax_template": template.name, "company": company(), **values}
    return frappe.get_doc(doctype="Tax Rule", **values).insert()


def test_the_clients_tax_category_decides_the_taxes_where_the_contract_names_none():
    category = frappe.get_doc(doctype="Tax Category", title="Free Zone").insert()
    rule(taxes("Five Percent of the Zone", 5), tax_category=category.name)
    contract = make_contract("Growth", ON, customer=make_customer(tax_category=category.name))
    other = make_contract("Growth", ON)
    bill(ON)
    (invoice,) = invoices(contract)
    assert (invoice.tax_category, invoice.net_total, invoice.grand_total) == ("Free Zone", 450, 472.5)
    assert invoices(other)[0].grand_total == 450


def test_a_tax_rule_for_the_client_decides_before_the_default_template():
    taxes("Five Percent for All", 5, is_default=1)
    customer = make_customer()
    rule(taxes("Ten Percent of the Rule", 10), customer=customer)
    contract, other = make_contract("Growth", ON, customer=customer), make_contract("Growth", ON)
    bill(ON)
    assert [invoice.grand_total for one in (contract, other) for invoice in invoices(one)] == [495, 472.5]


def test_a_client_in_another_currency_owes_on_the_receivable_of_that_currency():
    debtors = account(
        "Debtors SEK", {"account_name": "Accounts Receivable"}, account_type="Receivable", account_currency="SEK"
    )
    customer = make_customer(default_currency="SEK", accounts=[{"company": company(), "account": debtors.name}])
    contract = make_contract("Operations", ON, customer=customer)
    bill(ON, contract)
    (invoice,) = invoices(contract)
    assert (invoice.debit_to, invoice.party_account_currency, invoice.outstanding_amount) == (
        debtors.name,
        "SEK",
        1500,
    )


def test_terms_of_payment_set_the_due_date():
    frappe.get_doc(
        doctype="Payment Terms Template",
        template_name="In Ten Days",
        terms=[{"invoice_portion": 100, "due_date_based_on": "Day(s) after invoice date", "credit_days": 10}],
    ).insert()
    contract = make_contract("Growth", ON, payment_terms_template="In Ten Days")
    bill(ON, contract)
    assert str(invoices(contract)[0].due_date) == "2026-09-11"


def test_a_foreign_currency_without_an_account_of_its_own_is_converted():
    allow_foreign_currency()
    contract = make_contract("Operations", ON)
    bill(ON, contract)
    assert amounts(invoices(contract)[0]) == [1500]
