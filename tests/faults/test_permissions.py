"""Who has no business with our records gets none of them, by no door that Frappe has."""

import frappe
import pytest
from frappe import client

from support_retainer.exceptions import SharedOutside
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.stories import at, on_contract

CLIENT, NOBODY = "client@client.example", "colleague@retainer.example"


def our_doctypes() -> list[str]:
    return frappe.get_all("DocType", {"module": "Retainer"}, pluck="name", order_by="name")


def parents_of(child: str) -> list[str]:
    return frappe.get_all("DocField", {"options": child, "fieldtype": "Table"}, pluck="parent")


@pytest.fixture
def strangers():
    """A client's own user, linked to the customer by every means ERPNext has, and a colleague without a role."""
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_issue(contract)
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60))
    for email, user_type in ((CLIENT, "Website User"), (NOBODY, "System User")):
        user = frappe.get_doc(doctype="User", email=email, first_name="Kim", user_type=user_type, send_welcome_email=0)
        user.flags.no_welcome_mail = True
        user.insert()
    frappe.get_doc("User", CLIENT).add_roles("Customer")
    frappe.get_doc("User", NOBODY).add_roles("Projects User")
    customer = frappe.get_doc("Customer", contract.customer)
    customer.append("portal_users", {"user": CLIENT})
    customer.save()
    frappe.db.set_value("Retainer Contract Contact", {"parent": contract.name}, "user", CLIENT)
    yield contract
    frappe.set_user("Administrator")


def refused(call, *arguments, **keywords) -> bool:
    """Nothing comes back: an empty answer, or Frappe says that it is not permitted."""
    try:
        return not call(*arguments, **keywords)
    except (frappe.PermissionError, frappe.DoesNotExistError):
        return True


@pytest.mark.parametrize("user", ["Guest", CLIENT, NOBODY])
def test_no_list_of_ours_shows_a_row(strangers, user):
    assert len(our_doctypes()) > 10
    for doctype in our_doctypes():
        meta = frappe.get_meta(doctype)
        parents = parents_of(doctype) if meta.istable else [None]
        if meta.issingle:
            continue
        frappe.set_user(user)
        for parent in parents:
            assert refused(client.get_list, doctype, fields=["*"], parent=parent), (doctype, parent)
            assert refused(client.get_count, doctype) or not frappe.has_permission(doctype), doctype
        frappe.set_user("Administrator")


@pytest.mark.parametrize("user", ["Guest", CLIENT, NOBODY])
def test_no_record_of_ours_opens_by_its_name(strangers, user):
    for doctype in our_doctypes():
        meta = frappe.get_meta(doctype)
        if meta.istable:
            continue
        name = doctype if meta.issingle else frappe.db.get_value(doctype, {}, "name")
        if not name:
            continue
        frappe.set_user(user)
        assert refused(client.get, doctype, name), doctype
        assert refused(client.get_value, doctype, "owner", {"name": name}), doctype
        frappe.set_user("Administrator")


def test_a_record_is_shared_with_a_colleague_but_not_with_a_client_nor_with_everyone(strangers):
    for user, everyone in ((CLIENT, 0), (None, 1)):
        with pytest.raises(SharedOutside, match="User"):
            frappe.share.add("Retainer Contract", strangers.name, user, read=1, everyone=everyone)
    frappe.share.add("Retainer Contract", strangers.name, NOBODY, read=1)
    assert frappe.has_permission("Retainer Contract", "read", strangers.name, user=NOBODY)
    assert not frappe.has_permission("Retainer Contract", "read", strangers.name, user=CLIENT)


@pytest.mark.parametrize("user", ["Guest", CLIENT, NOBODY])
def test_nobody_writes_evidence_through_the_client_api(strangers, user):
    frappe.set_user(user)
    for doctype in ("SLA Event", "Hour Ledger Entry", "Hour Ledger", "Retainer Billing Period", "Retainer Contract"):
        assert not frappe.has_permission(doctype, "create"), doctype
        with pytest.raises(frappe.PermissionError):
            client.insert({"doctype": doctype})


def test_not_even_the_administrator_rewrites_what_happened(strangers):
    event = frappe.get_doc("SLA Event", {})
    event.value = "something else"
    with pytest.raises(frappe.ValidationError, match="cannot be changed"):
        event.save()
    entry = frappe.get_all("Hour Ledger Entry", pluck="name", limit=1)[0]
    with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
        frappe.delete_doc("Hour Ledger Entry", entry)


@pytest.mark.commits
@pytest.mark.parametrize("user", ["Guest", CLIENT, NOBODY])
def test_the_rest_api_answers_no(strangers, user):
    bill("2026-08-31", strangers)
    frappe.set_user(user)
    for doctype in ("Retainer Contract", "Retainer Billing Period", "Hour Ledger", "SLA Event"):
        assert rest(doctype) in ({}, {"data": []}, None), doctype


def rest(doctype: str):
    """GET /api/resource/<doctype>, as the web server would answer the user of this session."""
    from frappe.api.v1 import document_list
    from werkzeug.test import EnvironBuilder
    from werkzeug.wrappers import Request

    frappe.local.request = Request(EnvironBuilder(path=f"/api/resource/{doctype}").get_environ())
    frappe.local.form_dict = frappe._dict()
    try:
        return {"data": document_list(doctype)}
    except frappe.PermissionError:
        return {}
