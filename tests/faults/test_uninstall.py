"""Removing the app leaves nothing of it behind, and a dry run removes nothing. Runs on the site of the tests, which
is dumped before and loaded again afterwards."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import frappe
import pytest
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
from frappe.custom.doctype.property_setter.property_setter import make_property_setter
from frappe.permissions import add_permission

from support_retainer.customizations.custom_fields import CUSTOM_FIELDS
from support_retainer.customizations.field import MODULE
from support_retainer.install import ROLES
from tests.site.record_factories import new_contract

APP = "support_retainer"
# What Frappe keeps of every document that was ever deleted or changed.
ARCHIVES = ("tabDeleted Document", "tabVersion")

pytestmark = pytest.mark.commits


@pytest.fixture
def whole_site(tmp_path: Path) -> Iterator[None]:
    """Put tables back as well as rows; the ordinary fixture restores rows only."""
    dump = tmp_path / "whole.sql"
    with dump.open("wb") as target:
        client("mariadb-dump", stdout=target)
    yield
    frappe.db.rollback()
    with dump.open("rb") as source:
        client("mariadb", stdin=source)


def client(program: str, **streams) -> None:
    conf = frappe.conf
    user = conf.db_user or conf.db_name
    subprocess.run(
        [program, "--user", user, conf.db_name],
        env={"MYSQL_PWD": conf.db_password, "PATH": "/usr/local/bin:/usr/bin:/bin"},
        check=True,
        **streams,
    )


@pytest.fixture
def used(whole_site: None) -> list[str]:
    """The app in use: a contract, and what an administrator hung on our records. Returns our DocTypes."""
    contract = new_contract().insert()
    contract.submit()
    contract.add_comment("Comment", "Called the client")
    contract.add_tag("important")
    add_permission("Issue", ROLES[1], 0)
    add_permission("Retainer Contract", "Projects User", 0)
    make_property_setter("Retainer Contract", "customer", "label", "Client", "Data")
    make_property_setter("Issue", "retainer_cause", "label", "Whose fault", "Data")
    create_custom_field("Retainer Contract", {"fieldname": "account_number", "label": "No.", "fieldtype": "Data"})
    frappe.get_doc("User", "Administrator").add_roles(*ROLES)
    doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
    frappe.db.commit()
    return doctypes


def let_go_of_tables() -> None:
    """A transaction that has read a table keeps others from changing or dropping it."""
    frappe.db.rollback()


def places_naming(words: list[str]) -> dict[str, set[str]]:
    """ "table.column" -> the values in it that are one of `words`."""
    texts = frappe.db.sql(
        """SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = DATABASE() AND data_type IN ('varchar', 'char')"""
    )
    found = {}
    for table, column in texts:
        values = frappe.db.sql_list(f"SELECT DISTINCT `{column}` FROM `{table}` WHERE `{column}` IN %s", [words])
        if values and table not in ARCHIVES:
            found[f"{table}.{column}"] = set(values)
    return found


def columns_of_ours() -> list[str]:
    columns = frappe.db.sql(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
    )
    ours = {(f"tab{doctype}", row["fieldname"]) for doctype, rows in CUSTOM_FIELDS.items() for row in rows}
    return sorted(f"{table}.{column}" for table, column in ours & set(columns))


def tables_of(doctypes: list[str]) -> set[str]:
    return {f"tab{name}" for name in doctypes} & set(frappe.db.sql_list("SHOW TABLES"))


def test_nothing_of_ours_stays_behind_and_the_app_can_come_back(used, bench):
    words = [*used, *ROLES, MODULE, APP]
    assert columns_of_ours()
    let_go_of_tables()
    bench("uninstall-app", APP, "--yes", "--no-backup", check=True)

    assert tables_of(used) == set()
    assert columns_of_ours() == []
    assert places_naming(words) == {}
    assert frappe.db.sql("SELECT name FROM tabSeries WHERE name LIKE 'RET-%%'") == ()

    let_go_of_tables()
    bench("install-app", APP, check=True)
    assert tables_of(used) == {f"tab{name}" for name in used if name != "Retainer Settings"}
    assert columns_of_ours()


def test_a_dry_run_removes_nothing(used, bench):
    before = columns_of_ours(), places_naming([*used, *ROLES, MODULE])
    let_go_of_tables()
    bench("uninstall-app", APP, "--dry-run", check=True)

    assert (columns_of_ours(), places_naming([*used, *ROLES, MODULE])) == before
