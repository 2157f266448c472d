"""The copy in a bucket: same bytes, gone with the archive; a bucket that refuses is tried again, told of, given up."""

from pathlib import Path

import frappe
import pytest

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import copies, deletion, job, request
from support_retainer.testing import make_contract
from tests.support.bucket import bucket  # noqa: F401 - a fixture
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.people import make_user
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]


@pytest.fixture
def export(bucket):  # noqa: F811
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31", account_manager=make_user("Retainer Manager"))
    made = request.request(contract.name, copy_to_s3=1)
    frappe.db.commit()
    return made


def events(export) -> list[str]:
    return frappe.get_all("Data Export Event", {"data_export": export.name}, pluck="event", order_by="creation")


def tasks(export) -> list[str]:
    about = {"reference_type": export.doctype, "reference_name": export.name, "status": "Open"}
    return frappe.get_all("ToDo", about, pluck="description")


def hours_later(export, times: int) -> None:
    """What the scheduler and then the worker do, each hour."""
    for _hour in range(times):
        for name in copies.try_again():
            copies.make(name)
    export.reload()


def archive_of(export) -> Path:
    return Path(frappe.get_site_path("private", "files", export.parts[0].file_name))


def test_the_copy_has_the_same_bytes_and_goes_with_the_archive(bucket, export):  # noqa: F811
    job.run(export.name)
    export.reload()
    assert bucket == {f"/handover/exports/{export.name}/{export.parts[0].file_name}": archive_of(export).read_bytes()}
    assert (export.copy_status, events(export)[-1]) == ("Copied", "Copied")
    assert copies.try_again() == []
    deletion.delete_archive(export, "test")
    assert bucket == {}
    assert export.reload().copy_status == "Deleted"


def test_a_bucket_that_refuses_leaves_the_export_ready_and_gets_its_copy_an_hour_later(bucket, export):  # noqa: F811
    bucket.answers = 403
    job.run(export.name)
    assert (export.reload().status, export.copy_status) == ("Ready", "Failed")
    assert "403" in export.copy_error
    bucket.answers = 200
    hours_later(export, 1)
    assert (export.copy_status, export.copy_error, len(bucket)) == ("Copied", None, 1)
    assert events(export)[-2:] == ["Failed", "Copied"]


def test_somebody_is_told_of_a_copy_that_stays_away_until_it_is_made(bucket, export):  # noqa: F811
    bucket.answers = 403
    job.run(export.name)
    hours_later(export, 2)
    assert tasks(export) == []
    hours_later(export, 1)
    assert tasks(export) == [f"The copy of the export {export.name} in the bucket fails."]
    for _hour in range(30):
        copies.try_again()
    export.db_set("copy_attempts", copies.MOST_ATTEMPTS)
    assert copies.try_again() == []
    assert (export.copy_attempts, len(tasks(export))) == (copies.MOST_ATTEMPTS, 1)
    assert events(export).count("Failed") == 1
    bucket.answers = 200
    copies.again(export)
    hours_later(export, 1)
    assert (export.copy_status, tasks(export), len(bucket)) == ("Copied", [], 1)


def test_an_archive_is_not_called_deleted_while_its_copy_is_left(bucket, export):  # noqa: F811
    job.run(export.name)
    bucket.answers = 403
    with pytest.raises(ExportRefused, match="403"):
        deletion.delete_archive(export.reload(), "test")
    frappe.db.rollback()
    export.reload().db_set("expires_on", "2026-09-14")
    frappe.db.commit()
    deletion.delete_expired()
    assert (export.reload().status, archive_of(export).exists()) == ("Ready", True)
    assert tasks(export) == [f"The archive of {export.name} can't be deleted, though its day has come."]
    bucket.answers = 200
    deletion.delete_expired()
    assert (export.reload().status, tasks(export), bucket) == ("Deleted", [], {})


def test_what_a_kill_left_of_an_upload_goes_with_the_archive(bucket, export):  # noqa: F811
    bucket.answers = 403
    job.run(export.name)
    bucket.answers = 200
    hours_later(export, 1)
    bucket.half = {(f"exports/{export.name}/part", "one"): "", (f"exports/{export.name}/part", "two"): ""}
    deletion.delete_archive(export, "test")
    assert (bucket, bucket.half) == ({}, {})


def test_a_copy_that_is_given_up_keeps_no_archive_from_being_deleted(bucket, export):  # noqa: F811
    bucket.answers = 403
    job.run(export.name)
    copies.give_up(export.reload(), "The bucket is gone")
    hours_later(export, 1)
    assert (export.copy_status, export.copy_error, export.copy_attempts) == ("Given Up", "The bucket is gone", 1)
    with pytest.raises(ExportRefused, match="waits for no copy"):
        copies.again(export)
    deletion.delete_archive(export, "test")
    assert export.reload().status == "Deleted"
