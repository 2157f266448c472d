"""A world of two clients for the tests of isolation: what client B has, and what a stranger would ask for by name."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import frappe
import pytest

import support_retainer
from support_retainer.hours import approvals
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from tests.support.people import make_client, make_user
from tests.support.stories import at, worked
from tests.support.web import Web, with_password

SECRET = "Zebra Topsecret"
CONTENT = "zebra topsecret file"
BARE = "ZEBRA-"
WHO = ("guest", "client", "closed", "colleague")
# Of ERPNext, what holds a client's matters.
THEIRS = ("Issue", "Communication", "Customer", "Sales Invoice", "Quotation", "Warranty Claim", "File", "Timesheet")


@dataclass
class World:
    """Names of client B's records by DocType, and the people who try to get at them."""

    own: Any
    other: Any
    records: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    file_url: str = ""
    own_issue: str = ""

    def of(self, doctype: str) -> str:
        return self.records[doctype]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def visitors(site, world) -> dict[str, Web]:
    """Everybody has a session; the account of one is closed afterwards."""
    found = {who: Web(site, world.people.get(who)) for who in WHO}
    for web in found.values():
        web.kept_token = web.token()
    user = frappe.get_doc("User", world.people["closed"])
    user.enabled = 0
    user.save()
    frappe.db.commit()
    return found


def make_world() -> World:
    """Committed, because the web application has a connection of its own."""
    at("2026-09-14 10:00")
    own = make_contract("Growth", "2026-08-31")
    other = make_contract("Growth", "2026-08-31", customer=make_customer(SECRET))
    world = World(own, other)
    world.people = {
        "client": with_password(make_client(own, can_approve=1, is_admin=1)),
        "closed": with_password(make_client(other, can_approve=1, is_admin=1)),
        "colleague": with_password(make_user("Website Manager")),
    }
    world.own_issue = make_issue(own, raised_by=world.people["client"]).name
    _what_b_has(world)
    _one_of_each(world)
    frappe.db.commit()
    return world


def _what_b_has(world: World) -> None:
    user = make_client(world.other, can_approve=1, is_admin=1)
    issue = make_issue(world.other, raised_by=user, subject=SECRET, description=SECRET)
    message = frappe.get_doc(
        doctype="Communication",
        communication_type="Communication",
        sent_or_received="Received",
        sender=user,
        subject=SECRET,
        content=SECRET,
        reference_doctype="Issue",
        reference_name=issue.name,
    ).insert()
    file = frappe.get_doc(
        doctype="File",
        file_name="zebra.txt",
        content=CONTENT,
        is_private=1,
        attached_to_doctype="Communication",
        attached_to_name=message.name,
    ).insert()
    sheet = make_timesheet(worked(issue, "2026-09-14 09:00", 60), note=SECRET)
    asked = approvals.request(world.other.name, 60, SECRET)
    bill("2026-09-30", world.other)
    invoice = frappe.db.get_value("Sales Invoice", {"retainer_contract": world.other.name})
    world.file_url = file.file_url
    world.records = {
        "Retainer Contract": world.other.name,
        "Customer": world.other.customer,
        "Issue": issue.name,
        "Communication": message.name,
        "File": file.name,
        "Timesheet": sheet.name,
        "Overage Approval": asked.name,
        "Sales Invoice": invoice,
        "User": user,
    }


def more_of_b(world: World) -> None:
    """As much again of all that a sum or a count could tell of, and a contract like B's beside it; committed."""
    make_contract("Growth", "2026-08-31", customer=make_customer(f"{SECRET} again"))
    issue = make_issue(world.other, raised_by=world.of("User"), subject=SECRET, description=SECRET)
    make_timesheet(worked(issue, "2026-09-14 11:00", 60), note=SECRET)
    approvals.request(world.other.name, 30, SECRET)
    bill("2026-10-31", world.other)
    for doctype in [doctype for doctype, name in world.records.items() if name.startswith(BARE)]:
        _bare(doctype, world)
    frappe.db.commit()


def _one_of_each(world: World) -> None:
    """Every DocType of ours has a record of B: one that the story made, else a bare row with B's names in its links."""
    for doctype in [*own_doctypes(), "Quotation", "Warranty Claim"]:
        if doctype in world.records:
            continue
        known = frappe.get_all(doctype, _of_b(doctype, world), pluck="name", limit=1)
        world.records[doctype] = known[0] if known else _bare(doctype, world)


def _of_b(doctype: str, world: World) -> dict[str, str]:
    links = {row.options: row.fieldname for row in frappe.get_meta(doctype).get("fields", {"fieldtype": "Link"})}
    for target in ("Retainer Contract", "Customer", "Issue"):
        if target in links:
            return {links[target]: world.of(target)}
    return {}


def _bare(doctype: str, world: World) -> str:
    """A row without its controller, whose rules are not what is tried here."""
    meta = frappe.get_meta(doctype)
    values = {row.fieldname: world.records.get(row.options) for row in meta.get("fields", {"fieldtype": "Link"})}
    texts = {row.fieldname: SECRET for row in meta.fields if row.fieldtype in ("Data", "Small Text", "Text")}
    unique = {row.fieldname: frappe.generate_hash() for row in meta.fields if row.unique}
    record = frappe.new_doc(doctype)
    record.update({**values, **texts, **unique})
    record.name = f"{BARE}{frappe.generate_hash(length=6)}"
    record.db_insert()
    return record.name


def own_doctypes(children: bool = False) -> list[str]:
    filters = {"module": "Retainer", "issingle": 0} | ({} if children else {"istable": 0})
    return frappe.get_all("DocType", filters, pluck="name", order_by="name")


@cache
def _import_all() -> None:
    for module in walk_packages(support_retainer.__path__, "support_retainer."):
        if ".patches" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)


def endpoints() -> dict[str, Callable]:
    """Every whitelisted function of the app by the path that the web knows; methods of records are not among them."""
    _import_all()
    ours = [function for function in frappe.whitelisted if function.__module__.startswith("support_retainer.")]
    return {f"{function.__module__}.{function.__qualname__}": function for function in sorted(ours, key=str)}


def parameters(function: Callable) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [row.name for row in inspect.signature(inspect.unwrap(function)).parameters.values() if row.kind in kinds]
