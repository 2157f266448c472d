"""An export that is killed or runs out of disk goes on or says why, and is never half delivered."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import frappe
import pytest

from support_retainer.archive.verify import verify
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import job, links, request
from support_retainer.testing import make_contract
from tests.support.client_site import (
    archive_of,
    checksums,
    copied_site,
    database_of,
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.people import make_client
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
RUN = """
import sys
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from support_retainer.offboarding.export import job
print("begins", flush=True)
job.run(sys.argv[2])
"""


@pytest.fixture(scope="module")
def client(connection):
    with copied_site() as name:
        yield name


@pytest.fixture
def export(site, client):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_client(contract, is_admin=1)
    manage(client, contract)
    made = request.request(contract.name)
    frappe.db.commit()
    return made


def worker(site: str, export: str, **env: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, site, export],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env={**os.environ, **env},
    )
    assert process.stdout.readline() == "begins\n", process.stderr.read()
    return process


def steps(export) -> int:
    """How many steps the journal names."""
    journal = job.folder_of(export.name) / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def refuses_links(export) -> bool:
    contact = links.contacts(export.contract)[0]
    try:
        links.make(export.reload(), contact)
    except ExportRefused:
        return True
    return False


def moments(export) -> list[Callable[[], bool]]:
    """When to kill: in the dump, after each hundred steps, and three times while the archive is packed."""
    packing = job.folder_of(export.name) / "archive.zip.001"
    written = [lambda least=least: steps(export) >= least for least in range(100, 700, 100)]
    return [lambda: True, *written, *([packing.exists] * 3)]


def test_an_export_killed_at_ten_moments_is_whole_in_the_end(site, client, export):
    before, counts = checksums(database_of(client)), []
    for has_come in moments(export):
        process = worker(site, export.name)
        for file in job.folder_of(export.name).glob("archive.zip.*"):
            file.unlink()  # what the kill before has left, so that the next one waits for its own
        while process.poll() is None and not has_come():
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        counts.append(steps(export))
        frappe.db.rollback()
        assert export.reload().status in ("Queued", "Running")
        assert refuses_links(export)
    assert len(counts) == 10
    assert counts == sorted(counts)
    job.run(export.name)
    export.reload()
    assert verify(archive_of(export)).problems == []
    with inside(export) as (archive, manifest):
        assert len(archive.namelist()) == len(set(archive.namelist()))
        assert {row.table for row in manifest.tables if row.dump} == {name for name in before if name.startswith("tab")}
    assert not job.folder_of(export.name).exists()


def test_two_workers_make_one_archive(site, client, export):
    first, second = worker(site, export.name), worker(site, export.name)
    for process in (first, second):
        _said, problem = process.communicate(timeout=240)
        assert process.returncode == 0, problem
    frappe.db.rollback()
    export.reload()
    assert (export.status, export.attempts) == ("Ready", 1)
    assert frappe.db.count("Data Export Event", {"data_export": export.name, "event": "Ready"}) == 1


@pytest.mark.parametrize("file", ["database.sql.gz.part", "csv/User.csv.part", "records/Issue.csv.part"])
def test_a_full_disk_is_told_and_the_room_given_back(site, client, export, file):
    """/dev/full answers each write as a full disk does."""
    staged = job.folder_of(export.name) / file
    staged.parent.mkdir(parents=True)
    staged.symlink_to("/dev/full")
    job.run(export.name)
    export.reload()
    assert (export.status, "disk is full" in export.error) == ("Failed", True)
    assert not (job.folder_of(export.name) / "database.sql.gz").exists()
    assert refuses_links(export)
    request.retry(export)
    job.run(export.name)
    assert verify(archive_of(export.reload())).problems == []


def test_an_export_without_room_does_not_begin(site, client, export, monkeypatch):
    monkeypatch.setattr("support_retainer.offboarding.export.disk.RESERVE", 10**18)
    job.run(export.name)
    export.reload()
    assert export.status == "Failed"
    assert "GB free" in export.error


def test_an_export_whose_connection_is_cut_fails_clearly_and_goes_on(site, client, export):
    """What a restart of MariaDB is to its clients, in the middle of the dump."""
    process = worker(site, export.name)
    database = database_of(client)
    until = time.monotonic() + 60
    killed = False
    while not killed and process.poll() is None and time.monotonic() < until:
        for (connection,) in frappe.db.sql("select id from information_schema.processlist where db = %s", database):
            frappe.db.sql(f"kill connection {int(connection)}")
            killed = True
        frappe.db.rollback()
    process.communicate(timeout=240)
    frappe.db.rollback()
    export.reload()
    assert killed
    if export.status != "Ready":
        assert export.status == "Failed"
        assert export.error
        assert refuses_links(export)
        request.retry(export)
        job.run(export.name)
    assert verify(archive_of(export.reload())).problems == []


def test_a_dead_worker_is_noticed_and_one_that_dies_always_is_given_up(site, export):
    export.db_set({"status": "Running", "heartbeat_at": "2026-01-01", "attempts": 3})
    fresh = request.request(export.contract)
    assert request.take_up_silent_ones() == [export.name]
    assert fresh.reload().status == "Queued"
    assert export.reload().status == "Running"
    export.db_set("attempts", request.MOST_ATTEMPTS)
    request.take_up_silent_ones()
    assert export.reload().status == "Failed"
    assert "Retry" in export.error
