"""The buttons of the desk: who may press them, and what they do."""

import frappe
import pytest

from support_retainer.billing import api, periods
from support_retainer.exceptions import NothingToRetry
from support_retainer.offboarding import api as notice_api
from support_retainer.testing import bill, make_contract

CALLS = [
    (api.next_invoices, ("contract",)),
    (api.bill_contract, ("contract",)),
    (api.retry, ("billing_run",)),
    (notice_api.preview_notice, ("contract", "given_on")),
    (notice_api.give_notice, ("contract", "given_on")),
    (notice_api.withdraw_notice, ("contract",)),
]


def user_with(*roles):
    user = frappe.get_doc(
        doctype="User",
        email=f"{frappe.generate_hash(length=8)}@example.com",
        first_name="Somebody",
        send_welcome_email=0,
        roles=[{"role": role} for role in roles],
    )
    return user.insert(ignore_permissions=True).name


@pytest.mark.parametrize("role", ["Retainer Agent", "Customer", "Employee"])
@pytest.mark.parametrize(("call", "names"), CALLS, ids=lambda value: getattr(value, "__name__", ""))
def test_who_may_not_bill_is_refused(site, role, call, names):
    contract = make_contract("Growth", "2026-11-01").name
    values = {"contract": contract, "billing_run": "RUN", "given_on": "2026-11-20"}
    frappe.set_user(user_with(role))
    with pytest.raises(frappe.PermissionError):
        call(**{name: values[name] for name in names})


def test_the_next_invoice_is_shown_before_it_is_made(site):
    contract = make_contract("Growth", "2026-11-01").name
    shown = api.next_invoices(contract)
    assert [line["amount"] for line in shown["invoices"][0]["lines"]] == ["450.00"]
    assert periods.due(frappe.utils.getdate(), [contract]) != []


@pytest.mark.commits
def test_one_contract_is_billed_at_once(site):
    contract = make_contract("Growth", "2026-11-01").name
    assert len(api.bill_contract(contract)["invoices"]) == 1
    assert api.next_invoices(contract)["invoices"] == []


@pytest.mark.commits
def test_a_failed_contract_is_retried_once_its_cause_is_gone(site):
    contract = make_contract("Growth", "2026-11-01")
    frappe.db.set_value("Customer", contract.customer, "disabled", 1)
    failed = bill(frappe.utils.today(), contract)
    assert failed.failed == 1
    frappe.db.set_value("Customer", contract.customer, "disabled", 0)
    retried = frappe.get_doc("Retainer Billing Run", api.retry(failed.name))
    assert (retried.batches, retried.on_date) == (1, frappe.utils.getdate())
    bill(frappe.utils.today(), contract)
    with pytest.raises(NothingToRetry):
        api.retry(failed.name)


def test_notice_from_the_desk_shows_the_end_first(site):
    contract = make_contract("Growth", "2026-11-01").name
    assert notice_api.preview_notice(contract, "2026-11-20")["end_date"] == "2026-12-20"
    assert notice_api.give_notice(contract, "2026-11-20") == "2026-12-20"
    notice_api.withdraw_notice(contract)
    assert frappe.db.get_value("Retainer Contract", contract, ["status", "end_date"]) == ("Active", None)
