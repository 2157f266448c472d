"""The constants of the fields we put on ERPNext's DocTypes."""

import pytest

from support_retainer.catalogues import schema
from support_retainer.customizations.custom_fields import CUSTOM_FIELDS, ISSUE
from support_retainer.customizations.field import CHANNELS, COVERAGES, MODULE
from support_retainer.customizations.property_setters import PROPERTY_SETTERS
from support_retainer.domain.contract_terms import Treatment

ROWS = [(doctype, row) for doctype, rows in CUSTOM_FIELDS.items() for row in rows]
IDS = [f"{doctype}.{row['fieldname']}" for doctype, row in ROWS]
# The names that the design gives to others, such as scripts and reports.
PUBLIC = {
    "Issue": "retainer_contract sla_policy retainer_channel retainer_cause retainer_coverage "
    "retainer_coverage_reason retainer_next_event_at",
    "Timesheet Detail": "retainer_contract issue retainer_coverage retainer_coverage_reason "
    "retainer_billed_minutes retainer_rate",
    "Sales Invoice": "retainer_contract retainer_billing_period",
    "Quotation": "retainer_contract issue approved_by approved_on",
    "Warranty Claim": "retainer_contract issue cause decision decision_reason evidence",
}


@pytest.mark.parametrize("doctype", PUBLIC)
def test_the_public_fields_are_there(doctype):
    assert set(PUBLIC[doctype].split()) <= {row["fieldname"] for row in CUSTOM_FIELDS[doctype]}


@pytest.mark.parametrize(("doctype", "row"), ROWS, ids=IDS)
def test_a_field_says_whose_it_is_and_is_not_translated(doctype, row):
    assert row["module"] == MODULE
    assert row["translatable"] == 0


@pytest.mark.parametrize("doctype", CUSTOM_FIELDS)
def test_fields_follow_one_another_so_that_their_order_is_certain(doctype):
    rows = CUSTOM_FIELDS[doctype]

    assert [row["insert_after"] for row in rows[1:]] == [row["fieldname"] for row in rows[:-1]]


@pytest.mark.parametrize(
    "fieldname", ["retainer_contract", "sla_policy", "retainer_coverage", "retainer_next_event_at"]
)
def test_a_copied_issue_takes_no_decision_along(fieldname):
    assert next(row for row in ISSUE if row["fieldname"] == fieldname)["no_copy"] == 1


@pytest.mark.parametrize(("doctype", "row"), ROWS, ids=IDS)
def test_the_contract_is_indexed_wherever_it_is_linked(doctype, row):
    if row.get("options") == "Retainer Contract":
        assert row["search_index"] == 1


def test_channels_are_those_of_the_packages():
    assert tuple(CHANNELS.split("\n")) == ("", *schema.CHANNELS)


def test_every_treatment_of_a_package_can_be_shown_as_coverage():
    assert {treatment.value for treatment in Treatment} <= set(COVERAGES.split("\n"))


def test_each_property_is_set_once():
    keys = [(row["doc_type"], row["field_name"], row["property"]) for row in PROPERTY_SETTERS]

    assert len(set(keys)) == len(keys)
