"""Records that are evidence: written once, never changed."""

import frappe
import pytest

from support_retainer import exceptions
from tests.site.record_factories import new_contract


def test_an_sla_event_is_neither_changed_nor_deleted():
    issue = frappe.get_doc(doctype="Issue", subject="Down").insert()
    event = frappe.get_doc(doctype="SLA Event", issue=issue.name, event="Opened", at="2026-03-01 10:00:00").insert()
    event.value = "other"

    with pytest.raises(exceptions.AppendOnly):
        event.save()
    with pytest.raises(exceptions.AppendOnly):
        frappe.delete_doc("SLA Event", event.name, force=True)


def test_a_posting_happens_once():
    contract = new_contract().insert()
    ledger = frappe.get_doc(doctype="Hour Ledger", contract=contract.name, pool="Support").insert()
    posting = {
        "doctype": "Hour Ledger Entry",
        "ledger": ledger.name,
        "contract": contract.name,
        "entry_type": "Allotment",
        "minutes": 240,
        "posting_time": "2026-02-01 00:00:00",
        "entry_key": "allotment-1",
    }
    entry = frappe.get_doc(posting).insert()

    with pytest.raises(frappe.UniqueValidationError):
        frappe.get_doc(posting).insert()
    with pytest.raises(exceptions.AppendOnly):
        entry.delete()


@pytest.mark.parametrize(
    ("doctype", "values"),
    [
        ("Hour Ledger", {"pool": "Support"}),
        (
            "Retainer Billing Period",
            {"period_start": "2026-02-01", "period_end": "2026-03-01", "bill_on": "2026-02-01"},
        ),
    ],
)
def test_there_is_one_account_per_pool_and_one_period_per_start(doctype, values):
    contract = new_contract().insert()
    row = {"doctype": doctype, "contract": contract.name, **values}
    frappe.get_doc(row).insert()

    with pytest.raises(frappe.UniqueValidationError):
        frappe.get_doc(row).insert()
