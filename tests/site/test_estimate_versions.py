"""Versions of an estimate: what was sent never changes, a change is a new one, and it takes the work along."""

import frappe
import pytest

from support_retainer.exceptions import AlreadyDecided, EstimateUsed
from support_retainer.hours import estimate_versions, estimated_time, estimates
from support_retainer.hours.estimate_orders import order_of
from tests.support.additional_work import estimate, on_task, task_of
from tests.support.people import make_user
from tests.support.stories import at


@pytest.fixture
def client(site):
    at("2026-09-14 10:00")
    return make_user("Customer", user_type="Website User")


def changed(quotation, **hours):
    """The next version with other hours by line, sent."""
    draft = estimate_versions.new_version(quotation.name)
    for line, amount in hours.items():
        draft.items[int(line[1:])].qty = amount
    draft.save()
    draft.submit()
    return draft


def standing(quotation):
    return frappe.db.get_value("Quotation", quotation.name, ["status", "retainer_superseded_by", "order_lost_reason"])


def test_what_was_sent_does_not_change(client):
    quotation = estimate(client)
    quotation.items[0].qty = 40
    with pytest.raises(frappe.UpdateAfterSubmitError):
        quotation.save()


def test_a_change_is_a_new_version_and_the_old_one_cannot_be_answered(client):
    first = estimate(client)
    second = changed(first, r0=6)
    assert (first.retainer_version, second.retainer_version, second.retainer_replaces) == (1, 2, first.name)
    assert standing(first) == ("Lost", second.name, f"Replaced by {second.name}")
    with pytest.raises(AlreadyDecided, match="replaced by a new version"):
        estimates.approve(first.name, client)
    with pytest.raises(AlreadyDecided, match="replaced by a new version"):
        estimates.decline(first.name, client, "No")
    assert estimates.approve(second.name, client).net_total == 1200


def test_the_ticket_waits_for_the_answer_to_the_latest_version(client):
    first = estimate(client)
    second = changed(first, r0=6)
    assert frappe.db.get_value("Issue", first.issue, "status") == "On Hold"
    estimates.decline(second.name, client, "Too dear")
    assert frappe.db.get_value("Issue", first.issue, "status") == "Open"


def test_a_version_has_one_successor(client):
    first = estimate(client)
    second = estimate_versions.new_version(first.name)
    with pytest.raises(AlreadyDecided, match=second.name):
        estimate_versions.new_version(first.name)
    with pytest.raises(AlreadyDecided, match="was not sent"):
        estimate_versions.new_version(second.name)


def test_an_amended_estimate_is_the_next_version_too(client):
    first = estimate(client)
    first.cancel()
    second = frappe.copy_doc(first)
    second.amended_from = first.name
    second.insert()
    second.submit()
    assert second.retainer_version == 2
    assert standing(first)[1] == second.name


def test_a_version_cancelled_unsent_leaves_the_one_before_to_be_sent_anew(client):
    first = estimate(client)
    second = changed(first, r0=6)
    second.cancel()
    assert standing(first)[1] is None


def test_more_hours_after_approval_are_a_new_version_that_takes_the_work_along(client):
    first = estimate(client)
    first_order = estimates.approve(first.name, client).name
    at("2026-09-15 19:00")
    begun = task_of(first)
    on_task(first, "2026-09-14 09:00", 300)
    with pytest.raises(EstimateUsed):
        on_task(first, "2026-09-15 09:00", 60)
    second = changed(first, r0=6)
    order = estimates.approve(second.name, client)
    assert frappe.db.get_value("Sales Order", first_order, "status") == "Closed"
    assert (order_of(second.name), order.net_total) == (order.name, 1200)
    assert task_of(second) == begun
    assert frappe.db.count("Task", {"retainer_estimate": second.name}) == 2
    assert estimated_time.budget_of(second.name).used_minutes == 300
    on_task(second, "2026-09-15 09:00", 60)
