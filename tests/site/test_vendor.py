"""A ticket that waits for a vendor says for whom, since when, and does not count that time as ours."""

import json

import frappe
import pytest

from support_retainer.exceptions import AlreadySolved, NoVendor
from support_retainer.sla import vendor, why
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_user
from tests.support.stories import at
from tests.support.tickets import facts

HOUR = 3600


@pytest.fixture
def issue(site):
    at("2026-09-14 10:00")
    return make_issue(make_contract("Growth", "2026-08-31"), priority="P2 High")


def response(answer):
    return next(row for row in answer["targets"] if row["target"] == "Response")


def reloaded(issue):
    return frappe.get_doc("Issue", issue.name)


def test_waiting_for_a_vendor_pauses_the_clock_with_their_name_and_number(issue):
    at("2026-09-14 11:00")
    with acting_as(make_user("Retainer Agent", "Support Team")):
        assert vendor.escalate(issue.name, "Hosting Ltd", "4711") == {"status": "On Hold", "is_paused": True}
    at("2026-09-14 13:00")
    assert vendor.answered(issue.name, "Their disk was full.") == "Open"

    assert facts(issue)[1:] == [("Paused", "Vendor: Hosting Ltd (4711)"), ("Resumed", "")]
    counted = response(why.why(issue.name))
    assert counted["paused_for"] == {"Vendor": 2 * HOUR}
    paused = [(row["reason"], row["detail"]) for row in counted["stretches"] if row["kind"] == "Paused"]
    assert paused == [("Vendor", "Hosting Ltd (4711)")]
    assert (reloaded(issue).retainer_pause_reason, reloaded(issue).retainer_vendor) == (None, "Hosting Ltd")


def test_the_client_reads_no_vendor(issue):
    vendor.escalate(issue.name, "Hosting Ltd", "4711", "They are slow.")
    at("2026-09-14 13:00")
    text = json.dumps(why.for_client(issue.name))
    assert "Hosting" not in text
    assert "4711" not in text
    assert '"Paused"' in text


def test_the_staff_reads_the_note_in_the_timeline(issue):
    vendor.escalate(issue.name, "Hosting <Ltd>", "", "Disk?")
    comments = frappe.get_all("Comment", {"reference_name": issue.name, "comment_type": "Info"}, pluck="content")
    assert "Escalated to Hosting &lt;Ltd&gt;: Disk?" in comments


def test_a_number_that_comes_later_is_another_stretch_of_the_same_pause(issue):
    vendor.escalate(issue.name, "Hosting Ltd")
    at("2026-09-14 11:00")
    vendor.escalate(issue.name, "Hosting Ltd", "4711")
    assert [kind for kind, _value in facts(issue)] == ["Opened", "Paused", "Resumed", "Paused"]
    assert reloaded(issue).status == "On Hold"


def test_a_policy_that_never_pauses_says_so(issue):
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    policy.pause_on = []
    policy.save()
    assert vendor.escalate(issue.name, "Hosting Ltd") == {"status": "On Hold", "is_paused": False}


def test_what_cannot_be_escalated_says_why(issue):
    with pytest.raises(NoVendor, match="Vendor"):
        vendor.escalate(issue.name, "  ")
    with pytest.raises(NoVendor, match="waits for no vendor"):
        vendor.answered(issue.name)
    frappe.get_doc("Issue", issue.name).update({"status": "Closed"}).save()
    with pytest.raises(AlreadySolved):
        vendor.escalate(issue.name, "Hosting Ltd")


def test_strangers_escalate_nothing(issue):
    for user in ("Guest", make_user(user_type="Website User"), make_user()):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            vendor.escalate(issue.name, "Hosting Ltd")
