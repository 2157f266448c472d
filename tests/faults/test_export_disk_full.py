"""A disk that fills up while an export is made: a small tmpfs in a mount namespace of the worker's own."""

import shutil
import subprocess
from pathlib import Path

import frappe
import pytest

from support_retainer.archive.verify import verify
from support_retainer.offboarding.export import job, request
from tests.support.client_export import client, export  # noqa: F401 - fixtures
from tests.support.client_site import (
    archive_of,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.export_worker import refuses_links, worker

NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")


def mounts() -> bool:
    """Whether this user may have a mount namespace of its own; some machines forbid it."""
    if not shutil.which("unshare"):
        return False
    trial = [*NAMESPACE, "mount -t tmpfs -o size=1m none /tmp"]
    return subprocess.run(trial, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.commits,
    pytest.mark.usefixtures("no_archives_left"),
    pytest.mark.skipif(not mounts(), reason="this user may not mount a tmpfs in a namespace (unshare --user --mount)"),
]


def on_small_disk(site: str, export, size: int, **env: str) -> None:  # noqa: F811
    """Make the export with its working folder on a disk of so many bytes."""
    folder = Path(frappe.get_site_path("private", "exports")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    mounted = f'mount -t tmpfs -o size={size} none "{folder}" && exec "$@"'
    process = worker(site, export.name, (*NAMESPACE, mounted, "sh"), **env)
    _said, problem = process.communicate(timeout=240)
    assert process.returncode == 0, problem
    frappe.db.rollback()
    export.reload()


def sizes(export) -> dict[str, int]:  # noqa: F811
    """Bytes of what an export stages: its dump, all of it, and the archive on top."""
    kept: dict[str, int] = {}

    def measure(_doc, parts, _packed) -> None:
        folder = job.folder_of(export.name)
        of_all = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        of_archive = sum(part.stat().st_size for part in parts)
        dump = (folder / "database.sql.gz").stat().st_size
        kept.update({"dump": dump, "staged": of_all - of_archive, "all": of_all})
        raise ValueError("measured")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job.publish, "publish", measure)
        job.run(export.name)
    shutil.rmtree(job.folder_of(export.name))
    request.retry(export.reload())
    frappe.db.commit()
    return kept


def test_a_disk_that_fills_up_at_any_stage_is_told_and_its_room_given_back(site, client, export):  # noqa: F811
    """In the dump, in the CSV files, in the archive; afterwards the same export is made on a disk with room."""
    need = sizes(export)
    for size in (need["dump"] // 2, (need["dump"] + need["staged"]) // 2, (need["staged"] + need["all"]) // 2):
        on_small_disk(site, export, size, NO_RESERVE="1")
        assert (export.status, "disk is full" in export.error) == ("Failed", True), (size, need)
        assert refuses_links(export)
        assert not list(Path(frappe.get_site_path("private", "files")).glob(f"{export.name}-*"))
        request.retry(export)
        frappe.db.commit()
    job.run(export.name)
    assert verify(archive_of(export.reload())).problems == []


def test_a_disk_that_is_too_small_is_seen_before_the_export_begins(site, client, export):  # noqa: F811
    on_small_disk(site, export, 50_000_000)
    assert export.status == "Failed"
    assert "GB free" in export.error
    assert not job.folder_of(export.name).joinpath("journal.jsonl").exists()
