"""Another ERPNext site of this bench: what its dump restores to, and DocTypes that make trouble on it."""

import csv
import io
import json

import frappe
import pytest
import requests

from support_retainer.archive.restore import load, restore_and_compare, scratch
from support_retainer.archive.verify import Proof, verify
from support_retainer.offboarding.export import job, request
from support_retainer.testing import make_contract
from tests.support.client_site import (
    archive_of,
    checksums,
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
    server,
)
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
COLUMNS = 500


def ask(site, method: str, path: str, **values: object) -> dict:
    login = {"Authorization": f"token {site.api_key}:{site.api_secret}"}
    url = f"{site.url.rstrip('/')}/api/{path}"
    done = requests.request(method, url, json=values, headers=login, timeout=120)
    assert done.status_code in (200, 202), done.text[-2000:]
    return done.json()


def make_doctype(site, name: str, fields: list[str], **values: object) -> None:
    """As a System Manager there would make it."""
    rows = [{"fieldname": field, "label": field, "fieldtype": "Int"} for field in fields]
    rights = [{"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1}]
    known = {"name": name, "module": "Core", "custom": 1, "fields": rows, "permissions": rights, **values}
    ask(site, "POST", "resource/DocType", **known)


@pytest.fixture(scope="module")
def strange(second_site):
    """Five hundred columns; one with a new name; a Single; one whose code can't be loaded any more."""
    second_site.bench("clear-cache")  # its Redis may remember the tables of an earlier site of this name
    numbers = [f"field_{number}" for number in range(COLUMNS)]
    make_doctype(second_site, "Very Wide", numbers)
    ask(second_site, "POST", "resource/Very Wide", **{name: number for number, name in enumerate(numbers)})
    make_doctype(second_site, "Old Thing", ["amount"])
    ask(second_site, "POST", "resource/Old Thing", amount=7)
    ask(second_site, "POST", "method/frappe.rename_doc", doctype="DocType", old="Old Thing", new="New Thing")
    make_doctype(second_site, "Own Settings", ["colour"], issingle=1)
    ask(second_site, "PUT", "resource/Own Settings/Own Settings", colour=3)
    make_doctype(second_site, "Broken Thing", ["amount"])
    ask(second_site, "POST", "resource/Broken Thing", amount=9)
    second_site.sql("UPDATE tabDocType SET custom = 0, module = 'No Such App' WHERE name = 'Broken Thing'")
    second_site.bench("clear-cache")
    yield second_site
    for name in ("Very Wide", "New Thing", "Own Settings", "Broken Thing"):
        second_site.sql(
            f"DELETE FROM tabDocType WHERE name = '{name}'; DELETE FROM tabDocField WHERE parent = '{name}'"
        )
        second_site.sql(f"DROP TABLE IF EXISTS `tab{name}`")
    second_site.bench("clear-cache")


@pytest.fixture
def export(site, strange):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    manage(strange.name, contract)
    made = request.request(contract.name)
    frappe.db.commit()
    with strange.stopped():  # its scheduler would write, and switching it on again does
        made.flags.there = checksums(strange.database)
        job.run(made.name)
    return made.reload()


def rows_of(archive, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(path).decode(), newline="")))


def test_its_dump_restores_to_equal_tables_and_its_strange_doctypes_are_there(export):
    assert verify(archive_of(export)).problems == []
    with inside(export) as (archive, manifest):
        with scratch(server()) as restored:
            load(archive, "database.sql.gz", server(), restored)
            there, back = export.flags.there, checksums(restored)
        schema = json.loads(archive.read("csv/schema.json"))["doctypes"]
        wide = rows_of(archive, "csv/Very Wide.csv")[0]
        assert [wide[f"field_{number}"] for number in range(COLUMNS)] == [str(number) for number in range(COLUMNS)]
        assert rows_of(archive, "csv/New Thing.csv")[0]["amount"] == "7"
        assert rows_of(archive, "csv/Broken Thing.csv")[0]["amount"] == "9"
        assert rows_of(archive, "csv/singles/Own Settings.csv")[0]["colour"] == "3"
        tables = {row.table for row in manifest.tables if row.dump}
    assert len(there) > 600
    assert {name: (there[name], back.get(name)) for name in there if there[name] != back.get(name)} == {}
    assert back.keys() == there.keys()
    assert tables == {name for name in there if name.startswith("tab")}
    assert "Old Thing" not in schema
    assert (schema["RQ Job"]["kind"], schema["Own Settings"]["kind"]) == ("virtual", "single")
    assert schema["Broken Thing"]["module"] == "No Such App"


def test_its_archive_is_proven_by_restoring_it(export):
    proof = Proof("")
    restore_and_compare(archive_of(export), proof, server())
    assert proof.problems == []
    assert proof.restored_tables > 600
