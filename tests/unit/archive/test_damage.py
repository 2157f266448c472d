"""Every way in which bytes can go wrong is told, by the name of what is damaged, and nothing of it is a traceback."""

import json
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support_retainer.archive.parts import all_parts
from support_retainer.archive.verify import verify
from tests.unit.archive.test_archive import ROOT, needs_gpg, rewritten, write

MEMBERS = ("database.sql.gz", "csv/ToDo.csv", "files/private/.._photo.jpg", "manifest.json")
# In a header: the mark, the flags, the method, time and day, the checksum, both lengths, the length of the name.
IN_HEADER = {"mark": 0, "flags": 6, "method": 8, "time": 10, "day": 12, "crc": 14, "packed": 18, "size": 22, "name": 26}


def flipped(path: Path, at: int, bit: int = 0x01) -> Path:
    """A copy of the archive with one bit changed."""
    content = bytearray(path.read_bytes())
    content[at] ^= bit
    changed = path.with_name("flipped.zip")
    changed.write_bytes(content)
    return changed


def member_of(path: Path, name: str) -> tuple[int, int, int]:
    """Where its header begins, its content begins and ends."""
    with zipfile.ZipFile(path) as archive:
        known = archive.getinfo(name)
    lengths = struct.unpack("<HH", path.read_bytes()[known.header_offset + 26 : known.header_offset + 30])
    content = known.header_offset + 30 + sum(lengths)
    return known.header_offset, content, content + known.compress_size


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path)


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("field", IN_HEADER)
def test_a_bit_of_a_members_header_is_told_by_its_name(path, name, field):
    header, _content, _end = member_of(path, name)

    told = verify(flipped(path, header + IN_HEADER[field])).problems

    assert any(name in problem for problem in told), told


@pytest.mark.parametrize("name", MEMBERS)
def test_a_bit_of_a_members_name_is_told(path, name):
    header, _content, _end = member_of(path, name)
    assert any(name in problem for problem in verify(flipped(path, header + 30)).problems)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_bit_anywhere_in_a_members_content_and_behind_it_is_told_by_its_name(path, name):
    """But for the last bits of a packed stream, which no program reads."""
    _header, content, end = member_of(path, name)
    inside = range(content + 1, end - 2, max((end - content) // 25, 1))
    for at in (*inside, *range(end + 4, end + 24, 4)):
        told = verify(flipped(path, at)).problems
        assert any(name in problem for problem in told), (at - content, told)


def test_a_bit_of_the_directory_is_told_wherever_a_program_would_read_it(path):
    """All of it but versions, attributes and disk numbers, which say nothing of the content."""
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        begins, entry = archive.start_dir, 46 + len(archive.infolist()[0].filename)
    for at in (*range(begins + 8, begins + 34), *range(begins + 42, begins + entry), *range(size - 22, size)):
        assert verify(flipped(path, at, 0x04)).problems, at - begins


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.99, 0.999])
def test_an_archive_cut_anywhere_is_told(path, share):
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "can't be read" in verify(path).problems[0]


@pytest.mark.parametrize("where", ["before", "between", "behind"])
def test_bytes_that_belong_to_nothing_are_told(path, where):
    content = path.read_bytes()
    at = {"before": 0, "between": member_of(path, "csv/ToDo.csv")[0], "behind": len(content)}[where]
    path.write_bytes(content[:at] + b"hidden" + content[at:])
    assert verify(path).problems


def test_members_that_changed_places_are_told_by_their_names(path):
    swapped = {"csv/ToDo.csv": "database.sql.gz", "database.sql.gz": "csv/ToDo.csv"}
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    changed = rewritten(path, lambda name, text: contents[swapped.get(name, name)])
    told = " ".join(verify(changed).problems)
    assert all(f"{name}: damaged" in told for name in swapped)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\evil", "", "a/./b", "a\nb"]
)
def test_a_name_that_leads_out_is_told_and_the_rest_is_checked_all_the_same(path, name):
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"")
    proof = verify(path)
    assert any("leaves the archive" in problem or "no relative path" in problem for problem in proof.problems)
    assert proof.files == 3


def test_a_member_that_is_there_twice_is_told(path):
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("csv/ToDo.csv", b"other")
    assert "csv/ToDo.csv: there twice" in verify(path).problems


def edited(path: Path, change) -> Path:
    def write_anew(name: str, text: bytes) -> bytes:
        if name != "manifest.json":
            return text
        known = json.loads(text)
        change(known)
        return json.dumps(known).encode()

    return rewritten(path, write_anew)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda known: known["files"][1].update(size=1), "csv/ToDo.csv: the checksum differs"),
        (lambda known: known["files"][1].update(sha256="0" * 64), "csv/ToDo.csv: the checksum differs"),
        (lambda known: known["files"].pop(1), "csv/ToDo.csv: not in the manifest"),
        (lambda known: known["files"].append(known["files"][1]), "csv/ToDo.csv: listed twice as a file"),
        (lambda known: known["tables"].append(known["tables"][0]), "csv/ToDo.csv: listed twice as a table"),
        (lambda known: known["files"][1].update(path="csv/Other.csv"), "csv/Other.csv: missing"),
        (lambda known: known["tables"][0].update(rows=3), "csv/ToDo.csv: 2 rows, the manifest says 3"),
        (lambda known: known["tables"][0].update(columns=3), "csv/ToDo.csv: row 0 has 2 columns, not 3"),
        (lambda known: known["tables"][0].update(path="csv/Other.csv"), "csv/Other.csv: named by a table"),
        (lambda known: known["tables"][0].update(dump="other.sql.gz"), "other.sql.gz: named by a table"),
        (lambda known: known["tables"][0].update(table="tabNote"), "csv/ToDo.csv: tabNote is not in the dump"),
        (lambda known: known["tables"].clear(), "tabToDo: in the dump, but without a CSV file"),
        (lambda known: known["files"][1].update(path=["csv"]), "manifest.json can't be read: path"),
        (lambda known: known["files"][1].update(size="29"), "manifest.json can't be read: size"),
        (lambda known: known["tables"][0].update(rows=True), "manifest.json can't be read: rows"),
        (lambda known: known["files"][1].update(extra=1), "manifest.json can't be read"),
        (lambda known: known.update(files={"a": 1}), "manifest.json can't be read"),
    ],
)
def test_a_manifest_that_was_edited_is_told(path, change, problem):
    told = verify(edited(path, change)).problems
    assert any(told_of.startswith(problem) or problem in told_of for told_of in told), told


@pytest.mark.parametrize("text", [b"[]", b"null", b"7", b"[" * 100_000, b"\xff\xfe", b'{"format": NaN}', b""])
def test_a_manifest_that_is_none_is_told(path, text):
    changed = rewritten(path, lambda name, old: text if name == "manifest.json" else old)
    assert any("manifest.json can't be read" in problem for problem in verify(changed).problems)


def test_who_changes_the_manifest_too_is_found_out_by_its_checksum(path):
    proof = verify(path)
    changed = edited(path, lambda known: known["about"].update(contract="RET-2"))

    assert verify(path, manifest_sha256=proof.manifest_sha256.upper()).problems == []
    assert verify(changed).problems == []
    assert "manifest.json: its SHA-256 is" in verify(changed, manifest_sha256=proof.manifest_sha256).problems[0]


@needs_gpg
@pytest.mark.parametrize("damage", ["flip", "cut", "part gone", "parts swapped"])
def test_a_damaged_encrypted_archive_is_not_called_a_wrong_passphrase(tmp_path, damage):
    first = write(tmp_path, part_size=2_000, passphrase="open sesame")
    parts = all_parts(first)
    second, third = parts[1].read_bytes(), parts[2].read_bytes()
    if damage == "flip":
        parts[1].write_bytes(second[:700] + bytes([second[700] ^ 1]) + second[701:])
    elif damage == "cut":
        parts[-1].write_bytes(parts[-1].read_bytes()[:-3])
    elif damage == "part gone":
        parts[-1].unlink()
    else:
        parts[1].write_bytes(third)
        parts[2].write_bytes(second)

    assert "damaged, cut short" in verify(first, "open sesame").problems[0]
    assert "does not open with this passphrase" in verify(first, "wrong").problems[0]


def test_the_last_part_that_is_gone_is_hinted_at(tmp_path):
    parts = all_parts(write(tmp_path, part_size=1_000))
    parts[-1].unlink()
    assert f"is there a part after export.zip.{len(parts) - 1:03d}" in verify(parts[0]).problems[0]


def test_the_command_says_each_damage_and_ends_with_one(path):
    header, _content, _end = member_of(path, "csv/ToDo.csv")
    words = [sys.executable, "-S", "-m", "support_retainer", "verify-export", str(flipped(path, header + 8))]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "csv/ToDo.csv: damaged" in done.stdout
    shutil.copy(path, flipped(path, 0))
    assert (
        subprocess.run([*words, "--manifest-sha256", "0" * 64], cwd=ROOT, capture_output=True, check=False).returncode
        == 1
    )
