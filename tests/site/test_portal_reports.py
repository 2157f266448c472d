"""Reports in the portal: only what was sent, only to the client it is about, and opening one is noted."""

from io import BytesIO

import frappe
import pytest
from pypdf import PdfReader

from support_retainer.reporting import drafts, sending
from support_retainer.testing import make_contract, make_issue
from tests.support.people import make_client
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
DOWNLOAD = "/api/method/support_retainer.portal.reports.download"


@pytest.fixture
def client(site):
    """A reader of Professional and one report that waits to be sent."""
    at("2026-01-31 09:00")
    contract = make_contract("Professional", "2026-01-31")
    at("2026-02-02 09:00")
    make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00", subject="<b>Bold</b> & brave")
    at("2026-03-02 09:00")
    reader = make_client(contract, receives_reports=1)
    with_password(reader)
    return frappe._dict(contract=contract, user=reader, report=drafts.make(contract.name, "Monthly", "2026-02-10"))


@pytest.fixture
def browser(client, site):
    sending.send(client.report.name)
    frappe.db.commit()
    return Web(site, client.user)


def stranger(site):
    """A client of another customer, with a report of his own."""
    other = make_contract("Professional", "2026-01-31")
    user = make_client(other, receives_reports=1)
    with_password(user)
    frappe.db.commit()
    return Web(site, user)


def readings(report):
    frappe.db.rollback()
    return frappe.get_all("Support Report Reading", {"parent": report.name}, pluck="user")


def test_a_draft_is_nobodys_business(client, site):
    frappe.db.commit()
    web = Web(site, client.user)
    assert client.report.name not in web.get("/support/reports").text
    assert web.get(f"/support/reports/{client.report.name}").status_code == 404
    assert web.get(DOWNLOAD, {"report": client.report.name}).status_code == 404


def test_the_list_says_what_is_new(browser, client):
    page = browser.get("/support/reports").text
    assert f'href="/support/reports/{client.report.name}"' in page
    assert "New" in page


def test_opening_it_is_the_read_receipt(browser, client):
    assert readings(client.report) == []
    page = browser.get(f"/support/reports/{client.report.name}")
    assert page.status_code == 200
    assert "Monthly Support Report" in page.text
    browser.get(f"/support/reports/{client.report.name}")
    assert readings(client.report) == [client.user]


def test_the_page_needs_no_inline_style_or_script(browser, client):
    page = browser.get(f"/support/reports/{client.report.name}").text
    assert page.count('src="data:image/svg+xml;base64,') == 2
    assert "<style" not in page
    assert "style=" not in page.replace("stylesheet", "")


def test_the_pdf_is_downloaded_as_a_file(browser, client):
    answer = browser.get(DOWNLOAD, {"report": client.report.name, "paper": "Letter"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = PdfReader(BytesIO(answer.data)).pages[0]
    assert round(float(page.mediabox.width)) == 612
    assert readings(client.report) == [client.user]


def test_a_comment_appears_as_text_below_the_report(browser, client):
    text = "Why <i>so</i> many?\nSecond line"
    answer = browser.call("support_retainer.portal.reports.comment", report=client.report.name, text=text)
    assert answer.status_code == 200
    page = browser.get(f"/support/reports/{client.report.name}").text
    assert "Why &lt;i&gt;so&lt;/i&gt; many?\nSecond line" in page


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_an_empty_or_endless_comment_is_refused_with_words(browser, client, text):
    answer = browser.call("support_retainer.portal.reports.comment", report=client.report.name, text=text)
    assert answer.status_code == 417
    assert "between 1 and 4000" in answer.text


def test_remarks_of_staff_stay_inside(browser, client):
    frappe.get_doc("Support Report", client.report.name).add_comment("Comment", "Handle with care")
    frappe.db.commit()
    assert "Handle with care" not in browser.get(f"/support/reports/{client.report.name}").text


def test_another_client_finds_nothing(browser, client, site):
    web = stranger(site)
    assert client.report.name not in web.get("/support/reports").text
    assert web.get(f"/support/reports/{client.report.name}").status_code == 404
    assert web.get(DOWNLOAD, {"report": client.report.name}).status_code == 404
    answer = web.call("support_retainer.portal.reports.comment", report=client.report.name, text="Mine now")
    assert answer.status_code == 404
    assert readings(client.report) == []


def test_a_guest_is_sent_to_the_login(browser, client, site):
    assert Web(site).get(f"/support/reports/{client.report.name}").status_code == 302
    assert Web(site).get(DOWNLOAD, {"report": client.report.name}).status_code == 403


def test_the_overview_shows_the_newest_report(browser, client):
    assert f'href="/support/reports/{client.report.name}"' in browser.get("/support").text
