"""An archive proves itself, in one file or many, open or with a passphrase, and tells each way it can be damaged."""

import gzip
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support_retainer.archive.manifest import Manifest, TableEntry
from support_retainer.archive.parts import PartsReader, PartsWriter, all_parts
from support_retainer.archive.secrecy import encrypting
from support_retainer.archive.verify import verify
from support_retainer.archive.writer import ArchiveWriter

ROOT = Path(__file__).parents[3]
DUMP = b"""CREATE TABLE `tabToDo` (
  `name` varchar(140) NOT NULL,
  `note` text DEFAULT NULL
) ENGINE=InnoDB;
INSERT INTO `tabToDo` VALUES
('a','one'),
('b',NULL);
-- Dump completed on 2026-11-22
"""
CSV = b'"name","note"\r\n"a","one"\r\n"b",\r\n'
ENTRY = TableEntry("csv/ToDo.csv", 2, 2, "tabToDo", "database.sql.gz", "ToDo")
needs_gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")


def fill(stream, *, dump: bytes = DUMP, csv: bytes = CSV, entry: TableEntry = ENTRY) -> None:
    manifest = Manifest("2026-11-22T00:00:00Z", {"contract": "RET-1"})
    archive = ArchiveWriter(stream, manifest, lambda size: None)
    archive.add_bytes(gzip.compress(dump), "database.sql.gz")
    archive.add_bytes(csv, "csv", "ToDo.csv")
    archive.add_bytes(b"\xff\xd8" * 5_000, "files", "private", "../photo.jpg")
    manifest.tables.append(entry)
    archive.finish()


def write(folder: Path, part_size: int = 10**9, passphrase: str = "", **content) -> Path:
    stem = "export.zip.gpg" if passphrase else "export.zip"
    with PartsWriter(folder, stem, part_size) as parts:
        if passphrase:
            with encrypting(passphrase, parts) as stream:
                fill(stream, **content)
        else:
            fill(parts, **content)
    return parts.parts[0]


def rewritten(path: Path, change) -> Path:
    """The archive with `change(name, content)` applied to each member; None leaves it out."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return changed


def test_a_whole_archive_has_no_problem(tmp_path):
    proof = verify(write(tmp_path))

    assert proof.problems == []
    assert (proof.files, proof.tables, proof.rows) == (3, 1, 2)


def test_the_parts_are_one_archive_whichever_is_named(tmp_path):
    first = write(tmp_path, part_size=1_000)
    parts = all_parts(first)

    assert len(parts) > 5
    assert {part.stat().st_size for part in parts[:-1]} == {1_000}
    assert verify(parts[3]).problems == []
    joined = b"".join(part.read_bytes() for part in parts)
    assert zipfile.ZipFile(io.BytesIO(joined)).testzip() is None


def test_a_part_that_is_gone_is_named(tmp_path):
    parts = all_parts(write(tmp_path, part_size=1_000))
    parts[2].unlink()

    assert "export.zip.003 is missing" in verify(parts[0]).problems[0]


@needs_gpg
def test_a_passphrase_is_needed_to_read(tmp_path):
    path = write(tmp_path, part_size=4_000, passphrase="open sesame, اِفتح")

    assert path.name == "export.zip.gpg.001"
    assert verify(path, "open sesame, اِفتح").problems == []
    assert "does not open" in verify(path, "wrong").problems[0]
    assert b"tabToDo" not in b"".join(part.read_bytes() for part in all_parts(path))


@pytest.mark.parametrize(
    ("name", "change", "problem"),
    [
        ("csv/ToDo.csv", lambda text: text.replace(b"one", b"two"), "csv/ToDo.csv: the checksum differs"),
        ("csv/ToDo.csv", lambda text: text + b'"c"\r\n', "csv/ToDo.csv: row 3 has 1 columns, not 2"),
        ("csv/ToDo.csv", lambda text: text[:-5] + b'"b', "csv/ToDo.csv: damaged"),
        ("csv/ToDo.csv", lambda text: b"\xff" + text, "csv/ToDo.csv: damaged"),
        ("csv/ToDo.csv", lambda text: None, "csv/ToDo.csv: missing"),
        ("database.sql.gz", lambda text: text[:-20], "database.sql.gz: damaged"),
        ("manifest.json", lambda text: None, "manifest.json is missing"),
        ("manifest.json", lambda text: b"{}", "manifest.json can't be read"),
        ("manifest.json", lambda text: text.replace(b'"version": 1', b'"version": 9'), "update this tool"),
    ],
)
def test_damage_is_told(tmp_path, name, change, problem):
    path = rewritten(write(tmp_path), lambda member, text: change(text) if member == name else text)

    assert any(problem in told for told in verify(path).problems)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            {"csv": CSV + b'"c",\r\n', "entry": TableEntry("csv/ToDo.csv", 3, 2, "tabToDo", "database.sql.gz")},
            "3 rows, the dump has 2",
        ),
        ({"dump": DUMP.replace(b"-- Dump", b"-- ")}, "the dump breaks off"),
        ({"dump": DUMP.replace(b"tabToDo", b"tabNote")}, "tabNote: in the dump, but without a CSV file"),
    ],
)
def test_csv_and_dump_have_to_agree(tmp_path, content, problem):
    assert any(problem in told for told in verify(write(tmp_path, **content)).problems)


def test_an_archive_cut_short_is_told(tmp_path):
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])

    assert "can't be read" in verify(path).problems[0]


def test_a_member_that_leads_out_is_told(tmp_path):
    path = write(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil", b"")

    assert "leaves the archive" in verify(path).problems[0]


def test_a_strange_name_is_kept_in_the_manifest(tmp_path):
    with PartsWriter(tmp_path, "x.zip", 10**9) as parts:
        manifest = Manifest("", {})
        archive = ArchiveWriter(parts, manifest, lambda size: None)
        archive.add(io.BytesIO(b""), "files", "a?.txt", original="files/a?.txt")
        archive.add_file(tmp_path / "gone", "files", "gone")
        archive.finish()

    assert [(entry.path, entry.original) for entry in manifest.files] == [("files/a_.txt", "files/a?.txt")]
    assert [(row.path, row.reason) for row in manifest.skipped] == [("files/gone", "No such file or directory")]


def test_parts_are_read_from_anywhere(tmp_path):
    with PartsWriter(tmp_path, "x", 7) as parts:
        parts.write(bytes(range(100)))
    with PartsReader(parts.parts) as reader:
        reader.seek(30)
        assert io.BufferedReader(reader).read(40) == bytes(range(30, 70))


def test_the_command_needs_no_frappe(tmp_path):
    path = write(tmp_path)
    command = [sys.executable, "-S", "-m", "support_retainer", "verify-export", str(path), "--json"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["is_whole"] is True
    path.write_bytes(path.read_bytes()[:50])
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1
    assert subprocess.run([*command[:-2], "nowhere.zip"], cwd=ROOT, capture_output=True, check=False).returncode == 2


@pytest.mark.parametrize(
    "path",
    [("files", "private", "database.sql.gz"), ("backups", "20261122-site-database-enc.sql.gz")],
    ids=["a client's file", "an encrypted backup"],
)
def test_what_we_did_not_dump_is_not_read_as_a_dump(tmp_path, path):
    manifest = Manifest("2026-11-22T00:00:00Z", {})
    with PartsWriter(tmp_path, "export.zip", 10**9) as parts:
        archive = ArchiveWriter(parts, manifest, lambda size: None)
        archive.add_bytes(b"no gzip at all", *path)
        archive.finish()

    assert verify(parts.parts[0]).problems == []


def test_a_restoration_that_can_not_be_tried_is_no_proof_and_no_problem_of_the_archive(tmp_path):
    words = [sys.executable, "-m", "support_retainer", "verify-export", str(write(tmp_path)), "--restore"]
    nowhere = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=nowhere, capture_output=True, text=True, check=False)

    assert done.returncode == 2, done.stderr
    assert "whole so far, and not restored: the program mariadb is not installed" in done.stdout
