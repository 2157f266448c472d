"""A backup that somebody uploads in the desk for a restore test: it is tested, and does not stay."""

import gzip
from pathlib import Path

import frappe
import pytest

from support_retainer.exceptions import InvalidRestoreTest
from support_retainer.maintenance import api, interrupted, upload_files, uploaded
from support_retainer.monitoring.view import last_restore
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user

pytestmark = pytest.mark.commits
SQL = b"""-- MariaDB dump
CREATE TABLE `tabDocType` (`name` varchar(140) PRIMARY KEY);
INSERT INTO `tabDocType` VALUES ('User'), ('Role');
-- Dump completed on 2026-09-14 10:00:00
"""


def upload(content: bytes, **values):
    """As the form does it: the file first, then the record that names it."""
    name = f"{frappe.generate_hash(length=6)}-database.sql.gz"
    file = frappe.get_doc(doctype="File", file_name=name, content=content, is_private=1).insert()
    site = values.pop("site", None) or make_site().name
    test = frappe.get_doc(doctype="Restore Test", site=site, upload=file.file_url, **values).insert()
    frappe.db.commit()
    return test


def on_disk(test) -> Path:
    return Path(frappe.get_site_path(test.upload.lstrip("/")))


@pytest.mark.parametrize(
    ("content", "status", "reason"), [(gzip.compress(SQL), "Passed", None), (gzip.compress(SQL[:-50]), "Failed", "cut")]
)
def test_an_upload_is_restored_and_removed_however_it_ends(site, content, status, reason):
    test = upload(content, backup_key="a key that nobody needs")
    path = on_disk(test)
    assert path.exists()
    assert last_restore(test.site) is None
    api.start_uploaded(test.name)
    assert test.reload().status == "Running"
    uploaded.run(test.name)
    test.reload()
    assert (test.status, test.source, test.upload) == (status, "File", None)
    assert (reason or "") in (test.reason or "")
    assert not path.exists()
    assert not frappe.db.exists("File", {"attached_to_name": test.name})
    assert test.get_password("backup_key", raise_exception=False) is None
    assert last_restore(test.site).status == status


def test_what_the_form_uploaded_before_it_had_a_name_goes_too_but_not_what_another_test_waits_for(site):
    test = upload(gzip.compress(SQL))
    row = {"file_url": test.upload, "file_name": "a.sql.gz", "is_private": 1, "attached_to_doctype": "Restore Test"}
    early = frappe.get_doc(doctype="File", attached_to_name="new-restore-test-abc", **row).insert()
    other = frappe.get_doc(doctype="Restore Test", site=test.site, upload=test.upload).insert()
    frappe.db.commit()
    path = on_disk(test)
    api.start_uploaded(test.name)
    uploaded.run(test.name)
    assert not frappe.db.exists("File", early.name)
    assert upload_files.upload_of(other).file_url == other.upload
    assert path.exists()


def test_a_test_that_was_killed_leaves_neither_upload_nor_key(site):
    test = upload(gzip.compress(SQL), backup_key="a key that nobody needs")
    path = on_disk(test)
    api.start_uploaded(test.name)  # and no worker ever came to its end
    interrupted.end_tests()
    assert test.reload().status == "Running"
    test.db_set("started_at", frappe.utils.add_to_date(None, hours=-4))
    interrupted.end_tests()
    test.reload()
    assert (test.status, test.reason, test.upload) == ("Failed", "It was interrupted.", None)
    assert not path.exists()
    assert test.get_password("backup_key", raise_exception=False) is None


def test_it_is_started_once_and_then_stays_as_it_is(site):
    test = upload(gzip.compress(SQL))
    api.start_uploaded(test.name)
    with pytest.raises(InvalidRestoreTest, match="already"):
        api.start_uploaded(test.name)
    test.reload().upload = "/private/files/another.sql.gz"
    with pytest.raises(InvalidRestoreTest, match="Make a new one"):
        test.save()
    with pytest.raises(InvalidRestoreTest, match="evidence"):
        test.reload().delete()


def test_nobody_writes_evidence_by_hand(site):
    test = upload(gzip.compress(SQL), status="Passed", rows=1000, started_at="2026-09-14 10:00:00")
    assert (test.reload().status, test.rows, test.started_at) == ("Ready", 0, None)
    test.update({"status": "Passed", "tables": 700}).save()
    assert (test.reload().status, test.tables) == ("Ready", 0)
    test.delete()


@pytest.mark.parametrize("url", ["/files/open.sql", "https://elsewhere.example/a.sql", "/etc/passwd", "", None])
def test_only_a_private_file_of_this_site_is_taken(site, url):
    with pytest.raises((InvalidRestoreTest, frappe.MandatoryError)):
        frappe.get_doc(doctype="Restore Test", site=make_site().name, upload=url).insert()


def test_a_file_that_is_gone_is_told_of_before_the_test_begins(site):
    test = upload(gzip.compress(SQL))
    frappe.db.delete("File", {"file_url": test.upload})
    with pytest.raises(InvalidRestoreTest, match="Attach it again"):
        api.start_uploaded(test.name)
    assert test.reload().status == "Ready"


def test_managers_test_and_agents_only_read(site):
    test = upload(gzip.compress(SQL))
    for role, may in (("Retainer Manager", True), ("Retainer Agent", False)):
        with acting_as(make_user(role)):
            assert frappe.has_permission("Restore Test", "create") is may
            assert frappe.has_permission("Restore Test", "read")
            if not may:
                with pytest.raises(frappe.PermissionError):
                    api.start_uploaded(test.name)
