"""An export that is killed or runs out of disk goes on or says why, and is never half delivered."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import frappe
import pytest

from support_retainer.archive.verify import verify
from support_retainer.offboarding.export import job, request
from tests.support.client_export import client, export  # noqa: F401 - fixtures
from tests.support.client_site import (
    archive_of,
    checksums,
    database_of,
    inside,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.export_worker import refuses_links, steps, worker

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]


def moments(export) -> list[Callable[[], bool]]:  # noqa: F811
    """When to kill: in the dump, after each hundred steps, and three times while the archive is packed."""
    packing = job.folder_of(export.name) / "archive.zip.001"
    written = [lambda least=least: steps(export) >= least for least in range(100, 700, 100)]
    return [lambda: True, *written, *([packing.exists] * 3)]


def test_an_export_killed_at_ten_moments_is_whole_in_the_end(site, client, export):  # noqa: F811
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


def test_two_workers_make_one_archive(site, client, export):  # noqa: F811
    first, second = worker(site, export.name), worker(site, export.name)
    for process in (first, second):
        _said, problem = process.communicate(timeout=240)
        assert process.returncode == 0, problem
    frappe.db.rollback()
    export.reload()
    assert (export.status, export.attempts) == ("Ready", 1)
    assert frappe.db.count("Data Export Event", {"data_export": export.name, "event": "Ready"}) == 1


# What the killed worker had done -> whether the record could say Ready by then.
MOMENTS_OF_PUBLISHING = {
    "after support_retainer.offboarding.export.publish.keep": False,
    "after support_retainer.offboarding.export.publish.publish": False,
    "before support_retainer.archive.staging.Staging.remove": True,
}


@pytest.mark.parametrize("moment", MOMENTS_OF_PUBLISHING)
def test_a_kill_while_an_archive_is_published_leaves_all_of_it_or_nothing(site, client, export, moment):  # noqa: F811
    process = worker(site, export.name, KILL_AT=moment)
    process.communicate(timeout=240)
    assert process.returncode == -signal.SIGKILL
    frappe.db.rollback()
    is_ready = MOMENTS_OF_PUBLISHING[moment]
    assert (export.reload().status == "Ready", refuses_links(export)) == (is_ready, not is_ready)
    assert job.folder_of(export.name).exists()
    job.run(export.name)
    assert verify(archive_of(export.reload())).problems == []
    assert not job.folder_of(export.name).exists()
    private = Path(frappe.get_site_path("private", "files")).glob(f"{export.name}-*.zip*")
    assert [file.name for file in private] == [row.file_name for row in export.parts]


def test_an_export_without_room_does_not_begin(site, client, export, monkeypatch):  # noqa: F811
    monkeypatch.setattr("support_retainer.offboarding.export.disk.RESERVE", 10**18)
    job.run(export.name)
    export.reload()
    assert export.status == "Failed"
    assert "GB free" in export.error


def test_an_export_whose_connection_is_cut_goes_on_by_itself(site, client, export):  # noqa: F811
    """Both connections of the worker, that of mariadb-dump and that of the site, at once."""
    process = worker(site, export.name)
    until = time.monotonic() + 60
    killed = False
    while not killed and process.poll() is None and time.monotonic() < until:
        for (connection,) in frappe.db.sql(
            "select id from information_schema.processlist where db = %s", database_of(client)
        ):
            frappe.db.sql(f"kill connection {int(connection)}")
            killed = True
        frappe.db.rollback()
    process.communicate(timeout=240)
    frappe.db.rollback()
    assert killed
    assert verify(archive_of(export.reload())).problems == []
    assert frappe.db.exists("Data Export Event", {"data_export": export.name, "event": "Resumed"})


def test_a_dead_worker_is_noticed_and_one_that_dies_always_is_given_up(site, export):  # noqa: F811
    export.db_set({"status": "Running", "heartbeat_at": "2026-01-01", "attempts": 3})
    fresh = request.request(export.contract)
    assert request.take_up_silent_ones() == [export.name]
    assert fresh.reload().status == "Queued"
    assert export.reload().status == "Running"
    export.db_set("attempts", request.MOST_ATTEMPTS)
    request.take_up_silent_ones()
    assert export.reload().status == "Failed"
    assert "Retry" in export.error
