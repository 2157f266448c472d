"""The SLA policy of an issue is the one that its contract agreed, whatever became of the package since."""

import frappe
import pytest

from support_retainer.exceptions import PolicyInUse
from support_retainer.testing import make_contract, make_issue


def give_package_another_policy(package: str, policy: str) -> None:
    record = frappe.get_doc("Support Package", package)
    record.sla_policy = policy
    record.save()


def test_a_later_edit_of_the_package_leaves_the_policy_of_a_live_contract():
    contract = make_contract("Growth")
    give_package_another_policy("Growth", "Starter SLA")
    assert make_issue(contract).sla_policy == "Growth SLA"
    assert make_issue(None, retainer_contract=contract.name).sla_policy == "Growth SLA"
    assert make_issue(make_contract("Growth")).sla_policy == "Starter SLA"


def test_new_terms_bring_their_policy_from_their_first_day():
    contract = make_contract("Growth", frappe.utils.add_days(frappe.utils.today(), -40))
    contract.append("terms", {"effective_from": frappe.utils.add_days(frappe.utils.today(), -5), "package": "Starter"})
    contract.save()
    before = make_issue(contract, opening_date=frappe.utils.add_days(frappe.utils.today(), -6))
    assert (before.sla_policy, make_issue(contract).sla_policy) == ("Growth SLA", "Starter SLA")


def test_a_policy_that_a_contract_agreed_cannot_be_deleted():
    contract = make_contract("Growth")
    give_package_another_policy("Growth", "Starter SLA")
    with pytest.raises(PolicyInUse, match=contract.name):
        frappe.delete_doc("SLA Policy", "Growth SLA")
    assert frappe.db.exists("SLA Policy", "Growth SLA")


def test_a_policy_that_nobody_agreed_can_be_deleted():
    make_contract("Growth")
    give_package_another_policy("Starter", "Growth SLA")
    frappe.delete_doc("SLA Policy", "Starter SLA")
    assert not frappe.db.exists("SLA Policy", "Starter SLA")
