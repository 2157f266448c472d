"""What a manager reads where something could not be billed."""

import frappe
import pytest

from support_retainer.billing import preview
from support_retainer.testing import bill, make_contract

pytestmark = pytest.mark.commits


def failure(contract):
    return frappe.db.get_value("Retainer Billing Period", {"contract": contract.name, "status": "Failed"}, "error")


def test_an_error_that_nobody_caused_says_where_to_look_and_hides_no_other_contract(site):
    broken, sound = make_contract("Growth", "2026-11-01"), make_contract("Growth", "2026-11-01")
    frappe.db.set_value("Retainer Contract Term", {"parent": broken.name}, "package_snapshot", "{")
    broken.clear_cache()
    plan = preview.plan("2026-11-01")
    assert [planned.contract for planned in plan.invoices] == [sound.name]
    [(contract, reason)] = plan.failures
    assert (contract, reason.split("(")[0].strip()) == (
        broken.name,
        "Unexpected error, which an administrator can look up in the Error Log",
    )
    bill("2026-11-01")
    assert failure(broken) == reason
    assert not failure(sound)


def test_what_a_check_says_is_told_as_it_is(site):
    contract = make_contract("Growth", "2026-11-01")
    frappe.db.set_value("Customer", contract.customer, "disabled", 1)
    bill("2026-11-01", contract)
    assert failure(contract) == f"Customer {contract.customer} is disabled"
