"""What somebody with bad intentions tries on the portal, and what they get."""

import io
import json
import re
from html.parser import HTMLParser

import frappe
import pytest

from support_retainer.testing import make_contract, make_customer, make_issue
from tests.support.isolation import endpoints, parameters
from tests.support.people import make_client
from tests.support.web import PASSWORD, Web, with_password

EVIL = """"><script>alert(1)</script><img src=x onerror=alert(2)>'"""
# Frappe takes no angle brackets in the name of a record.
EVIL_NAME = """Ann & "Co" onmouseover="alert(3)" 'x'"""
REPLY = "/api/method/support_retainer.portal.ticket.reply"
CREATE = "/api/method/support_retainer.portal.new_ticket.create"

pytestmark = pytest.mark.commits


@pytest.fixture
def contract():
    return make_contract("Growth", "2026-08-31", customer=make_customer(EVIL_NAME))


@pytest.fixture
def web(site, contract):
    return Web(site, with_password(make_client(contract, is_admin=1, can_approve=1)))


class Alive(HTMLParser):
    """What a browser would run: handlers of events, scripts of the page itself, and addresses that are scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [f"{tag} {name}" for name, value in attrs if name.startswith("on") or _is_script(value)]
        if tag in ("iframe", "object", "embed", "style") or (tag == "script" and not given.get("src")):
            self.found.append(tag)


def _is_script(value: str | None) -> bool:
    return (value or "").strip().lower().startswith(("javascript:", "data:text"))


def assert_harmless(page):
    """Nothing of the attack is alive, and nothing inline would run if it were."""
    assert page.status_code == 200, page.get_data(as_text=True)[:300]
    assert Alive(page.get_data(as_text=True)).found == []
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def upload(web: Web, name: str, content: bytes, **fields):
    data = {**fields, "files": [(io.BytesIO(content), name)]}
    return web.post(REPLY, data, headers={"X-Frappe-CSRF-Token": web.token()})


def test_a_change_without_the_token_of_the_session_is_refused(web, contract):
    issue = make_issue(contract)
    frappe.db.commit()
    web.token()
    for headers in ({}, {"X-Frappe-CSRF-Token": "guess"}):
        answer = web.post(REPLY, {"ticket": issue.name, "text": "x"}, headers=headers)
        assert answer.status_code == 400
        assert "CSRFTokenError" in answer.get_data(as_text=True)
    assert web.get(REPLY, {"ticket": issue.name, "text": "x"}).status_code == 403
    frappe.db.rollback()
    assert not frappe.db.exists("Communication", {"reference_name": issue.name})


def test_scripts_in_subject_text_file_and_customer_names_show_as_text(web, contract):
    made = web.call("support_retainer.portal.new_ticket.create", subject=EVIL, description=EVIL, emergency="wait")
    path = made.json["message"]
    name = path.rsplit("/", 1)[1]
    assert upload(web, f"{EVIL}.png", b"\x89PNG", ticket=name, text=EVIL).status_code == 200
    for page in (path, "/support", "/support/tickets", "/support/hours", "/support/contract"):
        assert_harmless(web.get(page))
    assert "alert(1)" in web.get(path).get_data(as_text=True)


def test_a_description_with_scripts_that_came_another_way_is_cleaned(web, contract):
    issue = make_issue(contract)
    frappe.db.sql("update tabIssue set description = %s where name = %s", (f"<p>Hi{EVIL}</p>", issue.name))
    frappe.db.commit()
    assert_harmless(web.get(f"/support/tickets/{issue.name}"))


def test_what_a_query_says_is_not_reflected_alive(web):
    for path in ("/support/tickets", "/support/hours", "/support/contract", "/support", "/support/tickets/new"):
        answer = web.get(path, {"text": EVIL, "state": EVIL, "priority": EVIL, "page": EVIL, "first": EVIL})
        assert_harmless(answer)
    missing = web.get("/support/<script>alert(1)<script>")
    assert (missing.status_code, "<script>alert" in missing.get_data(as_text=True)) == (404, False)


def test_nobody_is_sent_to_another_site(web, site):
    guest = Web(site)
    for path in ("//evil.example", "/support//evil.example", "/support/tickets?redirect-to=https://evil.example"):
        answer = guest.get(path)
        location = answer.headers.get("Location", "/")
        assert re.match("/(?!/)", location), (path, location)
    made = web.call("support_retainer.portal.account.switch_customer", customer="https://evil.example")
    assert made.status_code == 404


def test_fields_that_the_form_does_not_have_change_nothing(web, contract):
    extra = {"customer": "Somebody", "retainer_contract": "x", "status": "Closed", "doctype": "User"}
    values = {"subject": "a", "description": "b", "emergency": "wait", **extra}
    made = web.call("support_retainer.portal.new_ticket.create", **values)
    frappe.db.rollback()
    issue = frappe.get_doc("Issue", made.json["message"].rsplit("/", 1)[1])
    assert (issue.customer, issue.retainer_contract, issue.status) == (contract.customer, contract.name, "Open")


def test_frappes_client_api_writes_nothing_of_ours(web, contract):
    issue = make_issue(contract)
    frappe.db.commit()
    row = frappe.db.get_value("Retainer Contract Contact", {"parent": contract.name})
    agreed = {"doctype": "Retainer Contract", "name": contract.name}
    contact = {"doctype": "Retainer Contract Contact", "name": row}
    ticket = {"doctype": "Issue", "name": issue.name}
    closed = {"doctype": "Issue", "docname": issue.name, "status": "Closed"}
    tries = [
        ("frappe.client.set_value", {**agreed, "fieldname": "monthly_fee", "value": 1}),
        ("frappe.client.set_value", {**ticket, "fieldname": "status", "value": "Closed"}),
        ("frappe.client.set_value", {**contact, "fieldname": "approval_limit", "value": 9}),
        ("frappe.client.insert", {"doc": {"doctype": "Hour Ledger Entry", "contract": contract.name, "minutes": 600}}),
        ("frappe.client.insert", {"doc": {"doctype": "Issue", "subject": "x", "customer": contract.customer}}),
        ("frappe.client.save", {"doc": {**agreed, "monthly_fee": 1}}),
        ("frappe.client.submit", {"doc": agreed}),
        ("frappe.client.delete", ticket),
        ("frappe.client.bulk_update", {"docs": json.dumps([closed])}),
        ("frappe.desk.form.save.savedocs", {"doc": json.dumps(ticket), "action": "Save"}),
        ("run_doc_method", {"dt": "Retainer Contract", "dn": contract.name, "method": "cancel"}),
        ("frappe.share.add", {**ticket, "user": web.user, "read": 1, "write": 1}),
    ]
    before = frappe.db.get_all("Issue", fields=["name", "status"])
    for method, arguments in tries:
        answer = web.call(method, **arguments)
        refused = answer.status_code >= 400 or "failed_docs" in answer.get_data(as_text=True)
        assert refused, (method, arguments, answer.get_data(as_text=True)[:200])
    frappe.db.rollback()
    contract.reload()
    assert contract.monthly_fee != 1
    assert frappe.db.get_all("Issue", fields=["name", "status"]) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"hello"),
        ("image.svg", b"<svg onload=alert(1)>"),
        ("run.js", b"alert(1)"),
        ("feed.xml", b"<?xml version='1.0'?>"),
        ("run.exe", b"MZ"),
        ("noname", b"x"),
        ("picture.png", b"\xef\xbb\xbf  <!DOCTYPE html><script>alert(1)</script>"),
        ("picture.png", "<svg xmlns='x'>".encode("utf-16")),
        ("notes.txt", b"<html><script>alert(1)</script>"),
        ("picture.png.html", b"x"),
    ],
)
def test_a_file_that_a_browser_could_run_is_refused(web, contract, name, content):
    issue = make_issue(contract)
    frappe.db.commit()
    answer = upload(web, name, content, ticket=issue.name, text="see file")
    assert answer.status_code == 417, answer.get_data(as_text=True)[:200]
    assert "not taken" in answer.get_data(as_text=True)
    frappe.db.rollback()
    assert not frappe.db.exists("Communication", {"reference_name": issue.name})


def test_too_many_and_too_large_files_are_refused_with_the_whole_message(web, contract):
    issue = make_issue(contract)
    frappe.db.commit()
    many = {"ticket": issue.name, "files": [(io.BytesIO(b"x"), f"{number}.txt") for number in range(11)]}
    assert web.post(REPLY, many, headers={"X-Frappe-CSRF-Token": web.token()}).status_code == 417
    large = upload(web, "dump.sql", b"x" * (11 * 1024 * 1024), ticket=issue.name)
    assert large.status_code in (413, 417)
    frappe.db.rollback()
    assert not frappe.db.exists("Communication", {"reference_name": issue.name})


def test_a_path_in_a_file_name_stays_a_name(web, contract):
    issue = make_issue(contract)
    frappe.db.commit()
    assert upload(web, "..\\..\\../etc/pass wd.txt", b"x", ticket=issue.name).status_code == 200
    frappe.db.rollback()
    row = frappe.get_last_doc("File")
    assert re.fullmatch(r"pass wd\w*\.txt", row.file_name)
    assert row.file_url.startswith("/private/files/")


def test_names_are_not_guessed(web):
    """A guessed name answers as one that is not there."""
    assert {web.get(f"/support/tickets/ISS-2026-{number:05}").status_code for number in range(9000, 9010)} == {404}


def test_an_account_is_locked_after_wrong_passwords(web, site):
    guest = Web(site)
    answers = [guest.post("/api/method/login", {"usr": web.user, "pwd": f"wrong {number}"}) for number in range(12)]
    assert {answer.status_code for answer in answers[:10]} == {401}
    right = guest.post("/api/method/login", {"usr": web.user, "pwd": PASSWORD})
    assert "locked" in right.get_data(as_text=True), "the right password opens an account that was guessed at"
    assert guest.get("/support").status_code == 302


def test_tokens_are_not_guessed(web, site):
    """Every door that opens with a token instead of a login: no guess is taken, and guessing is slowed down."""
    doors = {path: function for path, function in endpoints().items() if "token" in parameters(function)}
    assert len(doors) > 1
    for path, function in doors.items():
        method = "POST" if "POST" in frappe.allowed_http_methods_for_whitelisted_func[function] else "GET"
        asked = dict.fromkeys(parameters(function), "1")
        visitor, answers = Web(site) if function in frappe.guest_methods else web, []
        for number in range(70):
            values = {**asked, "token": f"guess{number}"}
            send = {"data": values} if method == "POST" else {"query_string": values}
            answers.append(visitor.open(f"/api/method/{path}", method, **send).status_code)
        assert set(answers) <= {401, 403, 404, 410, 429}, (path, set(answers))
        assert 429 in answers, f"{path} can be guessed at without end"
