"""What Frappe and ERPNext leave open to everybody who is logged in: tried by a client in every way, and refused."""

import json

import frappe
import pytest

from support_retainer.portal import doors
from tests.support.isolation import World, make_world
from tests.support.people import make_user
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
ISSUE = "erpnext.support.doctype.issue.issue."


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def client(site, world) -> Web:
    return Web(site, world.people["client"])


def tries(world: World) -> list[tuple[str, dict]]:
    issue = {"doctype": "Issue", "name": world.of("Issue")}
    contract = {"doctype": "Retainer Contract", "name": world.of("Retainer Contract")}
    mail = {"recipients": "stranger@stranger.example", "subject": "x", "content": "x", "send_email": 1}
    return [
        ("erpnext.accounts.utils.get_balance_on", {"party_type": "Customer", "party": world.of("Customer")}),
        (ISSUE + "make_issue_from_communication", {"communication": world.of("Communication")}),
        ("frappe.desk.like.toggle_like", {**issue, "add": "Yes"}),
        ("frappe.desk.form.document_follow.follow_document", {"doctype": "Issue", "doc_name": issue["name"]}),
        ("frappe.desk.form.assign_to.add", {**issue, "assign_to": json.dumps(["x@x.example"])}),
        ("frappe.core.doctype.communication.email.make", mail),
        ("frappe.core.doctype.prepared_report.prepared_report.make_prepared_report", {"report_name": "Profitability"}),
        ("frappe.desk.query_report.run", {"report_name": "Profitability"}),
        ("frappe.desk.reportview.get", {"doctype": "Issue", "fields": '["name"]'}),
        ("frappe.desk.doctype.number_card.number_card.get_result", {"doc": json.dumps(contract), "filters": "[]"}),
    ]


def kept() -> list:
    """What these doors would write."""
    counted = ("Communication", "Issue", "Comment", "Document Follow", "ToDo", "Prepared Report", "Email Queue")
    liked = frappe.db.sql("select name, _liked_by from tabIssue order by name")
    return [*(frappe.db.count(doctype) for doctype in counted), liked]


def test_no_door_of_the_desk_opens_for_a_client(client, world):
    before = kept()
    for method, arguments in tries(world):
        answer = client.call(method, **arguments)
        assert answer.status_code == 403, (method, answer.status_code, answer.get_data(as_text=True)[:200])
    frappe.db.rollback()
    assert kept() == before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"/api/v1/method/{ISSUE}make_issue_from_communication", {}),
        (f"/api/v2/method/{ISSUE}make_issue_from_communication", {}),
        ("/api/v2/method/Issue/make_issue_from_communication", {}),
        ("/", {"cmd": f"{ISSUE}make_issue_from_communication"}),
        ("/support", {"cmd": f"{ISSUE}make_issue_from_communication"}),
    ],
)
def test_every_way_of_calling_leads_to_the_same_door(client, world, path, said):
    before = kept()
    headers = {"X-Frappe-CSRF-Token": client.token(), "Accept": "application/json"}
    answer = client.post(path, {"communication": world.of("Communication"), **said}, headers=headers)
    assert answer.status_code == 403, answer.get_data(as_text=True)[:200]
    frappe.db.rollback()
    assert kept() == before


def test_a_key_opens_no_more_than_a_password(site, world):
    user = frappe.get_doc("User", world.people["client"])
    user.api_key, user.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
    token = f"token {user.api_key}:{user.api_secret}"
    user.save()
    frappe.db.commit()
    for method, arguments in tries(world):
        answer = Web(site).get(f"/api/method/{method}", arguments, headers={"Authorization": token})
        assert answer.status_code in (403, 405), method


def test_staff_and_web_pages_go_through(site, world, client):
    agent = Web(site, with_password(make_user("Retainer Agent", "Support Team")))
    liked = agent.call("frappe.desk.like.toggle_like", doctype="Issue", name=world.of("Issue"), add="Yes")
    assert liked.status_code == 200, liked.get_data(as_text=True)[:200]
    for path in ("/invoices", "/support", "/me"):
        assert client.get(path).status_code == 200, path
    assert client.get("/api/method/frappe.auth.get_logged_user").json["message"] == client.user


def test_every_shut_door_is_one_that_exists():
    for name in (*doors.OF_THE_DESK, *doors.OF_WEB_PAGES):
        frappe.get_module(name.rstrip(".")) if name.endswith(".") else frappe.get_attr(name)
