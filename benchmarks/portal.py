"""The portal against ERPNext's: whole pages with their rows, on the same data, in the same run, with gunicorn.

ERPNext shows its list with two requests: /issues/list brings the page, a second one the rows. Ours brings both at once.
500 clients; the one who asks has 20 tickets, then 5,000 and the others ten each. Every round asks each side in turn, so
that drift of the machine falls on all alike. Queries are counted inside the web application, in a process of their own.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from threading import Thread
from urllib.parse import urlencode

import frappe
from frappe.utils.password import update_password

from benchmarks.bars import Bars, verdict
from benchmarks.connection import request
from benchmarks.statements import counted_statements

NEEDS_SITE = True

CLIENTS = 500
FEW, MANY = 20, 5_000
OF_OTHERS = 10
ROUNDS, WARM_UP = 40, 6
MOST_OF_ERPNEXT, MOST_BYTES, MOST_QUERIES = 0.5, 100 * 1024, 25
USER, PASSWORD = "benchmark@client.example", "Str0ng-enough-for-a-benchmark"
PORT = int(os.environ.get("RETAINER_PORT", "18123"))
# What the script of ERPNext's page asks for once it stands.
ROWS = "/api/method/frappe.www.list.get_list_data?" + urlencode(
    {"doctype": "Issue", "limit_start": 0, "limit": 20, "web_form_name": "issues"}
)
SIDES = {
    "ERPNext /issues/list": ("/issues/list", ROWS),
    "/support": ("/support",),
    "/support/tickets": ("/support/tickets",),
}


def make_clients(site: str) -> tuple[str, list[str]]:
    """The client who asks, and the customers of the others."""
    from support_retainer.testing import make_contract
    from support_retainer.testing.crowd import crowd_around

    with request(site):
        contract = make_contract("Growth", frappe.utils.add_days(frappe.utils.today(), -20))
        policies = frappe.db.count("SLA Policy")
        others = crowd_around(contract, policies, CLIENTS)
        user = frappe.get_doc(
            doctype="User", email=USER, first_name="Kim", user_type="Website User", send_welcome_email=0
        )
        user.append_roles("Customer")
        user.insert(ignore_if_duplicate=True)
        update_password(USER, PASSWORD)
        contract.append("contacts", {"user": USER, "can_approve": 1, "is_admin": 1})
        contract.save()
        customer = frappe.get_doc("Customer", contract.customer)
        customer.append("portal_users", {"user": USER})
        customer.save()
        frappe.db.commit()
        return contract.name, list(others)


def make_tickets(site: str, contract: str, customers: list[str], many: bool) -> None:
    """Bring the client to their tickets by copying one that was made the ordinary way, with its history."""
    from support_retainer.testing import make_issue

    with request(site):
        record = frappe.get_doc("Retainer Contract", contract)
        wanted, there = MANY if many else FEW, frappe.db.count("Issue", {"customer": record.customer})
        first = frappe.db.get_value("Issue", {"customer": record.customer}) or make_issue(record, raised_by=USER).name
        _copy(first, [record.customer] * (wanted - max(there, 1)))
        if many:
            _copy(first, [customer for customer in customers for _ in range(OF_OTHERS)])
        frappe.db.sql("analyze table `tabIssue`")
        frappe.db.commit()


def _copy(issue: str, customers: list[str]) -> None:
    rows = {
        doctype: _rows(doctype, fieldname, issue) for doctype, fieldname in (("Issue", "name"), ("SLA Event", "issue"))
    }
    for doctype, templates in rows.items():
        columns = list(templates[0])
        values = []
        for number, customer in enumerate(customers):
            changed = {"customer": customer, "subject": f"Question {number} about the month-end"}
            name = f"BENCH-{customer}-{number:05}"
            for row in templates:
                new = {**row, **changed, "name": name, "issue": name}
                new["name"] = name if doctype == "Issue" else frappe.generate_hash(length=12)
                values.append(tuple(new[column] for column in columns))
        frappe.db.bulk_insert(doctype, columns, values, ignore_duplicates=True, chunk_size=2_000)


def _rows(doctype: str, fieldname: str, issue: str) -> list[dict]:
    return frappe.db.sql(f"select * from `tab{doctype}` where {fieldname} = %s", issue, as_dict=True)  # noqa: S608


@contextmanager
def web_server(site: str) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{PORT}",
        "--workers",
        "2",
        "--log-level",
        "error",
    ]
    server = subprocess.Popen([*command, "frappe.app:application"])
    try:
        for _ in range(120):
            try:
                if ask(site, "/api/method/ping")[0] == 200:
                    break
            except OSError:
                time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(timeout=20)


def ask(site: str, path: str, cookie: str = "", body: str | None = None) -> tuple[int, bytes, str]:
    """Status, body and the session's cookie of one request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    headers = {"Host": site, "X-Frappe-Site-Name": site, "Cookie": cookie}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request("POST" if body is not None else "GET", path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return answer.status, content, "; ".join(one for one in cookies if one.startswith("sid="))


@dataclass
class Side:
    label: str
    paths: tuple[str, ...]
    milliseconds: list[float] = field(default_factory=list)
    size: int = 0
    queries: int = 0

    def ask(self, site: str, cookie: str) -> float:
        began, self.size = time.perf_counter(), 0
        for path in self.paths:
            status, content, _cookie = ask(site, path, cookie)
            assert status == 200, f"{path}: {status} {content[:200]!r}"
            self.size += len(content)
        return (time.perf_counter() - began) * 1e3


def measure(site: str) -> list[Side]:
    sides = [Side(label, paths) for label, paths in SIDES.items()]
    with web_server(site):
        cookie = ask(site, "/api/method/login", body=urlencode({"usr": USER, "pwd": PASSWORD}))[2]
        for number in range(WARM_UP + ROUNDS):
            for side in sides[number % 3 :] + sides[: number % 3]:
                took = side.ask(site, cookie)
                if number >= WARM_UP:
                    side.milliseconds.append(took)
    for side in sides:
        side.queries = sum(count_queries(site, path, cookie) for path in side.paths)
    return sides


def count_queries(site: str, path: str, cookie: str) -> int:
    """Statements of one request, inside the application, the second time it is asked."""
    counted: list[int] = []
    for _ in range(2):
        thread = Thread(target=lambda: counted.append(_count(site, path, cookie)))
        thread.start()
        thread.join()
    return counted[-1]


def _count(site: str, path: str, cookie: str) -> int:
    from frappe.app import application
    from werkzeug.test import Client

    headers = {"Host": site, "X-Frappe-Site-Name": site, "Cookie": cookie}
    with counted_statements() as asked:
        answer = Client(application, use_cookies=False).get(path, base_url=f"http://{site}", headers=headers)
        answer.get_data()
        answer.close()
    return len(asked)


def report(found: dict[str, list[Side]]) -> int:
    bars: Bars = []
    for label, (theirs, *ours) in found.items():
        print(f"\n{label}: median of {ROUNDS} rounds, {os.getloadavg()[0]:.1f} processes wanted to run")
        for side in (theirs, *ours):
            share = median(side.milliseconds) / median(theirs.milliseconds)
            size = f"{side.size / 1024:6.1f} KB {side.queries:3d} queries"
            print(f"  {side.label:<24} {median(side.milliseconds):7.1f} ms {size}  {share:4.2f}x")
            if side is not theirs:
                bars += [
                    (f"{label} {side.label}: {share:.2f}x of ERPNext <= {MOST_OF_ERPNEXT}x", share <= MOST_OF_ERPNEXT),
                    (
                        f"{label} {side.label}: {size} <= 100 KB, 25",
                        side.size <= MOST_BYTES and side.queries <= MOST_QUERIES,
                    ),
                ]
    few, many = ([side.queries for side in sides] for sides in found.values())
    bars.append((f"the same queries at both sizes: {few[1:]} {many[1:]}", few[1:] == many[1:]))
    return verdict(bars)


def main() -> int:
    site = os.environ["RETAINER_SITE"]
    contract, others = make_clients(site)
    found: dict[str, list[Side]] = {}
    for many in (False, True):
        make_tickets(site, contract, others, many)
        found[f"{MANY if many else FEW:,} tickets"] = measure(site)
    return report(found)


if __name__ == "__main__":
    sys.exit(main())
