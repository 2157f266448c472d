"""What the contract's clock adds to the insert of an issue, in queries: a number that does not depend on the machine.

./benchmark issue_insert measures the same, with time, against a site that never had the app.
"""

import frappe

from support_retainer.testing import make_contract, make_customer, make_issue
from support_retainer.testing.crowd import crowd_around

MOST_QUERIES = 8
WARM_UP = 3  # the first insert after a flush leaves caches empty that the second one fills


def statements() -> int:
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def queries_of_insert(customer: str, **values) -> int:
    """Statements of one insert as a request of its own: Redis warm, nothing known to the process."""
    for _ in range(WARM_UP):
        make_issue(None, customer=customer, **values)
        forget_what_the_process_knows()
    before = statements()
    make_issue(None, customer=customer, **values)
    return statements() - before - 1


def forget_what_the_process_knows() -> None:
    frappe.local.cache.clear()
    frappe.db.value_cache.clear()


def queries_without_our_hooks(customer: str, monkeypatch) -> int:
    others = {
        doctype: {
            event: [name for name in names if not name.startswith("support_retainer.")] for event, names in on.items()
        }
        for doctype, on in frappe.get_doc_hooks().items()
    }
    with monkeypatch.context() as patch:
        patch.setattr(frappe.local, "doc_events_hooks", others, raising=False)
        return queries_of_insert(customer)


def test_an_issue_on_a_contract_costs_at_most_eight_queries_more_than_without_our_hooks(monkeypatch):
    contract = make_contract()
    stock = queries_without_our_hooks(contract.customer, monkeypatch)
    assert make_issue(contract).response_by, "the clock ran"
    assert 1 <= queries_of_insert(contract.customer) - stock <= MOST_QUERIES


def test_an_issue_without_contract_costs_one_query_to_find_that_out(monkeypatch):
    make_contract()
    customer = make_customer()
    assert queries_of_insert(customer) - queries_without_our_hooks(customer, monkeypatch) == 1


def test_a_contract_chosen_by_hand_costs_two_checks_more_than_one_that_is_found():
    contract = make_contract()
    # Frappe checks the link that the user filled, and we check whose contract it is.
    by_hand = queries_of_insert(contract.customer, retainer_contract=contract.name)
    assert by_hand <= queries_of_insert(contract.customer) + 2


def test_a_policy_that_another_process_changed_is_read_again():
    contract = make_contract()
    before = make_issue(contract).response_by
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    for target in policy.targets:
        target.response_time += 3600
    policy.save()
    assert make_issue(contract).response_by > before


def test_a_holiday_that_was_added_moves_the_due_time():
    contract = make_contract()
    before = make_issue(contract).response_by
    holidays = frappe.get_doc("Holiday List", frappe.db.get_value("SLA Policy", "Growth SLA", "holiday_list"))
    holidays.append("holidays", {"holiday_date": before.date(), "description": "Closed"})
    holidays.save()
    assert make_issue(contract).response_by.date() > before.date()


def test_more_policies_and_contracts_cost_no_more_queries():
    contract = make_contract()
    alone = queries_of_insert(contract.customer)
    policies, contracts = frappe.db.count("SLA Policy"), frappe.db.count("Retainer Contract")
    others = crowd_around(contract, policies + 20, contracts + 100)
    assert len(others) == 100
    assert queries_of_insert(contract.customer) == alone
    assert queries_of_insert(others[57]) == alone
    assert frappe.get_last_doc("Issue", {"customer": others[57]}).sla_policy == "Crowd Policy 000017"
