"""Backups that are restored, and those that cannot be: each told with its reason, and no database left behind."""

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest

from support_retainer.exceptions import NoScratchDatabase, RetainerError
from support_retainer.maintenance import backups, restore_test
from support_retainer.maintenance.scratch import PREFIX, Admin, drop_forgotten, forgotten, scratch_database
from support_retainer.testing.sites import make_site

pytestmark = pytest.mark.commits
KEY, OTHER = "the key of this site", "the key of another site"
SMALL = b"""-- MariaDB dump
CREATE TABLE `tabDocType` (`name` varchar(140) PRIMARY KEY);
INSERT INTO `tabDocType` VALUES ('User'), ('Role');
-- Dump completed on 2026-09-14 10:00:00
"""


def scratches() -> list[str]:
    admin = Admin()
    try:
        return [row[0] for row in admin.sql("show databases like %s", PREFIX.replace("_", "\\_") + "%")]
    finally:
        admin.close()


@pytest.fixture
def watched(site):
    made = make_site(local_site=site, internal=1)
    frappe.db.commit()
    yield made.name
    assert scratches() == []


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "20260914_100000-client-database.sql.gz"
    path.write_bytes(gzip.compress(SMALL))
    return path


def encrypted(path: Path, key: str) -> Path:
    target = path.with_name(path.name.replace("-database", "-database-enc"))
    command = ["gpg", "--batch", "--yes", "--no-symkey-cache", "--pinentry-mode", "loopback", "--passphrase", key]
    subprocess.run([*command, "-o", str(target), "-c", str(path)], check=True, capture_output=True)
    return target


def outcome(watched, path, key=""):
    test = restore_test.verify(watched, str(path), key)
    return test.status, test.reason or ""


def test_a_real_backup_of_a_real_site_comes_back_with_every_row_of_every_table(watched):
    test = restore_test.verify(watched)
    assert (test.status, test.differences) == ("Passed", "")
    assert test.tables > 500
    assert test.checksums == len(restore_test.COMPARED)
    assert test.rows > 10_000


def test_a_file_is_restored_and_counted(watched, small):
    test = restore_test.verify(watched, str(small))
    assert (test.status, test.tables, test.rows, test.source) == ("Passed", 1, 2, "File")


def test_a_file_that_is_cut_off_is_told_so(watched, small):
    small.write_bytes(small.read_bytes()[:-20])
    status, reason = outcome(watched, small)
    assert status == "Failed"
    assert "cut off" in reason


def test_a_dump_that_was_cut_off_before_it_was_packed_is_told_so(watched, small):
    small.write_bytes(gzip.compress(SMALL.split(b"-- Dump completed")[0]))
    status, reason = outcome(watched, small)
    assert status == "Failed"
    assert "last line is missing" in reason


def test_a_corrupted_file_is_told_so(watched, small):
    data = bytearray(gzip.compress(SMALL + os.urandom(5000)))
    data[2000:2100] = os.urandom(100)
    small.write_bytes(bytes(data))
    status, reason = outcome(watched, small)
    assert status == "Failed"
    assert "corrupted" in reason


def test_an_encrypted_backup_is_restored_with_its_key_and_told_apart_with_another(watched, small):
    path = encrypted(small, KEY)
    assert outcome(watched, path, KEY)[0] == "Passed"
    status, reason = outcome(watched, path, OTHER)
    assert status == "Failed"
    assert "another key" in reason
    assert "no key is known" in outcome(watched, path)[1]


def test_an_encrypted_backup_that_is_cut_off_is_told_so(watched, small):
    small.write_bytes(gzip.compress(SMALL + b"-- " + os.urandom(200_000).hex().encode() + b"\n"))
    path = encrypted(small, KEY)
    path.write_bytes(path.read_bytes()[:-1000])
    status, reason = outcome(watched, path, KEY)
    assert status == "Failed"
    assert "cut off" in reason or "corrupted" in reason


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"<html>login</html>", b"\x00" * 100])
def test_what_is_no_backup_is_told_so(watched, small, content):
    small.write_bytes(content)
    assert outcome(watched, small)[0] == "Failed"
    assert outcome(watched, small.with_name("missing.sql.gz"))[0] == "Failed"


def test_a_dump_of_something_else_is_told_so(watched, small):
    small.write_bytes(gzip.compress(SMALL.replace(b"tabDocType", b"wp_posts")))
    assert "no DocTypes" in outcome(watched, small)[1]


@pytest.mark.parametrize("evil", ["DROP DATABASE `{0}`;", "USE `{0}`; DROP TABLE tabUser;", "\\! touch {1}\n"])
def test_a_file_from_elsewhere_harms_nothing(watched, small, tmp_path, evil):
    mark = tmp_path / "mark"
    line = evil.format(frappe.conf.db_name, mark).encode()
    small.write_bytes(gzip.compress(SMALL.replace(b"-- MariaDB dump\n", b"-- MariaDB dump\n" + line + b"\n")))
    assert outcome(watched, small)[0] == "Failed"
    assert not mark.exists()
    assert frappe.db.count("User")


def test_a_test_that_is_killed_leaves_a_database_only_until_the_next(watched, site):
    code = (
        "import frappe, time\n"
        f"frappe.init(site={site!r}, sites_path='.'); frappe.connect()\n"
        "from support_retainer.maintenance.scratch import scratch_database\n"
        "with scratch_database() as made:\n"
        "    print(made.name, flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    name = process.stdout.readline().strip()
    admin = Admin()
    assert name in scratches()
    assert forgotten(admin) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    for _try in range(50):
        if forgotten(admin) == [name]:
            break
        time.sleep(0.1)
    with scratch_database() as other:
        assert scratches() == [other.name]
    drop_forgotten(admin)
    assert not admin.sql("select 1 from mysql.user where user = %s", name)
    admin.close()


def test_a_bench_without_an_administrator_of_the_database_says_what_to_set(watched, small, monkeypatch):
    with monkeypatch.context() as without:
        without.setitem(frappe.conf, "root_password", "")
        with pytest.raises(NoScratchDatabase, match=r"common_site_config\.json"):
            outcome(watched, small)
        without.setitem(frappe.conf, "root_password", "wrong")
        with pytest.raises(NoScratchDatabase, match="does not let"):
            outcome(watched, small)
    assert set(frappe.get_all("Restore Test", pluck="status")) == {"Failed"}


def test_a_site_elsewhere_needs_a_file(site):
    with pytest.raises(RetainerError, match="Give a file"):
        restore_test.verify(make_site().name)


def test_the_backups_of_a_site_of_this_bench_are_seen(watched, site, tmp_path, monkeypatch):
    folder = tmp_path / site / "private" / "backups"
    folder.mkdir(parents=True)
    for name, size in (("20260801_020000", 1), ("20260913_020000", 3)):
        (folder / f"{name}-client-database.sql.gz").write_bytes(b"x" * size * 1024**2)
    (folder / "20260913_020000-client-files.tar").write_bytes(b"x")
    monkeypatch.setattr(frappe.local, "sites_path", str(tmp_path))
    backups.look_at(watched)
    record = frappe.get_doc("Managed Site", watched)
    assert str(record.newest_backup_at) == "2026-09-13 02:00:00"
    assert (record.newest_backup_mb, record.backup_trend) == (3.0, 200.0)
