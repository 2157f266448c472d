"""What billing asks of the database, counted by the server itself: numbers that no busy machine disturbs."""

import frappe
import pytest

from support_retainer.billing import numbers, periods
from support_retainer.billing.outcome import Outcome
from support_retainer.billing.run import bill_what_is_due
from support_retainer.billing.settle import settle
from support_retainer.testing import bill, make_contract, make_fiscal_year
from tests.support.stories import at

pytestmark = pytest.mark.commits
MOST_QUERIES = 125
BATCH = 10


def statements() -> int:
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


@pytest.mark.parametrize("frequency", ["Each Transaction", "Monthly"])
def test_an_invoice_of_one_line_takes_at_most_125_queries_with_its_lock_its_number_and_its_commit(frequency):
    at("2026-09-14 09:00")
    make_fiscal_year("2026-11-01")
    frappe.db.set_single_value("Selling Settings", "sales_update_frequency", frequency)
    contracts = [make_contract("Growth", "2026-09-01").name for _ in range(BATCH)]
    bill("2026-09-01")  # warms what a worker has warm after its first invoices
    due = periods.due(frappe.utils.getdate("2026-10-01"), contracts)
    assert len(due) == BATCH

    before, outcome = statements(), Outcome()
    numbers.reserve(due, frappe.utils.getdate("2026-10-01"))
    for name in due:
        settle(name, frappe.utils.getdate("2026-10-01"), outcome)
    asked = statements() - before - 1

    assert (len(outcome.invoices), outcome.failures) == (BATCH, [])
    assert asked / BATCH <= MOST_QUERIES


def test_a_look_that_finds_nothing_due_asks_little_and_saves_no_contract():
    at("2026-09-14 09:00")
    contracts = [make_contract("Growth", "2026-09-01") for _ in range(3)]
    bill(frappe.utils.today())
    modified = [frappe.db.get_value("Retainer Contract", one.name, "modified") for one in contracts]

    before = statements()
    assert bill_what_is_due() is None
    asked = statements() - before - 1

    assert asked < 20
    assert [frappe.db.get_value("Retainer Contract", one.name, "modified") for one in contracts] == modified


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "select name from `tabRetainer Billing Period` where status in ('Due','Failed') and bill_on <= now()",
            "status",
        ),
        ("select name from `tabRetainer Billing Period` where follow_up = 'Waiting'", "follow_up"),
        ("select contract from `tabRetainer Billing Period` where sales_invoice = 'X'", "sales_invoice"),
        ("select parent from `tabSales Invoice Item` where retainer_billing_period = 'X'", "retainer_billing_period"),
        ("select name from `tabMetered Reading` where contract = 'X' and effective_from <= now()", "contract"),
    ],
)
def test_what_billing_looks_for_has_an_index(query, index):
    (row,) = frappe.db.sql(f"explain {query}", as_dict=True)
    assert index in (row.possible_keys or "")
