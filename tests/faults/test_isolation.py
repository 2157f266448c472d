"""Nothing of client B is read, written or counted by anybody else: every page, function, record, file and report.

The matrix is built from the routes, the whitelisted functions and the DocTypes themselves. A parameter that no one
here knows, or a page whose path has a value that no one gives, fails: say below what a stranger would send.
"""

import json
from collections.abc import Iterable

import frappe
import pytest

from support_retainer.portal import routes
from tests.support.isolation import CONTENT, SECRET, THEIRS, World, endpoints, own_doctypes, parameters
from tests.support.web import Web

REFUSED = {401, 403, 404}
# Frappe lets a disabled user no further than the session, with this.
DISABLED = 417
# What a stranger sends for each parameter: a name of client B's where it names a record ...
NAMES = {
    "contract": "Retainer Contract",
    "customer": "Customer",
    "issue": "Issue",
    "invoice": "Sales Invoice",
    "ticket": "Issue",
    "name": "Issue",
    "duplicate": "Issue",
    "into": "Issue",
    "approval": "Overage Approval",
    "request": "Overage Approval",
    "estimate": "Quotation",
    "claim": "Warranty Claim",
    "period": "Retainer Billing Period",
    "billing_run": "Retainer Billing Run",
    "file": "File",
    "user": "User",
    "contact": "User",
    "report": "Support Report",
    "export": "Client Data Export",
    "offboarding": "Offboarding",
    "site": "Managed Site",
    "managed_site": "Managed Site",
    "job": "Maintenance Job",
    "restore_test": "Restore Test",
}
# ... and something that passes for a value elsewhere.
VALUES = {
    **dict.fromkeys(("from_time", "to_time", "at", "ended_at"), "2026-09-14 09:00:00"),
    **dict.fromkeys(("given_on", "end_date", "first", "start", "end", "on", "valid_till", "grace_until"), "2026-10-14"),
    "effective_from": "2026-10-14",
    **dict.fromkeys(("approved", "stars", "is_admin", "can_approve", "page", "hours", "quantity"), 1),
    **dict.fromkeys(("minutes", "months"), 1),
    **dict.fromkeys(("rate", "approval_limit"), 10),
    **dict.fromkeys(
        ("text", "note", "reason", "subject", "description", "title", "content", "question", "summary"), "x"
    ),
    **dict.fromkeys(("why", "first_name", "last_name", "category", "vendor", "reference", "state", "emergency"), "x"),
    **dict.fromkeys(("version", "wish"), "x"),
    "wanted_by": "",
    "reproduced": "Nowhere",
    "changed": "No change found",
    "cause": "User Error",
    "priority": "P3 Medium",
    "status": "Closed",
    "tickets": "Company",
    "channel": "Phone",
    "activity_type": "User Support",
    "package": "Professional",
    "item": "Support Hours",
    "email": "stranger@stranger.example",
    "token": "guess",
    "doctype": "Issue",
    **dict.fromkeys(("debug", "cache"), 0),
    "kind": "Monthly",
    "row": "no-such-row",
    "paper": "A4",
    "product": "zendesk",
    "default_priority": "P3 Medium",
    "time_zone": "Asia/Dubai",
    "date_format": "%Y-%m-%d %H:%M",
    "part": "1",
    "is_done": 1,
    "passphrase": "stranger-than-fiction",
    "task": "guess",
}
LISTS = {"names": "Issue", "issues": "Issue"}
# Answers that are nobody's secret, or only the caller's own; what they say is searched for B's secrets all the same.
OPEN_TO_CLIENTS = {
    "portal.tickets.tickets": "the caller's own tickets",
    "portal.new_ticket.create": "a ticket of the caller's own",
    "portal.estimates.waiting": "the caller's own estimates",
    "portal.warranty.claims": "the caller's own claims",
    "sla.knowledge.suggest": "articles published for everybody",
}
OPEN_TO_ALL_USERS = {"sla.knowledge.suggest": "articles published for everybody"}
PAGE_ANSWERS = {"client": (200, 404), "guest": (302, 403, 404), "closed": (302, 403, 417), "colleague": (403, 404)}
VALUES_IN_PATHS = {
    "/support/tickets/<name>": "Issue",
    "/support/reports/<name>": "Support Report",
    "/support/sites/<name>": "Managed Site",
    "/support/estimates/<name>": "Quotation",
}


def sent_for(name: str, world: World):
    if name in LISTS:
        return json.dumps([world.of(LISTS[name])])
    if name in NAMES:
        return world.of(NAMES[name])
    if name in ("rows", "tasks"):
        return json.dumps(
            [{"issue": world.of("Issue"), "from_time": "2026-09-14 09:00", "to_time": "2026-09-14 10:00"}]
        )
    if name == "filters":
        return "{}"
    assert name in VALUES, f"say in tests/faults/test_isolation.py what a stranger sends for the parameter {name!r}"
    return VALUES[name]


def call(web: Web, path: str, arguments: dict):
    """With the visitor's session, whatever a call before did to it: a wrong signature takes the cookies away."""
    kept = dict(web.client._cookies)
    try:
        return _call(web, path, arguments)
    finally:
        web.client._cookies.clear()
        web.client._cookies.update(kept)


def _call(web: Web, path: str, arguments: dict):
    function = endpoints()[path]
    if "POST" in frappe.allowed_http_methods_for_whitelisted_func[function]:
        headers = {"X-Frappe-CSRF-Token": web.kept_token, "Content-Type": "application/json"}
        return web.open(f"/api/method/{path}", "POST", data=json.dumps(arguments), headers=headers)
    return web.get(f"/api/method/{path}", arguments)


def leaks(answer, *sent: str) -> list[str]:
    text = answer.get_data(as_text=True)
    return [secret for secret in (SECRET, CONTENT) if secret in text and not any(secret in str(one) for one in sent)]


def rows_of_b(world: World) -> dict[str, list]:
    return {
        doctype: frappe.db.sql(f"select * from `tab{doctype}` where name = %s", name)
        for doctype, name in world.records.items()
        if doctype != "User"
    }


def refusals(who: str) -> set[int]:
    return REFUSED | {DISABLED} if who == "closed" else REFUSED


def is_open(path: str, who: str) -> bool:
    short = path.removeprefix("support_retainer.")
    return (who == "client" and short in OPEN_TO_CLIENTS) or (who == "colleague" and short in OPEN_TO_ALL_USERS)


def tells_nothing(path: str, answer) -> bool:
    """An empty answer of a function that only reads: the caller has nothing of that kind."""
    only_reads = frappe.allowed_http_methods_for_whitelisted_func[endpoints()[path]] == ["GET"]
    return only_reads and answer.status_code == 200 and not answer.json.get("message")


@pytest.mark.commits
def test_no_function_gives_or_changes_anything_of_another_client(world, visitors):
    before = rows_of_b(world)
    wrong = wrong_answers(world, visitors, endpoints())
    frappe.db.rollback()
    assert wrong == []
    assert rows_of_b(world) == before


def wrong_answers(world: World, visitors: dict[str, Web], paths: Iterable[str]) -> list[str]:
    """What these functions give to somebody whom they should refuse, in words."""
    wrong = []
    for path in paths:
        arguments = {name: sent_for(name, world) for name in parameters(endpoints()[path])}
        for who, web in visitors.items():
            answer = call(web, path, arguments)
            if leaks(answer, *arguments.values()):
                wrong.append(f"{who} reads {path}: {answer.get_data(as_text=True)[:200]}")
            elif answer.status_code not in refusals(who) and not is_open(path, who) and not tells_nothing(path, answer):
                wrong.append(f"{who} calls {path}: {answer.status_code} {answer.get_data(as_text=True)[:160]}")
    return wrong


@pytest.mark.commits
def test_no_page_shows_anything_of_another_client(world, visitors):
    for page in routes.PAGES:
        path = page.path
        if "<" in path:
            assert path in VALUES_IN_PATHS, f"say which record of B a stranger names at {path}"
            path = path.replace("<name>", world.of(VALUES_IN_PATHS[path]))
        for query in ({}, {"contract": world.other.name, "customer": world.other.customer, "name": world.of("Issue")}):
            for who, web in visitors.items():
                answer = web.get(path, query)
                expected = {*PAGE_ANSWERS[who], *([200] if page.by_link and "<" not in page.path else [])}
                assert answer.status_code in expected, f"{who} at {path} {query}: {answer.status_code}"
                assert not leaks(answer, *query.values()), f"{who} reads {path} {query}"
                assert "<name>" not in page.path or answer.status_code != 200, f"{who} sees {path}"


@pytest.mark.commits
def test_no_record_is_listed_counted_read_or_written_over_rest(world, visitors):
    before = rows_of_b(world)
    for doctype in [*own_doctypes(children=True), *THEIRS]:
        name = world.records.get(doctype, "no-such-row")
        for root in ("/api/resource", "/api/v2/document"):
            for who, web in visitors.items():
                where = f"{who} at {root}/{doctype}"
                listed = web.get(f"{root}/{doctype}", {"fields": '["*"]', "limit_page_length": 500})
                assert not leaks(listed), f"{where}: list"
                if doctype in own_doctypes(children=True):
                    assert listed.status_code in {*REFUSED, 417} or not listed.json["data"], f"{where}: list"
                assert web.get(f"{root}/{doctype}/{name}").status_code >= 400, f"{where}: read"
                headers = {"X-Frappe-CSRF-Token": web.kept_token, "Content-Type": "application/json"}
                for method in ("PUT", "DELETE"):
                    changed = web.open(f"{root}/{doctype}/{name}", method, data='{"owner": "x"}', headers=headers)
                    assert changed.status_code >= 400, f"{where}: {method}"
    frappe.db.rollback()
    assert rows_of_b(world) == before


@pytest.mark.commits
def test_nothing_is_counted_searched_or_printed_by_other_doors(world, visitors):
    for who, web in visitors.items():
        for doctype in (*own_doctypes(), *THEIRS):
            name = world.of(doctype)
            for path, query in doors(doctype, name):
                answer = web.get(path, query)
                text = answer.get_data(as_text=True)
                assert SECRET not in text.replace(name, ""), f"{who} reads {doctype} by {path}"
                if path.endswith("count"):
                    counted = answer.status_code < 400 and (answer.json.get("message") or answer.json.get("data"))
                    assert not counted, f"{who} counts {doctype} by {path}"


def doors(doctype: str, name: str) -> list[tuple[str, dict]]:
    return [
        ("/api/method/frappe.client.get_count", {"doctype": doctype, "filters": json.dumps({"name": name})}),
        (f"/api/v2/doctype/{doctype}/count", {"filters": json.dumps({"name": name})}),
        ("/api/method/frappe.client.get", {"doctype": doctype, "name": name}),
        ("/api/method/frappe.client.get_value", {"doctype": doctype, "fieldname": '["*"]', "filters": name}),
        ("/api/method/frappe.desk.reportview.get", {"doctype": doctype, "fields": '["*"]'}),
        ("/api/method/frappe.desk.search.search_link", {"doctype": doctype, "txt": ""}),
        ("/api/method/frappe.desk.form.load.getdoc", {"doctype": doctype, "name": name}),
        ("/printview", {"doctype": doctype, "name": name}),
        ("/api/method/frappe.utils.print_format.download_pdf", {"doctype": doctype, "name": name}),
    ]


@pytest.mark.commits
def test_private_files_and_reports_stay_closed(world, visitors):
    reports = frappe.get_all("Report", {"module": "Retainer"}, pluck="name")
    assert len(reports) > 5
    for who, web in visitors.items():
        for path, query in (
            (world.file_url, {}),
            ("/api/method/frappe.core.doctype.file.file.download_file", {"file_url": world.file_url}),
            ("/api/method/support_retainer.portal.files.download", {"file": world.of("File")}),
        ):
            answer = web.get(path, query)
            assert answer.status_code >= 400, f"{who} gets {path}"
            assert CONTENT not in answer.get_data(as_text=True)
        for report in reports:
            answer = web.get("/api/method/frappe.desk.query_report.run", {"report_name": report, "filters": "{}"})
            assert answer.status_code >= 400, f"{who} runs {report}"
