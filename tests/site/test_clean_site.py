"""The other site tests trust that nothing is left behind by the test before; here that is shown."""

import frappe
import pytest
from frappe.utils import now_datetime


def make_note(title: str) -> str:
    return frappe.get_doc({"doctype": "Note", "title": title, "content": "x"}).insert().name


def notes() -> int:
    return frappe.db.count("Note")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_writes_is_gone_in_the_next_one(turn):
    assert notes() == 0
    make_note("rolled back")
    assert notes() == 1


@pytest.mark.commits
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_commits_is_gone_in_the_next_one(turn):
    assert notes() == 0
    make_note("committed")
    frappe.db.commit()
    assert notes() == 1


@pytest.mark.commits
def test_only_the_tables_that_changed_are_put_back(baseline):
    make_note("committed here and restored here")
    frappe.db.commit()

    assert "tabNote" in baseline.restore()
    assert (notes(), baseline.restore()) == (0, [])


@pytest.mark.commits
def test_a_restored_row_is_the_same_to_the_microsecond(baseline):
    before = frappe.db.sql("SELECT name, creation, modified FROM `tabUser` ORDER BY name")
    frappe.db.sql("UPDATE `tabUser` SET modified = %s", now_datetime())
    frappe.db.commit()

    baseline.restore()
    assert frappe.db.sql("SELECT name, creation, modified FROM `tabUser` ORDER BY name") == before


@pytest.mark.commits
def test_a_table_made_by_a_test_is_dropped(baseline):
    frappe.db.sql_ddl("CREATE TABLE `tabMade By A Test` (name varchar(20) PRIMARY KEY)")

    assert "tabMade By A Test" in baseline.restore()
    assert not frappe.db.sql("SHOW TABLES LIKE 'tabMade By A Test'")


@pytest.mark.commits
def test_what_another_process_commits_is_seen_and_put_back(bench, baseline):
    bench("execute", "frappe.client.insert", "--args", "[{'doctype': 'Note', 'title': 'from outside'}]", check=True)

    frappe.db.rollback()
    assert notes() == 1
    baseline.restore()
    assert notes() == 0


def test_this_app_is_installed_on_top_of_erpnext():
    assert frappe.get_installed_apps() == ["frappe", "erpnext", "support_retainer"]
