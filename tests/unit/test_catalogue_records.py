"""A catalogue says nothing that the records of a site could not hold."""

import json
from pathlib import Path

import pytest

from support_retainer.catalogues import available, read, schema

RECORDS = Path(__file__).parents[2] / "support_retainer" / "retainer" / "doctype"


def doctype(name: str) -> dict:
    folder = name.lower().replace(" ", "_")
    return json.loads((RECORDS / folder / f"{folder}.json").read_text())


def fields_of(name: str) -> dict[str, dict]:
    return {field["fieldname"]: field for field in doctype(name)["fields"]}


def differences(shape: schema.Shape, name: str):
    """Keys of the schema that the DocType has not, or holds as another kind of value."""
    fields = fields_of(name)
    for key, spec in shape.items():
        field = fields.get(key, {"fieldtype": "nothing"})
        if isinstance(spec, schema.Table):
            if field["fieldtype"] != "Table":
                yield f"{name}.{key} is {field['fieldtype']}"
            else:
                yield from differences(spec.row, field["options"])
        elif field["fieldtype"] not in expected_types(spec):
            yield f"{name}.{key} is {field['fieldtype']}"


def expected_types(spec: schema.Field) -> set[str]:
    special = {
        schema.PACKAGE["weekly_report"].check: {"Check"},
        schema.PACKAGE["monthly_fee"].check: {"Currency"},
        schema.TARGET["response_time"].check: {"Duration"},
        schema.PACKAGE["notice_days"].check: {"Int"},
        schema.HOUR_POOL["hours"].check: {"Float", "Percent"},
        schema.PACKAGE["discount_percent"].check: {"Percent"},
        schema.WINDOW["start_time"].check: {"Time"},
        schema.PACKAGE["tiers"].row["unit_price"].check: {"Currency"},
    }
    return special.get(spec.check, {"Data", "Link", "Select", "Autocomplete"})


@pytest.mark.parametrize(
    ("shape", "name"),
    [(schema.PACKAGE, "Support Package"), (schema.SLA_POLICY, "SLA Policy")],
    ids=["Support Package", "SLA Policy"],
)
def test_every_key_of_the_schema_is_a_field_of_the_record(shape, name):
    assert list(differences(shape, name)) == []


def select_values(rows: list[dict], name: str):
    """(DocType.field, value) of every Select in the rows and their tables."""
    for key, field in fields_of(name).items():
        for row in rows:
            if field["fieldtype"] == "Select" and key in row:
                yield f"{name}.{key}", row[key], field["options"].split("\n")
        if field["fieldtype"] == "Table":
            yield from select_values([child for row in rows for child in row.get(key, ())], field["options"])


@pytest.mark.parametrize("catalogue", available())
def test_every_choice_of_a_catalogue_is_an_option_of_the_record(catalogue):
    whole = read(catalogue)
    choices = [
        *select_values(whole["packages"], "Support Package"),
        *select_values(whole["sla_policies"], "SLA Policy"),
    ]
    assert len(choices) > 20
    assert [(where, value) for where, value, options in choices if value not in options] == []
