"""MariaDB goes down in the middle of an export and comes up again: the worker waits for it and goes on by itself."""

import time
from pathlib import Path

import frappe
import pytest

from support_retainer.archive.verify import verify
from support_retainer.offboarding.export import job, request
from support_retainer.testing import make_contract
from tests.support.client_site import (
    manage,
    no_archives_left,  # noqa: F401 - a fixture
    site_folder,
)
from tests.support.export_worker import steps, worker
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]


@pytest.fixture
def export(site):
    """Of a site of the bench; it has the same database as ours, which is what the private server holds."""
    at("2026-09-14 19:30")
    with site_folder(frappe.conf.db_name) as client:
        contract = make_contract("Growth", "2026-08-31")
        manage(client, contract)
        made = request.request(contract.name)
        frappe.db.commit()
        yield made


def begun_dump(export) -> bool:
    unfinished = job.folder_of(export.name) / "database.sql.gz.part"
    return unfinished.exists() and unfinished.stat().st_size > 200_000


def begun_tables(export) -> bool:
    return steps(export) > 100


def begun_archive(export) -> bool:
    return (job.folder_of(export.name) / "archive.zip.001").exists()


@pytest.mark.parametrize("has_come", [begun_dump, begun_tables, begun_archive])
def test_an_export_whose_database_is_killed_and_restarted_goes_on(site, server, export, has_come):
    server.copy(frappe.conf)
    there = {"FRAPPE_DB_HOST": "127.0.0.1", "FRAPPE_DB_PORT": str(server.port)}
    process = worker(site, export.name, **there)
    until = time.monotonic() + 120
    while not has_come(export):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.002)
    server.kill()
    time.sleep(2)
    server.start()
    _said, problem = process.communicate(timeout=240)
    assert process.returncode == 0, problem
    database = frappe.conf.db_name
    row = f"from `{database}`.`tabClient Data Export` where name = '{export.name}'"
    assert server.ask(f"select status {row}") == "Ready", server.ask(f"select error {row}")
    resumed = f"from `{database}`.`tabData Export Event` where data_export = '{export.name}' and event = 'Resumed'"
    assert int(server.ask(f"select count(*) {resumed}")) >= 1
    name = server.ask(f"select file_name from `{database}`.`tabData Export Part` where parent = '{export.name}'")
    assert verify(Path(frappe.get_site_path("private", "files", name))).problems == []
    assert not job.folder_of(export.name).exists()
