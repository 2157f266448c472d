"""What follows an invoice: its mail and its payment request, once, and never at the cost of billing."""

import frappe
import pytest

from support_retainer.billing import api, follow_up
from support_retainer.exceptions import NothingToRetry
from support_retainer.testing import bill, make_contract
from tests.support.outbox import make_outbox
from tests.support.people import make_user
from tests.support.stories import at, invoices, period_statuses

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture(autouse=True)
def an_outgoing_account():
    at("2026-09-01 09:00")
    make_outbox("billing@retainer.example")


def settings(**values):
    record = frappe.get_doc("Retainer Settings")
    record.update(values)
    record.save()


def contract_with_contact():
    user = make_user(user_type="Website User")
    contract = make_contract("Growth", ON, contacts=[{"user": user, "receives_invoices": 1}])
    return contract, user


def mails(invoice):
    """(recipients, attachments) of every mail about an invoice."""
    found = []
    for name in frappe.get_all("Email Queue", {"reference_name": invoice.name}, pluck="name"):
        mail = frappe.get_doc("Email Queue", name)
        attached = [(row["name"], row["print_format"]) for row in frappe.parse_json(mail.attachments)]
        found.append(([row.recipient for row in mail.recipients], attached))
    return found


def period_of(contract):
    return frappe.get_doc("Retainer Billing Period", {"contract": contract.name, "period_start": ON})


def test_the_invoice_goes_to_the_billing_contact_once_however_often_the_job_runs():
    settings(mail_invoices=1)
    contract, user = contract_with_contact()
    bill(ON, contract)
    assert (period_of(contract).follow_up, follow_up.work_off(), follow_up.work_off()) == ("Waiting", 1, 0)
    (invoice,) = invoices(contract)
    assert mails(invoice) == [([user], [(invoice.name, "Retainer Invoice with Worklog")])]
    assert period_of(contract).follow_up == "Done"


def test_a_job_that_dies_before_its_commit_has_mailed_nothing_and_the_next_one_mails_once(monkeypatch):
    settings(mail_invoices=1)
    contract, _user = contract_with_contact()
    bill(ON, contract)
    period = period_of(contract).name
    assert follow_up._lock(period)
    follow_up._follow(period)
    frappe.db.rollback()  # what the database does when the worker is gone
    follow_up.work_off()
    assert len(mails(invoices(contract)[0])) == 1


def test_a_mail_that_fails_leaves_the_invoice_as_it_is_and_says_why():
    settings(mail_invoices=1)
    contract = make_contract("Growth", ON)
    assert bill(ON, contract).failed == 0
    for _ in range(follow_up.TRIES):
        follow_up.work_off()
    period = period_of(contract)
    assert (period.status, period.follow_up) == ("Invoiced", "Failed")
    assert "no billing contact" in period.follow_up_error
    assert period_statuses(contract)[0] == (ON, "Invoiced")


def test_a_mail_that_failed_for_good_is_tried_again_on_request():
    settings(mail_invoices=1)
    contract = make_contract("Growth", ON)
    bill(ON, contract)
    for _ in range(follow_up.TRIES):
        follow_up.work_off()
    contract.append("contacts", {"user": make_user(user_type="Website User"), "receives_invoices": 1})
    contract.save()
    api.mail_again(period_of(contract).name)
    follow_up.work_off()
    assert period_of(contract).follow_up == "Done"
    with pytest.raises(NothingToRetry):
        api.mail_again(period_of(contract).name)


def test_without_a_named_contact_the_customers_billing_contact_gets_it():
    settings(mail_invoices=1)
    contract = make_contract("Growth", ON)
    contact = frappe.get_doc(doctype="Contact", first_name="Ana", is_billing_contact=1)
    contact.append("email_ids", {"email_id": "ana@client.example", "is_primary": 1})
    contact.append("links", {"link_doctype": "Customer", "link_name": contract.customer})
    contact.insert()
    bill(ON, contract)
    follow_up.work_off()
    assert mails(invoices(contract)[0])[0][0] == ["ana@client.example"]


def test_a_payment_request_is_made_once():
    settings(request_payment=1)
    contract, user = contract_with_contact()
    bill(ON, contract)
    follow_up.work_off()
    (invoice,) = invoices(contract)
    requests = frappe.get_all(
        "Payment Request", {"reference_name": invoice.name}, ["grand_total", "email_to", "docstatus"]
    )
    assert [(row.grand_total, row.email_to, row.docstatus) for row in requests] == [(450, user, 1)]
    assert follow_up.request_payment(invoice).reference_name == invoice.name
    assert frappe.db.count("Payment Request", {"reference_name": invoice.name}) == 1


def test_nothing_follows_unless_the_settings_say_so():
    contract, _user = contract_with_contact()
    bill(ON, contract)
    assert (follow_up.work_off(), period_of(contract).follow_up) == (0, None)


def test_a_draft_is_mailed_when_a_person_submits_it():
    settings(mail_invoices=1, submit_invoices=0)
    contract, _user = contract_with_contact()
    bill(ON, contract)
    assert follow_up.work_off() == 0
    (draft,) = invoices(contract, docstatus=0)
    draft.submit()
    assert follow_up.work_off() == 1
    assert len(mails(draft)) == 1
