"""The backup of a real ERPNext site comes back with every row, and one that is broken is told so and leaves nothing."""

import gzip
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_to_date

from support_retainer.maintenance import interrupted, restore_test, uploaded
from support_retainer.maintenance.scratch import PREFIX, Admin
from support_retainer.testing.sites import make_site
from tests.support.site import bench_command

pytestmark = pytest.mark.commits
KEY = "RxSFnYhFHPXHIPbSO3WW_UpmLmUYfsmLDJhYiGQnBHU="


def scratches():
    admin = Admin()
    try:
        return [row[0] for row in admin.sql("show databases like %s", PREFIX.replace("_", "\\_") + "%")]
    finally:
        admin.close()


@pytest.fixture(autouse=True)
def no_database_left(site):
    yield
    assert scratches() == []


@pytest.fixture(scope="module")
def backup(second_site, tmp_path_factory):
    """Taken by the bench's own command, as a client sends it."""
    path = tmp_path_factory.mktemp("backup") / "20260914_100000-client-database.sql.gz"
    second_site.bench("backup", "--backup-path-db", str(path), "--backup-path-conf", str(path.with_name("conf.json")))
    return path


@pytest.fixture
def copy(backup, tmp_path):
    return Path(shutil.copy(backup, tmp_path))


@pytest.fixture
def watched(second_site):
    """The client's site as one of this bench."""
    made = make_site(local_site=second_site.name, internal=1)
    frappe.db.commit()
    return made.name


@pytest.fixture
def elsewhere(site):
    made = make_site()
    frappe.db.commit()
    return made.name


def counted(second_site):
    """Rows by table, counted by the database's own client."""
    tables = [row[0] for row in second_site.sql("show full tables where table_type = 'BASE TABLE'")]
    return {name: int(count) for name, count in second_site.sql(" union all ".join(map(row_count, tables)))}


def row_count(table):
    return f"select '{table}', count(*) from `{table}`"


def restored(monkeypatch):
    """What verify() finds in the scratch database: {"rows": {table: rows}, ...}."""
    found, real = {}, restore_test.contents

    def contents(admin, database):
        result = real(admin, database)
        if database.startswith(PREFIX):
            found.update(result)
        return result

    monkeypatch.setattr(restore_test, "contents", contents)
    return found


def test_every_table_comes_back_with_the_same_rows(second_site, watched, monkeypatch):
    found = restored(monkeypatch)
    test = restore_test.verify(watched)
    assert (test.status, test.differences, test.reason) == ("Passed", "", None)
    expected = counted(second_site)
    assert found["rows"] == expected
    assert (test.tables, test.rows) == (len(expected), sum(expected.values()))
    assert test.tables > 600
    assert test.checksums == len(restore_test.COMPARED)


def test_the_file_of_a_site_elsewhere_comes_back_with_the_same_rows(second_site, elsewhere, backup, monkeypatch):
    found = restored(monkeypatch)
    test = restore_test.verify(elsewhere, str(backup))
    assert (test.status, test.source) == ("Passed", "File")
    assert found["rows"] == counted(second_site)


def altered(backup, pattern, replacement):
    """What takes the place of take_backup: another dump than that of the site."""
    dump = gzip.decompress(backup.read_bytes())
    changed, count = re.subn(pattern, replacement, dump, count=1, flags=re.DOTALL | re.MULTILINE)
    assert count == 1

    def take(_site, folder):
        path = folder / "altered-database.sql.gz"
        path.write_bytes(gzip.compress(changed))
        return path

    return take


def test_a_backup_that_lost_rows_fails_with_the_table(watched, backup, monkeypatch):
    lost = altered(backup, rb"^INSERT INTO `tabAccount` VALUES.*?;$", b"")
    monkeypatch.setattr(restore_test, "take_backup", lost)
    test = restore_test.verify(watched)
    assert (test.status, test.reason) == ("Failed", "1 tables differ in rows, 1 in content.")
    assert test.differences.startswith("tabAccount: 0, expected ")


def test_a_dump_that_the_database_refuses_is_told_so_and_holds_up_nothing(watched, backup, monkeypatch):
    """The client prints the statement that fails, here one of many pages, and nobody may wait for the other."""
    wrong = altered(backup, rb"^INSERT INTO `tabDocField` VALUES", b"INSERT INTO `tabDocField` WERE ")
    monkeypatch.setattr(restore_test, "take_backup", wrong)
    test = restore_test.verify(watched)
    assert test.status == "Failed"
    assert "The database refuses the dump: ERROR 1064" in test.reason


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def corrupt(path):
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = os.urandom(64)
    path.write_bytes(data)
    return path


def encrypt_with_another_key(path):
    target = path.with_name(path.name.replace("-database", "-database-enc"))
    command = ["gpg", "--yes", "--passphrase", "another key", "--pinentry-mode", "loopback"]
    subprocess.run([*command, "-o", str(target), "-c", str(path)], check=True, capture_output=True)
    return target


BROKEN = [(truncate, "cut off"), (corrupt, "corrupted"), (encrypt_with_another_key, "another key")]


@pytest.mark.parametrize(("spoil", "reason"), BROKEN)
def test_a_broken_file_of_a_real_site_is_told_so(elsewhere, copy, spoil, reason):
    test = restore_test.verify(elsewhere, str(spoil(copy)), KEY)
    assert test.status == "Failed"
    assert reason in test.reason


@pytest.mark.parametrize(("spoil", "reason"), BROKEN)
def test_a_broken_upload_of_a_real_site_is_told_so_and_does_not_stay(elsewhere, copy, spoil, reason):
    content = spoil(copy).read_bytes()
    file = frappe.get_doc(doctype="File", file_name="client-database.sql.gz", content=content, is_private=1).insert()
    test = frappe.get_doc(doctype="Restore Test", site=elsewhere, upload=file.file_url, backup_key=KEY).insert()
    frappe.db.commit()
    path = Path(file.get_full_path())
    uploaded.start(test)
    assert uploaded.run(test.name).reload().status == "Failed"
    assert reason in test.reload().reason
    assert not path.exists()


def test_a_backup_that_frappe_itself_encrypted_is_restored_with_the_key_of_the_site(second_site, watched):
    second_site.bench("set-config", "backup_encryption_key", KEY)
    encrypting(second_site, True)
    try:
        test = restore_test.verify(watched)
    finally:
        encrypting(second_site, False)
    assert (test.status, test.is_encrypted) == ("Passed", 1)


def encrypting(second_site, wanted):
    where = "where doctype = 'System Settings' and field = 'encrypt_backup'"
    second_site.sql(f"update tabSingles set value = {int(wanted)} {where}")
    second_site.bench("clear-cache")


def test_one_that_is_killed_midway_leaves_nothing_once_the_next_has_begun(site, watched, second_site):
    command = bench_command(site, "retainer", "verify-backup", watched)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    wait_until(lambda: tables_restored() > 20, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    [left] = scratches()
    copies = list(Path(tempfile.gettempdir()).glob(f"{interrupted.FOLDER}*"))
    frappe.db.rollback()
    name = frappe.get_value("Restore Test", {"site": watched, "status": "Running"})
    frappe.db.set_value("Restore Test", name, "started_at", add_to_date(None, hours=-4))
    frappe.db.commit()
    for copy in copies:
        os.utime(copy, (time.time() - 4 * 3600,) * 2)
    assert restore_test.verify(watched).status == "Passed"
    assert left not in scratches()
    assert frappe.db.get_value("Restore Test", name, ["status", "reason"]) == ("Failed", "It was interrupted.")
    assert not any(copy.exists() for copy in copies)


def tables_restored():
    admin = Admin()
    try:
        like = PREFIX.replace("_", "\\_") + "%"
        count = "select count(*) from information_schema.tables where table_schema like %s"
        return admin.sql(count, like)[0][0]
    finally:
        admin.close()


def wait_until(condition, process):
    end = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, "it was over before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.02)
