"""After the last day: tickets of the transition, what is wiped when, and nothing of a text left once it is erased."""

import subprocess
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days

from support_retainer.offboarding import after_end, checklist, daily, erased_texts, notice
from support_retainer.offboarding.export import job, request
from support_retainer.testing import bill, make_contract, make_issue
from tests.support.client_site import (
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
    server,
)
from tests.support.isolation import CONTENT, make_world, own_doctypes
from tests.support.outbox import make_outbox
from tests.support.people import make_client, make_user
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
START, NOTICE, END = "2026-08-31", "2026-09-14", "2026-10-14"
WORD = "ptarmigan"
FREE_TEXT = ("Small Text", "Text", "Long Text", "Text Editor", "Code", "JSON", "HTML Editor")
# What the certificate says is kept: what proves the invoices, the logs; and what is about no client.
BOOKS = {
    *("Retainer Contract", "Hour Ledger Entry", "Hour Adjustment", "Overage Approval", "Metered Reading"),
    *("Retainer Billing Period", "Retainer Billing Run", "SLA Event", "Client Data Export", "Data Export Event"),
    *("Client Announcement", "Security Advisory", "Maintenance Activity", "Support Package", "SLA Policy"),
}
# Why time was charged and what was decided and agreed: they prove amounts; a message's id is no text.
PROOF = (
    *("retainer_coverage_reason", "retainer_emergency_agreed", "decision_reason", "retainer_proposal"),
    "message_id",
)


@pytest.fixture
def growth(site):
    at("2026-09-14 19:30")
    return make_contract("Growth", START, account_manager=make_user("Retainer Manager"))


@pytest.fixture
def ended(growth):
    notice.give(growth, NOTICE)
    at("2026-10-15 09:00")
    notice.end_contracts(add_days(END, 1))
    frappe.db.commit()
    return checklist.running(growth.name)


def test_a_ticket_of_the_transition_belongs_to_the_offboarding_and_to_the_export(growth, ended):
    ticket = frappe.get_doc(
        doctype="Issue", subject="Where is the key?", customer=growth.customer, description="For the new host"
    ).insert()
    assert (ticket.retainer_contract, ticket.sla_policy, ticket.offboarding) == (None, None, ended.name)
    assert frappe.get_all("ToDo", {"reference_name": ticket.name}, pluck="allocated_to") == [growth.account_manager]
    export = request.request(growth.name)
    frappe.db.commit()
    job.run(export.name)
    with inside(export.reload()) as (archive, _manifest):
        assert "Where is the key?" in archive.read("records/Issue.csv").decode()
        assert ticket.name in archive.read("documents/handover.html").decode()


def test_tickets_of_others_and_those_after_the_transition_belong_to_no_offboarding(growth, ended):
    def offboarding_of(customer: str) -> str | None:
        return frappe.get_doc(doctype="Issue", subject="Hello", customer=customer).insert().offboarding

    other = make_contract("Starter", START)
    assert offboarding_of(other.customer) is None
    at(f"{add_days(ended.transition_end, 1)} 09:00")
    assert offboarding_of(growth.customer) is None


def test_an_export_of_the_last_day_is_not_the_last_one(growth):
    """The day still adds to the data, and the site elsewhere needs its key for the export after it."""
    notice.give(growth, NOTICE)
    site = manage(None, growth, api_key="key-1", api_secret="secret-1")
    early = request.request(growth.name)
    early.db_set({"status": "Ready", "creation": f"{END} 10:00:00"})
    at("2026-10-15 09:00")
    notice.end_contracts(add_days(END, 1))
    frappe.db.commit()
    daily.follow_all(add_days(END, 1))
    ending = checklist.running(growth.name)
    assert site.reload().get_password("api_secret", raise_exception=False) == "secret-1"
    assert not next(row.done for row in ending.tasks if row.key == "export")
    last = frappe.get_last_doc("Client Data Export", {"contract": growth.name, "reason": "Offboarding"})
    last.db_set("creation", f"{add_days(END, 1)} 09:00:00")
    for status, kept in (("Running", "secret-1"), ("Failed", "secret-1"), ("Ready", None)):
        last.db_set("status", status)
        frappe.db.commit()
        daily.follow_all(add_days(END, 2))
        assert site.reload().get_password("api_secret", raise_exception=False) == kept, status


def test_exports_are_asked_for_though_no_mail_can_be_sent(growth, monkeypatch):
    """A reminder that goes wrong is a smaller evil than a client without data."""
    make_client(growth, is_admin=1)
    notice.give(growth.reload(), NOTICE)
    frappe.db.commit()
    monkeypatch.setattr(frappe, "are_emails_muted", lambda: False)
    monkeypatch.setattr(frappe, "sendmail", lambda **_values: frappe.throw("no account", frappe.OutgoingEmailError))
    assert daily.follow_all("2026-10-12") == []
    assert frappe.db.exists("Client Data Export", {"contract": growth.name, "reason": "Offboarding"})


def test_a_client_who_comes_back_finds_his_sites_on_the_new_contract_and_not_watched(growth, ended):
    site = manage(None, growth, enabled=1, api_key="key-1", api_secret="secret-1")
    after_end.stop_monitoring(growth.name)
    after_end.wipe_secrets(ended)
    made = after_end.reactivate(ended.reload())
    site.reload()
    assert (site.contract, site.enabled) == (made.name, 0)
    assert site.get_password("api_secret", raise_exception=False) is None


def tables_with(words: bytes) -> set[str]:
    """DocTypes that hold these words, by a dump of the whole database."""
    login = {**(server().environment or {})}
    words_of_program = ["mariadb-dump", *server().options, "--skip-extended-insert", "--no-create-info"]
    dump = subprocess.run([*words_of_program, frappe.conf.db_name], capture_output=True, check=True, env=login).stdout
    rows = [line for line in dump.splitlines() if words in line]
    return {row.split(b"`")[1].decode().removeprefix("tab") for row in rows}


def fill_texts(world) -> None:
    """Every free text of every record about client B says the word, whatever its controller would allow."""
    for doctype in [*own_doctypes(), "Issue", "Communication", "Warranty Claim"]:
        meta = frappe.get_meta(doctype)
        texts = [row.fieldname for row in meta.fields if row.fieldtype in FREE_TEXT and row.fieldname not in PROOF]
        texts += [name for name in ("subject", "title") if meta.has_field(name)]
        for name in texts:
            frappe.db.sql(f"update `tab{doctype}` set `{name}` = %s where name = %s", (f'"{WORD}"', world.of(doctype)))


def test_after_the_erasure_no_table_holds_a_word_of_it_but_the_books(site):
    """By content: whatever a record or Frappe made of the client's words, in mails, history, search and bells."""
    make_outbox()
    world = make_world()
    contract, issue = world.other, frappe.get_doc("Issue", world.of("Issue"))
    frappe.db.set_value("Offboarding", world.of("Offboarding"), "export_days", "0")
    issue.add_comment("Comment", WORD)
    issue.subject = WORD
    issue.save()
    about = {"reference_doctype": "Issue", "reference_name": issue.name}
    frappe.sendmail(["kim@client.example"], subject=WORD, message=WORD, **about)
    fill_texts(world)
    frappe.db.commit()
    frappe.utils.global_search.sync_global_search()
    before = tables_with(WORD.encode())
    assert len(before - BOOKS) > 12
    assert {"Comment", "Version", "Email Queue", "__global_search", "Support Report", "Offboarding"} <= before
    file = Path(frappe.get_site_path(world.file_url.lstrip("/")))
    assert file.read_text() == CONTENT
    contract.db_set({"status": "Ended", "notice_given_on": NOTICE, "end_date": END})
    after_end.begin(contract)
    ending = checklist.running(contract.name)
    after_end.ask_for_deletion(ending, "Administrator")
    after_end.delete_data(ending)
    frappe.db.commit()
    assert tables_with(WORD.encode()) - BOOKS == set()
    assert not file.exists()
    again = erased_texts.PLAN.keys() - {"checks"}
    assert [erased_texts.erase(what, contract.name) for what in again] == [0] * len(again)


def test_the_client_fetches_both_certificates_and_nobody_else_does(site, growth, ended):
    kim = make_client(growth.reload(), is_admin=1)
    contact = make_client(growth.reload())
    stranger = make_client(make_contract("Starter", START), is_admin=1)
    make_issue(growth, subject="Confidential")
    bill(END, growth)
    export = request.request(growth.name)
    frappe.db.commit()
    job.run(export.name)
    after_end.ask_for_deletion(ended, kim)
    after_end.delete_data(ended.reload())
    for person in (kim, contact, stranger):
        with_password(person)
    frappe.db.commit()
    doors = (
        f"/api/method/support_retainer.portal.exports.certificate?export={export.name}",
        f"/api/method/support_retainer.portal.exports.erasure_certificate?offboarding={ended.name}",
    )
    page = Web(site, kim).get("/support/exports").text
    for door in doors:
        assert door in page
        assert Web(site, kim).get(door).data[:4] == b"%PDF"
        assert {Web(site, person).get(door).status_code for person in (None, contact, stranger)} <= {403, 404}
