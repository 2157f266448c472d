"""What installing adds to ERPNext, and that it can be done again without harm."""

import frappe
import pytest
from frappe.desk.form.meta import get_meta as form_meta
from frappe.desk.notifications import get_open_count

from support_retainer.customizations import sync
from support_retainer.customizations.custom_fields import CUSTOM_FIELDS
from support_retainer.customizations.field import MODULE
from support_retainer.customizations.property_setters import PROPERTY_SETTERS
from support_retainer.install import ROLES, after_migrate
from support_retainer.testing.factories import make_customer
from tests.site.record_factories import new_contract, new_package
from tests.support.people import make_user

FIELDS = [(doctype, row["fieldname"]) for doctype, rows in CUSTOM_FIELDS.items() for row in rows]
INDEXES = {
    "SLA Event": [("issue", "at")],
    "Hour Ledger": [("contract", "pool")],
    "Hour Ledger Entry": [("entry_key",), ("ledger", "posting_time"), ("voucher_type", "voucher_no")],
    "Retainer Billing Period": [("contract", "period_start"), ("status", "bill_on")],
    "Retainer Contract": [("customer", "status"), ("status", "end_date")],
    "Issue": [("retainer_contract",), ("retainer_next_event_at",)],
    "Timesheet Detail": [("retainer_contract",)],
    "Sales Invoice": [("retainer_contract",)],
}


def our_doctypes() -> list[str]:
    return frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")


def customizations() -> list[tuple]:
    return [
        *frappe.db.sql("SELECT name, modified FROM `tabCustom Field` WHERE module = %s ORDER BY name", MODULE),
        *frappe.db.sql("SELECT name, modified FROM `tabProperty Setter` WHERE module = %s ORDER BY name", MODULE),
    ]


@pytest.mark.parametrize(("doctype", "fieldname"), FIELDS)
def test_the_fields_are_on_the_forms(doctype, fieldname):
    assert frappe.get_meta(doctype).has_field(fieldname)


def test_each_field_stands_where_it_was_meant_to():
    for doctype, rows in CUSTOM_FIELDS.items():
        order = [field.fieldname for field in frappe.get_meta(doctype).fields]
        for row in rows:
            assert order.index(row["fieldname"]) == order.index(row["insert_after"]) + 1, (doctype, row["fieldname"])


def test_every_link_of_ours_leads_somewhere():
    known = set(frappe.get_all("DocType", pluck="name"))
    for doctype in [*our_doctypes(), *CUSTOM_FIELDS]:
        for field in frappe.get_meta(doctype).fields:
            if field.fieldtype in ("Link", "Table"):
                assert field.options in known, (doctype, field.fieldname)


def test_due_times_show_beside_our_policy():
    for row in PROPERTY_SETTERS:
        assert "doc.sla_policy" in frappe.get_meta(row["doc_type"]).get_field(row["field_name"]).depends_on


@pytest.mark.parametrize("doctype", INDEXES)
def test_what_is_searched_by_is_indexed(doctype):
    columns: dict[str, list[str]] = {}
    for row in frappe.db.sql(f"SHOW INDEX FROM `tab{doctype}`", as_dict=True):
        columns.setdefault(row.Key_name, []).append(row.Column_name)

    assert set(INDEXES[doctype]) <= {tuple(names) for names in columns.values()}


@pytest.mark.commits
def test_a_migration_changes_nothing_that_is_right():
    before = customizations()
    after_migrate()

    assert customizations() == before
    assert len(before) == len(FIELDS) + len(PROPERTY_SETTERS)


@pytest.mark.commits
def test_a_migration_brings_back_what_was_lost():
    frappe.db.delete("Custom Field", {"name": "Issue-retainer_cause"})
    frappe.clear_cache(doctype="Issue")
    after_migrate()

    assert frappe.get_meta("Issue").has_field("retainer_cause")


@pytest.mark.commits
def test_a_field_that_we_no_longer_have_goes():
    frappe.get_doc(
        doctype="Custom Field", dt="Issue", fieldname="retainer_old", label="Old", fieldtype="Data", module=MODULE
    ).insert()
    sync.apply()

    assert not frappe.db.exists("Custom Field", "Issue-retainer_old")


def test_a_property_that_a_user_has_set_stays():
    key = {"doc_type": "Issue", "field_name": "agreement_status", "property": "depends_on"}
    frappe.db.delete("Property Setter", key)
    users = {"doctype": "Property Setter", "doctype_or_field": "DocField", "property_type": "Data", "value": "subject"}
    frappe.get_doc({**users, **key}).insert()
    sync.set_property(next(row for row in PROPERTY_SETTERS if row["field_name"] == "agreement_status"))

    assert frappe.db.get_value("Property Setter", key, "value") == "subject"


@pytest.mark.parametrize("role", ROLES)
def test_the_roles_exist_and_open_the_desk(role):
    assert frappe.db.get_value("Role", role, "desk_access") == 1


def test_every_form_and_its_connections_open():
    for doctype in our_doctypes():
        meta = form_meta(doctype)
        if not meta.istable and not meta.issingle:
            linked = [
                name for group in meta.as_dict()["__dashboard"].get("transactions", []) for name in group["items"]
            ]
            assert set(linked) <= set(frappe.get_all("DocType", pluck="name"))


def test_the_connections_of_a_contract_count_what_belongs_to_it():
    contract = new_contract().insert()
    contract.submit()
    frappe.get_doc(
        doctype="Issue", subject="Down", customer=contract.customer, retainer_contract=contract.name
    ).insert()
    counts = get_open_count("Retainer Contract", contract.name)["count"]["external_links_found"]

    assert {row["doctype"]: row["count"] for row in counts}["Issue"] == 1


# Who may see what


def test_an_agent_reads_contracts_and_changes_no_money():
    contract = new_contract().insert()
    frappe.set_user(make_user("Retainer Agent"))

    assert frappe.has_permission("Retainer Contract", "read", doc=contract.name)
    for doctype in ("Retainer Contract", "Support Package", "SLA Policy", "Hour Ledger", "Retainer Settings"):
        assert not frappe.has_permission(doctype, "write")
        assert not frappe.has_permission(doctype, "create")


def test_a_manager_may_do_all_with_contracts_and_packages():
    frappe.set_user(make_user("Retainer Manager"))

    for action in ("read", "write", "create", "submit", "cancel", "amend"):
        assert frappe.has_permission("Retainer Contract", action)
    assert frappe.has_permission("Support Package", "create")


def test_nobody_writes_the_ledger_by_hand():
    frappe.set_user(make_user("Retainer Manager", "System Manager", "Accounts Manager"))

    for doctype in ("SLA Event", "Hour Ledger", "Hour Ledger Entry"):
        for action in ("write", "create", "delete"):
            assert not frappe.has_permission(doctype, action)


@pytest.mark.parametrize("roles", [("Customer",), ("Customer", "Retainer Manager")])
def test_a_website_user_sees_nothing_of_ours_whatever_the_roles(roles):
    contract = new_contract().insert()
    user = make_user("Customer", user_type="Website User")
    for role in roles:
        if role != "Customer":
            frappe.get_doc(
                doctype="Has Role", parent=user, parenttype="User", parentfield="roles", role=role
            ).db_insert()
    frappe.clear_cache(user=user)
    frappe.set_user(user)

    assert frappe.db.get_value("User", user, "user_type") == "Website User"
    assert not frappe.has_permission("Retainer Contract", "read", doc=contract.name)
    assert listed("Retainer Contract") == []
    assert listed("Support Package") == []


def test_a_guest_sees_nothing_of_ours():
    new_contract(new_package().insert(), customer=make_customer()).insert()
    frappe.set_user("Guest")

    assert listed("Retainer Contract") == []


def listed(doctype: str) -> list:
    try:
        return frappe.get_list(doctype)
    except frappe.PermissionError:
        return []
