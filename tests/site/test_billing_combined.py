"""One invoice for all contracts of a customer that fall due together, where the setting says so."""

import frappe
import pytest

from support_retainer.billing import combine, preview
from support_retainer.billing.audit import audit
from support_retainer.billing.worklog import worklog
from support_retainer.testing import bill, make_contract, make_customer, make_timesheet
from tests.support.stories import amounts, assert_books_balance, at, on_contract, period_statuses

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture(autouse=True)
def combined():
    at("2026-10-14 09:00")
    settings = frappe.get_doc("Retainer Settings")
    settings.combine_invoices = 1
    settings.save()


@pytest.fixture
def pair():
    """Growth and Starter of one customer, each on a project of its own."""
    customer = make_customer()
    return [
        make_contract(
            package,
            ON,
            customer=customer,
            project=frappe.get_doc(doctype="Project", project_name=f"{customer} {package}", customer=customer)
            .insert()
            .name,
        )
        for package in ("Growth", "Starter")
    ]


def shared_invoices(pair):
    names = frappe.get_all(
        "Sales Invoice", {"customer": pair[0].customer, "docstatus": 1}, pluck="name", order_by="creation"
    )
    return [frappe.get_doc("Sales Invoice", name) for name in names]


def assert_both_balance(pair, on):
    for contract in pair:
        assert_books_balance(contract, on)


def test_contracts_that_fall_due_together_share_an_invoice_month_by_month(pair):
    done = bill("2026-10-01")
    assert [amounts(invoice) for invoice in shared_invoices(pair)] == [[450, 150], [450, 150]]
    assert (done.done, done.invoices, done.planned) == (4, 2, 4)
    assert_both_balance(pair, "2026-10-01")
    assert bill("2026-10-01").planned == 0


def test_each_line_of_a_shared_invoice_knows_its_project_and_its_period(pair):
    bill(ON)
    (invoice,) = shared_invoices(pair)
    assert [row.project for row in invoice.items] == [contract.project for contract in pair]
    assert (invoice.project, len({row.retainer_billing_period for row in invoice.items})) == (None, 2)


def test_a_cancelled_shared_invoice_voids_every_period_on_it_and_all_are_billed_again(pair):
    bill(ON)
    (invoice,) = shared_invoices(pair)
    invoice.cancel()
    assert [period_statuses(contract)[0] for contract in pair] == [(ON, "Voided")] * 2
    bill(ON)
    assert [amounts(again) for again in shared_invoices(pair)] == [[450, 150]]
    assert_both_balance(pair, ON)


def test_an_amended_shared_invoice_stands_for_every_period_of_the_old_one(pair):
    bill(ON)
    (invoice,) = shared_invoices(pair)
    invoice.cancel()
    amended = frappe.copy_doc(invoice)
    amended.amended_from, amended.docstatus = invoice.name, 0
    amended.insert()
    bill(ON)
    amended.submit()
    assert [made.name for made in shared_invoices(pair)] == [amended.name]
    assert_both_balance(pair, ON)


def test_one_bad_contract_leaves_its_customers_others_with_an_invoice(pair):
    bad, good = pair
    bad.db_set("taxes_and_charges", "Taxes that were deleted")
    frappe.db.set_value("Retainer Contract", good.name, "taxes_and_charges", None)
    done = bill(ON)
    assert (done.failed, done.done) == (1, 1)
    assert [amounts(invoice) for invoice in shared_invoices(pair)] == [[150]]


def test_one_bad_line_of_a_shared_invoice_has_the_others_billed_alone(pair):
    bad, good = pair
    bad.db_set("cost_center", "A cost centre that was deleted")
    done = bill(ON)
    assert [row["contract"] for row in frappe.parse_json(done.failures)] == [bad.name]
    assert period_statuses(good)[0] == (ON, "Invoiced")
    assert_books_balance(good, ON)


def test_the_numbers_of_shared_invoices_have_no_gap(pair):
    frappe.db.set_single_value("Retainer Settings", "combine_invoices", 0)
    frappe.clear_cache(doctype="Retainer Settings")
    at("2026-09-14 09:00")
    for contract in pair:
        frappe.db.set_value("Customer", contract.customer, "disabled", 1)
    bill(ON)  # fails, with a number reserved for each
    frappe.db.set_value("Customer", pair[0].customer, "disabled", 0)
    frappe.db.set_single_value("Retainer Settings", "combine_invoices", 1)
    frappe.clear_cache()
    bill(ON)
    bill("2026-10-01")
    numbers = sorted(int(invoice.name[-5:]) for invoice in shared_invoices(pair))
    assert numbers == list(range(numbers[0], numbers[0] + 2))


def test_time_of_each_contract_is_charged_on_its_own_lines_and_shown_in_one_worklog(pair):
    for contract in pair:
        make_timesheet(on_contract(contract, "2026-09-14 10:00", 60, "Training"))
    bill("2026-10-01")
    second = shared_invoices(pair)[1]
    assert amounts(second) == [450, 150, 150, 150]
    assert len(worklog(second.name)) == 2
    assert_both_balance(pair, "2026-10-01")


def test_what_is_billed_differently_stays_apart(pair):
    other = make_contract("Enterprise", "2026-09-08", customer=pair[0].customer)
    names = frappe.get_all("Retainer Billing Period", {"status": "Due"}, pluck="name")
    assert sorted(len(group) for group in combine.groups(names)) == [1, 2]
    assert other.name


def test_a_dry_run_counts_shared_invoices_once(pair):
    plan = preview.plan(ON)
    assert (len(plan.invoices), plan.count()) == (2, 1)


def test_a_batch_for_the_workers_never_splits_a_customer(pair):
    lonely = make_contract("Growth", ON)
    batches = combine.batches_of_contracts([pair[0].name, lonely.name, pair[1].name], size=2)
    assert sorted(map(sorted, batches)) == sorted([sorted(c.name for c in pair), [lonely.name]])


def test_the_audit_finds_a_line_that_went_missing_from_a_shared_invoice(pair):
    bill(ON)
    (invoice,) = shared_invoices(pair)
    frappe.db.delete("Sales Invoice Item", {"name": invoice.items[1].name})
    frappe.db.commit()
    assert {found.contract for found in audit(ON).differences} == {pair[1].name}
