"""A mail becomes a ticket of the right client, is acknowledged with its promises, and starts no loop of machines.

Real servers on the loopback: a client's mail arrives by SMTP, Frappe's Email Account reads it by IMAP, and what it
sends leaves by SMTP. Mails are muted on test sites, so that the outbox is sent here and not by Frappe's scheduler.
"""

import sys
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils.password import set_encrypted_password

from support_retainer.domain.mail_manners import MOST_AN_HOUR
from support_retainer.site_time import to_utc
from support_retainer.testing import make_contract
from tests.support.people import make_contact, make_user
from tests.support.stories import at

if sys.version_info < (3, 11):
    pytest.skip("the IMAP server of these tests needs Python 3.11", allow_module_level=True)

from tests.support.mail_server import PASSWORD, USER, MailServer

pytestmark = pytest.mark.commits
SUPPORT = "support@retainer.example"
CLIENT = "anna@client.example"


@pytest.fixture(scope="module")
def server():
    server = MailServer(SUPPORT)
    yield server
    server.stop()


@pytest.fixture
def letters(site, server):
    """What left for clients: (recipients, message)."""
    account = frappe.get_doc(
        doctype="Email Account",
        email_account_name="Support",
        email_id=SUPPORT,
        login_id=USER,
        login_id_is_different=1,
        password="*" * len(PASSWORD),
        enable_incoming=1,
        use_imap=1,
        email_server="127.0.0.1",
        incoming_port=str(server.imap_port),
        email_sync_option="UNSEEN",
        enable_auto_reply=1,
        enable_outgoing=1,
        default_outgoing=1,
        smtp_server="127.0.0.1",
        smtp_port=str(server.smtp_port),
        imap_folder=[{"folder_name": "INBOX", "append_to": "Issue"}],
    )
    account.db_insert()
    for folder in account.imap_folder:
        folder.parent = account.name
        folder.db_insert()
    set_encrypted_password("Email Account", account.name, PASSWORD)
    frappe.flags.email_account = None
    server.empty()
    return server.letters


@pytest.fixture
def contract(letters):
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    make_contact(contract.customer, email=CLIENT)
    return contract


def raw(sender=CLIENT, subject="The printer is silent", body="It prints nothing.", **headers):
    lines = {
        "From": f"Anna <{sender}>",
        "To": SUPPORT,
        "Subject": subject,
        "Message-ID": f"<{frappe.generate_hash(length=12)}@client.example>",
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return ("".join(f"{name}: {value}\r\n" for name, value in lines.items()) + f"\r\n{body}\r\n").encode()


@pytest.fixture
def receive(letters, server):
    """Send these mails to the support's address and let Frappe fetch them; returns the tickets that mails are on."""

    def take(*messages, envelope=CLIENT):
        for message in messages:
            server.send(message, envelope)
        frappe.get_doc("Email Account", "Support").receive()
        names = frappe.get_all("Communication", {"sent_or_received": "Received"}, pluck="reference_name")
        return [frappe.get_doc("Issue", name) for name in sorted(set(filter(None, names)))]

    return take


def send_out():
    """What Frappe's scheduler does with the outbox."""
    for name in frappe.get_all("Email Queue", {"status": "Not Sent"}, pluck="name", order_by="creation"):
        frappe.get_doc("Email Queue", name).send(force_send=True)


def acknowledgements():
    fields = ["recipients", "content", "subject", "reference_name"]
    return frappe.get_all("Communication", {"communication_type": "Automated Message"}, fields, order_by="creation")


def test_a_mail_of_a_contact_becomes_a_ticket_on_the_contract(contract, receive):
    [issue] = receive(raw())

    assert (issue.customer, issue.retainer_contract) == (contract.customer, contract.name)
    assert (issue.retainer_channel, issue.email_account) == ("Email", "Support")
    assert "prints nothing" in issue.description
    assert issue.response_by


def test_a_portal_user_is_known_without_a_contact(contract, receive):
    user = make_user(user_type="Website User")
    customer = frappe.get_doc("Customer", contract.customer)
    customer.append("portal_users", {"user": user})
    customer.save()
    frappe.db.delete("Contact Email", {"email_id": user})

    assert receive(raw(user))[0].customer == contract.customer


def test_a_colleague_is_known_by_the_mail_domain(contract, receive):
    assert receive(raw("bo@client.example"))[0].customer == contract.customer


def test_a_public_provider_makes_nobody_a_client(contract, receive):
    make_contact(contract.customer, email="anna.private@gmail.com")

    assert receive(raw("bo@gmail.com"))[0].customer is None


def test_a_domain_of_two_clients_names_neither(contract, receive):
    make_contact(make_contract("Growth", "2026-08-31").customer, email="carl@client.example")

    assert receive(raw("bo@client.example"))[0].customer is None


def test_words_of_the_mail_set_the_priority(contract, receive):
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    rule = policy.intake_rules[0]
    [issue] = receive(raw(body=f"Help! {rule.contains.upper()} since nine."))

    assert issue.priority == rule.priority


def test_the_acknowledgement_names_ticket_and_promises_in_the_clients_zone(contract, receive):
    zone = frappe.db.get_value("SLA Policy", "Growth SLA", "time_zone")
    [issue] = receive(raw())
    [answer] = acknowledgements()

    assert answer.recipients == CLIENT
    assert issue.name in answer.content
    assert issue.name in answer.subject
    assert f"({zone})" in answer.content
    local = to_utc(issue.response_by).astimezone(ZoneInfo(zone))
    assert f"{local:%H:%M} ({zone})" in answer.content
    assert not issue.first_responded_on
    assert issue.status == "Open"


@pytest.mark.parametrize(
    ("of_user", "of_customer", "sentence"),
    [
        (None, "de", "Wir haben Ihre Nachricht erhalten"),
        ("ar", "de", "رقم التذكرة"),
        ("en", "de", "We have received your message"),
        (None, None, "We have received your message"),
    ],
)
def test_the_acknowledgement_speaks_the_language_of_the_person_else_of_the_company(
    contract, receive, of_user, of_customer, sentence
):
    frappe.db.set_value("Customer", contract.customer, "language", of_customer)
    if of_user:
        user = {"email": CLIENT, "first_name": "Anna", "language": of_user, "user_type": "Website User"}
        frappe.get_doc(doctype="User", send_welcome_email=0, **user).insert()
    receive(raw())

    [answer] = acknowledgements()
    assert sentence in answer.content
    assert ('dir="rtl"' in answer.content) == (of_user == "ar")
    assert frappe.local.lang == "en"


def test_the_acknowledgement_goes_out_by_smtp_and_says_that_a_machine_wrote_it(contract, receive, letters):
    receive(raw(Message_ID="<first@client.example>"))
    send_out()

    [(recipients, letter)] = letters
    assert recipients == [CLIENT]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert "first@client.example" in letter["In-Reply-To"]


def test_a_reply_to_the_acknowledgement_lands_on_its_ticket_without_a_second_one(contract, receive):
    [issue] = receive(raw())
    queued = frappe.get_last_doc("Email Queue")
    again = receive(raw(subject="Something else", In_Reply_To=f"<{queued.message_id}>"))

    assert [one.name for one in again] == [issue.name]
    assert len(acknowledgements()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "OOF, AutoReply"},
        {"X_Retainer_Acknowledgement": "1"},
        {"sender": "mailer-daemon@client.example"},
    ],
)
def test_a_machine_gets_a_ticket_but_no_answer(contract, receive, headers):
    assert len(receive(raw(**headers))) == 1
    assert acknowledgements() == []


def test_a_bounce_gets_no_answer(contract, receive):
    assert len(receive(raw(), envelope="")) == 1
    assert acknowledgements() == []


def test_fetching_again_makes_nothing_twice(contract, receive):
    [issue] = receive(raw())

    assert [one.name for one in receive()] == [issue.name]
    assert len(acknowledgements()) == 1


def test_a_flood_is_kept_but_answered_only_a_few_times(contract, receive):
    issues = receive(*(raw(subject=f"Alarm number {number}") for number in range(MOST_AN_HOUR + 3)))

    assert len(issues) == MOST_AN_HOUR + 3
    assert len(acknowledgements()) == MOST_AN_HOUR


def test_a_mail_on_another_record_keeps_frappes_own_reply(contract, receive):
    frappe.db.set_value("IMAP Folder", {"parent": "Support"}, "append_to", None)
    receive(raw())

    assert acknowledgements() == []
    assert frappe.db.count("Email Queue") == 1
