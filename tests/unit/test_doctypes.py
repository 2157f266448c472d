"""The DocType files on disk: laid out for people, linked to what exists, and speaking the domain's words."""

import json
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from support_retainer.catalogues import schema
from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.contract_terms import LastPeriod, OveragePolicy, PricingModel, Treatment
from support_retainer.domain.hour_ledger import EntryType
from support_retainer.domain.sla_clock import EventKind, TargetClock

MODULE = Path(__file__).parents[2] / "support_retainer" / "retainer"
LAYOUT = {"Section Break", "Column Break", "Tab Break"}
MONEY_ROLES = {"System Manager", "Retainer Manager", "Accounts Manager", "Accounts User"}


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


DOCTYPES = {found["name"]: found for found in map(load, sorted(MODULE.glob("doctype/*/*.json")))}
CHILDREN = [name for name, doctype in DOCTYPES.items() if doctype.get("istable")]
PARENTS = [name for name in DOCTYPES if name not in CHILDREN]
APPEND_ONLY = ["SLA Event", "Hour Ledger Entry"]
# What these say ends up on an invoice or in a promise.
OF_MONEY = ["Support Package", "SLA Policy", "Retainer Contract", "Retainer Settings", "Retainer Billing Period"]


def fields(doctype: str) -> dict[str, dict[str, Any]]:
    return {row["fieldname"]: row for row in DOCTYPES[doctype]["fields"] if row["fieldtype"] not in LAYOUT}


def options(doctype: str, fieldname: str) -> list[str]:
    return fields(doctype)[fieldname]["options"].split("\n")


def values(enum: type[Enum]) -> list[str]:
    return [member.value for member in enum]


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_lies_where_frappe_looks_for_it(name):
    folder = MODULE / "doctype" / name.lower().replace(" ", "_")

    assert load(folder / f"{folder.name}.json")["module"] == "Retainer"
    assert f"class {name.replace(' ', '')}(" in (folder / f"{folder.name}.py").read_text(encoding="utf-8")
    assert (folder / "__init__.py").exists()


@pytest.mark.parametrize("name", DOCTYPES)
def test_the_field_order_names_each_field_once(name):
    assert DOCTYPES[name]["field_order"] == [row["fieldname"] for row in DOCTYPES[name]["fields"]]
    assert len(set(DOCTYPES[name]["field_order"])) == len(DOCTYPES[name]["field_order"])


@pytest.mark.parametrize("name", DOCTYPES)
def test_every_field_has_a_label(name):
    assert [fieldname for fieldname, row in fields(name).items() if not row.get("label")] == []


@pytest.mark.parametrize("name", DOCTYPES)
def test_what_is_ours_and_linked_to_exists(name):
    for row in fields(name).values():
        if row["fieldtype"] == "Table":
            assert row["options"] in CHILDREN
        if row["fieldtype"] == "Dynamic Link":
            assert row["options"] in fields(name)


@pytest.mark.parametrize("name", DOCTYPES)
def test_money_knows_its_currency(name):
    for row in fields(name).values():
        if row["fieldtype"] == "Currency":
            assert row["options"] in ("currency", "Retainer Contract:contract:currency")


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_default_is_one_of_the_choices(name):
    for row in fields(name).values():
        if row["fieldtype"] == "Select" and "default" in row:
            assert row["default"] in row["options"].split("\n")


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_table_shows_its_columns_in_the_width_there_is(name):
    columns = [row for row in fields(name).values() if row.get("in_list_view")]

    assert columns
    assert sum(row.get("columns", 0) for row in columns) <= 10


@pytest.mark.parametrize("name", CHILDREN)
def test_every_child_table_is_used(name):
    assert [
        row
        for parent in PARENTS
        for row in fields(parent).values()
        if row["fieldtype"] == "Table" and row["options"] == name
    ]


@pytest.mark.parametrize("name", PARENTS)
def test_a_record_says_who_may_read_it_and_no_client_may(name):
    roles = {row["role"] for row in DOCTYPES[name]["permissions"]}

    assert {"System Manager", "Retainer Manager"} <= roles
    assert not roles & {"Customer", "Guest", "All", "Supplier"}


@pytest.mark.parametrize("name", OF_MONEY)
def test_only_those_who_handle_money_may_change_it(name):
    writers = {row["role"] for row in DOCTYPES[name]["permissions"] if row.get("write") or row.get("create")}

    assert writers <= MONEY_ROLES


@pytest.mark.parametrize("name", [*APPEND_ONLY, "Hour Ledger"])
def test_nobody_edits_what_the_postings_write(name):
    assert DOCTYPES[name]["in_create"] == 1
    assert [fieldname for fieldname, row in fields(name).items() if not row.get("read_only")] == []
    assert not [row for row in DOCTYPES[name]["permissions"] if row.get("write") or row.get("delete")]


@pytest.mark.parametrize(
    ("doctype", "enum", "fieldname"),
    [
        ("Support Package Coverage", Treatment, "treatment"),
        ("Support Package", OveragePolicy, "overage_policy"),
        ("Support Package", PricingModel, "pricing_model"),
        ("Support Package", LastPeriod, "last_period"),
        ("SLA Policy Target", TargetClock, "clock"),
        ("SLA Event", EventKind, "event"),
        ("Retainer Contract", Anchor, "billing_anchor"),
        ("Hour Ledger Entry", EntryType, "entry_type"),
    ],
)
def test_choices_are_the_words_of_the_domain(doctype, enum, fieldname):
    assert options(doctype, fieldname) == values(enum)


def test_channels_are_the_same_everywhere():
    assert tuple(options("Support Package Channel", "channel")) == schema.CHANNELS
    assert tuple(options("Support Package Hour Pool", "channel")) == ("", *schema.CHANNELS)


@pytest.mark.parametrize(
    ("shape", "doctype"),
    [
        (schema.PACKAGE, "Support Package"),
        (schema.HOUR_POOL, "Support Package Hour Pool"),
        (schema.COVERAGE, "Support Package Coverage"),
        (schema.SLA_POLICY, "SLA Policy"),
        (schema.WINDOW, "SLA Policy Window"),
        (schema.TARGET, "SLA Policy Target"),
        (schema.ESCALATION, "SLA Policy Escalation"),
        (schema.INTAKE_RULE, "SLA Policy Intake Rule"),
        (schema.MAINTENANCE, "Maintenance Activity"),
    ],
)
def test_everything_a_catalogue_says_has_a_field(shape, doctype):
    assert set(shape) - set(fields(doctype)) == set()


def test_the_workspace_leads_to_every_record():
    workspace = load(MODULE / "workspace" / "support_retainer" / "support_retainer.json")
    linked = {row["link_to"] for row in workspace["links"] if row["type"] == "Link"}

    assert set(PARENTS) <= linked


def test_the_workspace_shows_every_card_and_shortcut_it_has():
    workspace = load(MODULE / "workspace" / "support_retainer" / "support_retainer.json")
    blocks = [block["data"] for block in json.loads(workspace["content"])]
    cards = {row["label"] for row in workspace["links"] if row["type"] == "Card Break"}

    assert {data["card_name"] for data in blocks if "card_name" in data} == cards
    assert {data["shortcut_name"] for data in blocks if "shortcut_name" in data} == {
        row["label"] for row in workspace["shortcuts"]
    }
