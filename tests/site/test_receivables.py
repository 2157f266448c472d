"""An overdue invoice: warnings, service on hold, billing that goes on, and the payment that ends it."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

from support_retainer.billing import api, receivables
from support_retainer.billing.audit import audit
from support_retainer.exceptions import InvalidTerms, NotSuspended
from support_retainer.sla.why import for_client
from support_retainer.testing import bill, invoiced_starts, make_contract, make_issue
from tests.support.people import make_user
from tests.support.stories import at, invoices

pytestmark = pytest.mark.commits
DUE = "2026-09-01"


@pytest.fixture
def contract():
    """Growth with its first invoice due on 1 September; service stops ten days later, warned of 7 and 2 days before."""
    settings = frappe.get_doc("Retainer Settings")
    settings.update({"suspend_after_days": 10, "overdue_warnings": "7, 2"})
    settings.save()
    at(f"{DUE} 09:00")
    contact = {"user": make_user(user_type="Website User"), "receives_invoices": 1}
    made = make_contract("Growth", DUE, contacts=[contact])
    bill(DUE, made)
    return made


@pytest.fixture
def outbox(monkeypatch):
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)  # queued as on a real site; nothing is sent from here
    frappe.get_doc(
        doctype="Email Account",
        email_account_name="Outbox",
        email_id="billing@retainer.example",
        enable_outgoing=1,
        default_outgoing=1,
        smtp_server="127.0.0.1",
        no_smtp_authentication=1,
    ).db_insert()


def days_after(contract, days):
    """The scheduler looks, twice, so many days after the invoice fell due."""
    day = frappe.utils.add_days(DUE, days)
    at(f"{day} 09:00")
    receivables.follow_all()
    receivables.follow_all()
    contract.reload()
    return contract.status


def mails_about(contract):
    return frappe.db.count("Email Queue", {"reference_name": contract.name})


def pay(invoice):
    payment = get_payment_entry("Sales Invoice", invoice.name)
    payment.update({"reference_no": "1", "reference_date": invoice.due_date})
    payment.insert()
    payment.submit()
    return payment


def test_the_client_is_warned_once_for_each_day_named_and_then_told_of_the_hold(contract, outbox):
    told = []
    for days in (0, 2, 3, 4, 8, 9, 10, 11):
        days_after(contract, days)
        told.append(mails_about(contract))
    assert told == [0, 0, 1, 1, 2, 2, 3, 3]


def test_service_is_on_hold_from_the_day_in_the_settings_and_billing_goes_on(contract):
    assert [days_after(contract, days) for days in (9, 10)] == ["Active", "Suspended"]
    bill("2026-10-01", contract)
    assert invoiced_starts(contract) == [DUE, "2026-10-01"]
    assert audit("2026-10-01", contract.name).lines()[:-1] == []


def test_the_ticket_says_that_it_waits_for_an_overdue_invoice_to_the_client_too(contract):
    days_after(contract, 10)
    issue = make_issue(contract)
    at("2026-09-14 09:00")
    stretches = for_client(issue.name)["targets"][0]["stretches"]
    assert ("Paused", "On hold: overdue") in {(row["kind"], row["reason"]) for row in stretches}


def test_a_payment_lifts_the_hold_at_once_and_its_cancellation_puts_it_back(contract):
    days_after(contract, 10)
    payment = pay(invoices(contract)[0])
    contract.reload()
    assert (contract.status, contract.suspended_for) == ("Active", None)
    payment.cancel()
    contract.reload()
    assert (contract.status, contract.suspended_for) == ("Suspended", "Overdue")


def test_a_payment_that_nobody_told_us_of_is_found_by_the_next_look(contract):
    days_after(contract, 10)
    frappe.db.set_value("Sales Invoice", invoices(contract)[0].name, "outstanding_amount", 0)
    assert days_after(contract, 11) == "Active"
    assert contract.overdue_warnings_sent == 0


def test_a_part_payment_lifts_nothing(contract):
    days_after(contract, 10)
    payment = get_payment_entry("Sales Invoice", invoices(contract)[0].name, party_amount=100)
    payment.update({"reference_no": "1", "reference_date": DUE})
    payment.insert()
    payment.submit()
    contract.reload()
    assert contract.status == "Suspended"


def test_a_manager_gives_time_and_then_the_hold_comes_back(contract):
    days_after(contract, 10)
    with pytest.raises(NotSuspended, match="until which day"):
        api.resume(contract.name)
    api.resume(contract.name, grace_until="2099-01-01")
    assert days_after(contract, 11) == "Active"
    contract.db_set("overdue_grace_until", "2026-09-12")
    assert days_after(contract, 12) == "Suspended"


def test_a_hold_by_agreement_is_not_touched_by_payments(contract):
    api.suspend(contract.name)
    assert days_after(contract, 10) == "Suspended"
    pay(invoices(contract)[0])
    contract.reload()
    assert contract.suspended_for == "Agreed"


def test_nobody_is_put_on_hold_where_the_setting_is_zero(contract):
    assert days_after(contract, 10) == "Suspended"
    frappe.get_doc("Retainer Settings").update({"suspend_after_days": 0}).save()
    assert days_after(contract, 11) == "Active"


def test_one_contract_that_fails_holds_up_no_other(contract, monkeypatch):
    other = make_contract("Starter", DUE)
    bill(DUE, other)
    follow = receivables._follow

    def fail_for_one(record, *rest):
        if record.name == contract.name:
            raise RuntimeError("something unexpected")
        return follow(record, *rest)

    monkeypatch.setattr(receivables, "_follow", fail_for_one)
    days_after(contract, 10)
    other.reload()
    assert (contract.status, other.status) == ("Active", "Suspended")


@pytest.mark.parametrize("days", ["soon", "7, -1"])
def test_warning_days_that_are_no_days_are_refused(days):
    with pytest.raises(InvalidTerms, match="Warn Days before"):
        frappe.get_doc("Retainer Settings").update({"overdue_warnings": days}).save()
