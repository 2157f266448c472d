"""A client's tickets: found, opened, talked about, closed and rated; not a word of what staff say inside."""

import io
import re

import frappe
import pytest

from support_retainer.portal import access, conversation, files, new_ticket, ticket, tickets
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at, worked
from tests.support.web import Web, with_password


@pytest.fixture
def contract():
    at("2026-09-14 10:00")
    return make_contract("Growth", "2026-08-31")


def said(issue, content, sender, received=False, **values):
    with acting_as(sender):
        return frappe.get_doc(
            doctype="Communication",
            communication_type="Communication",
            sent_or_received="Received" if received else "Sent",
            sender=sender,
            content=content,
            subject=issue.subject,
            reference_doctype="Issue",
            reference_name=issue.name,
            **values,
        ).insert(ignore_permissions=True)


def found(client, **query):
    rows, count = tickets.search(client, tickets.Wanted.asked(query))
    assert count >= len(rows)
    return {row.subject for row in rows}


def test_the_list_is_searched_filtered_and_paged_for_the_own_customer_only(contract):
    client = access.client(make_client(contract))
    make_issue(contract, subject="Printer 100% broken")
    make_issue(contract, subject="Payslips are late", status="Closed", priority="P2 High")
    make_issue(make_contract(), subject="Printer of somebody else")
    assert found(client) == {"Printer 100% broken", "Payslips are late"}
    assert found(client, text="printer") == {"Printer 100% broken"}
    assert found(client, text="100%") == {"Printer 100% broken"}
    assert found(client, text="1__%") == set()
    assert found(client, state="done") == found(client, priority="P2 High") == {"Payslips are late"}
    for number in range(tickets.PER_PAGE):
        make_issue(contract, subject=f"Question {number}")
    assert len(found(client, page="2")) == 2
    assert found(client, page="2") == found(client, page="999")


def test_a_ticket_from_the_portal_is_the_clients_with_its_promises(contract):
    with acting_as(make_client(contract)) as user:
        path = new_ticket.create("Stock is wrong", "Since <today>\nit says 0", "P2 High")
    issue = frappe.get_doc("Issue", path.rsplit("/", 1)[1])
    assert (issue.customer, issue.retainer_contract, issue.raised_by) == (contract.customer, contract.name, user)
    assert (issue.retainer_channel, issue.priority) == ("Portal", "P2 High")
    assert issue.response_by
    assert "Since &lt;today&gt;<br>it says 0" in issue.description
    with acting_as(user):
        assert ticket.ticket(issue.name)["messages"] == []


def test_a_missing_subject_and_an_unknown_priority_are_named(contract):
    with acting_as(make_client(contract)):
        with pytest.raises(new_ticket.AnswerNeeded, match="Subject"):
            new_ticket.create(" ", "It says 0")
        with pytest.raises(new_ticket.AnswerNeeded, match="Priority"):
            new_ticket.create("Stock", "It says 0", "P0 Immediately")


def test_outside_support_hours_nothing_is_opened_before_the_price_is_answered(contract):
    at("2026-09-13 23:00")
    with acting_as(make_client(contract)) as user:
        price = new_ticket.page(access.client())["contact"]
        assert price["needs_confirmation"]
        with pytest.raises(new_ticket.AnswerNeeded, match="closed"):
            new_ticket.create("Site down", "Nobody can log in")
        waits = new_ticket.create("Site down", "Nobody can log in", emergency="wait")
        agreed = new_ticket.create("Site down again", "Nobody can log in", emergency="now")
    notes = [
        frappe.db.get_value("Issue", path.rsplit("/", 1)[1], "retainer_emergency_agreed") for path in (waits, agreed)
    ]
    assert notes[0] is None
    assert user in notes[1]
    assert price["currency"] in notes[1]


def test_the_client_reads_what_was_said_to_them_and_nothing_else(contract):
    user, staff = make_client(contract), make_user("Retainer Agent")
    issue = make_issue(contract, raised_by=user, description="<p>It is empty</p>")
    said(issue, "It is empty", user, received=True)
    said(issue, "We look into it", staff, recipients=user)
    said(issue, "The client is difficult", staff, recipients="vendor@vendor.example")
    said(issue, "A fix costs us 12", "Administrator", received=True).db_set("sender", "vendor@vendor.example")
    said(issue, "We called you", staff)
    issue.add_comment("Comment", "Secret remark")
    with acting_as(user):
        shown = ticket.ticket(issue.name)
    assert [(one["html"], one["by_staff"]) for one in shown["messages"]] == [
        ("We look into it", True),
        ("We called you", True),
    ]
    assert "It is empty" in shown["description"]


def test_a_message_is_shown_without_anything_that_runs(contract):
    evil = """<p onclick="x()">Hi<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">a</a>
    <style>p{}</style><iframe src="//evil"></iframe><a href="https://good.example/">b</a></p>"""
    html = str(conversation.clean(evil))
    for word in ("script", "onclick", "onerror", "<img", "iframe", "style"):
        assert word not in html
    assert 'href="https://good.example/"' in html
    assert str(conversation.clean(conversation.from_text("<b>&\nnew"))) == "<p>&lt;b&gt;&amp;<br>new</p>"


def test_a_reply_of_the_client_lets_the_clock_run_again(contract):
    user, staff = make_client(contract), make_user("Retainer Agent")
    issue = make_issue(contract, raised_by=user)
    said(issue, "Which report?", staff, recipients=user)
    issue.reload()
    issue.status = "Replied"
    issue.save()
    at("2026-09-14 12:00")
    with acting_as(user):
        assert ticket.reply(issue.name, "The month-end one") == f"/support/tickets/{issue.name}"
        shown = ticket.ticket(issue.name)
        with pytest.raises(frappe.MandatoryError, match="Message"):
            ticket.reply(issue.name, "  ")
    assert shown["status"] == "Open"
    assert shown["messages"][-1]["html"] == "<p>The month-end one</p>"
    assert [row["standing"] for row in shown["promises"]] == ["Met", "Running"]


def test_the_client_closes_rates_and_reopens(contract):
    user = make_client(contract)
    issue = make_issue(contract, raised_by=user)
    with acting_as(user):
        with pytest.raises(frappe.ValidationError, match="solved"):
            ticket.rate(issue.name, 5)
        ticket.close(issue.name)
        with pytest.raises(frappe.ValidationError, match="stars"):
            ticket.rate(issue.name, 6)
        ticket.rate(issue.name, 4, "Quick and kind")
        assert ticket.page(access.client(), issue.name)["given"] == 4
        ticket.reopen(issue.name, "It is back")
    issue.reload()
    assert (issue.status, issue.retainer_rating, issue.retainer_rating_note) == ("Open", 0.8, "Quick and kind")


def test_minutes_spent_are_shown_with_their_coverage(contract):
    user = make_client(contract)
    issue = make_issue(contract, raised_by=user)
    make_timesheet(worked(issue, "2026-09-14 09:00", 45))
    with acting_as(user):
        rows = ticket.ticket(issue.name)["work"]
    assert [(row["counted"], row["coverage"]) for row in rows] == [(45, "Included")]
    assert "included hours" in rows[0]["reason"]


@pytest.mark.commits
def test_files_of_client_and_staff_are_downloaded_and_internal_ones_are_not(site, contract):
    user, other = make_client(contract), make_client(make_contract())
    issue = make_issue(contract, raised_by=user)
    inside = frappe.get_doc(
        doctype="File",
        file_name="inside.txt",
        content="secret",
        is_private=1,
        attached_to_doctype="Issue",
        attached_to_name=issue.name,
    ).insert()
    web = Web(site, with_password(user))
    upload = {
        "ticket": issue.name,
        "text": "See the log",
        "files": [(io.BytesIO(b"line 1"), "../../error log.txt"), (io.BytesIO(b"a,b"), "rows.csv")],
    }
    method = "/api/method/support_retainer.portal.ticket.reply"
    answer = web.post(method, upload, headers={"X-Frappe-CSRF-Token": web.token()})
    assert answer.status_code == 200, answer.text
    frappe.db.rollback()
    with acting_as(user):
        shown = files.of_ticket(access.ticket(issue.name))
    # Frappe adds to a name that a file on the disk has already.
    assert [re.sub("[0-9a-f]{6}(?=[.])", "", row.file_name) for row in shown] == ["error log.txt", "rows.csv"]
    path = "/api/method/support_retainer.portal.files.download"
    got = web.get(path, {"file": shown[0].name})
    assert (got.status_code, got.data) == (200, b"line 1")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert web.get(path, {"file": inside.name}).status_code == 404
    assert Web(site, with_password(other)).get(path, {"file": shown[0].name}).status_code == 404
    assert frappe.db.get_value("File", shown[0].name, "is_private") == 1
