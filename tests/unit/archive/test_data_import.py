"""Documents of an archive as Data Import reads them, and the program that goes into the archive."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from support_retainer.archive import portable
from support_retainer.archive.data_import import spoken
from support_retainer.archive.manifest import Manifest, TableEntry
from support_retainer.archive.parts import PartsWriter
from support_retainer.archive.writer import ArchiveWriter

SCHEMA = {
    "Order": {
        "fields": [
            {"fieldname": "customer", "type": "Link"},
            {"fieldname": "spent", "type": "Duration"},
            {"fieldname": "key", "type": "Password"},
            {"fieldname": "items", "type": "Table", "links_to": "Line"},
            {"fieldname": "extras", "type": "Table", "links_to": "Line"},
            {"fieldname": "tags", "type": "Table MultiSelect", "links_to": "Gone"},
        ]
    },
    "Line": {"fields": [{"fieldname": "item", "type": "Data"}]},
}
ORDERS = [
    ["name", "creation", "docstatus", "customer", "spent", "key"],
    ["O-1", "2026", "0", 'Harbor, "Pine"', "93784", "***"],
    ["O-2", "2026", "1", "Ünal", "", ""],
    ["O-3", "2026", "0", "Kim", "0", ""],
]
LINES = [
    ["name", "parent", "parenttype", "parentfield", "idx", "item"],
    ["l2", "O-1", "Order", "items", "2", "second"],
    ["l1", "O-1", "Order", "items", "1", "first\nline"],
    ["l3", "O-1", "Order", "extras", "1", "extra"],
    ["l4", "O-2", "Order", "items", "1", "third"],
    ["l5", "O-1", "Quote", "items", "1", "of another DocType"],
]


def text_of(rows: list[list[str]]) -> bytes:
    kept = io.StringIO(newline="")
    csv.writer(kept).writerows(rows)
    return kept.getvalue().encode()


def write(folder: Path, *prefixes: str) -> Path:
    manifest = Manifest("2026-11-22T00:00:00Z", {})
    with PartsWriter(folder, "export.zip", 10**9) as parts:
        archive = ArchiveWriter(parts, manifest, lambda size: None)
        for prefix in prefixes:
            for doctype, rows in (("Order", ORDERS), ("Line", LINES)):
                archive.add_bytes(text_of(rows), *f"{prefix}csv/{doctype}.csv".split("/"))
                entry = TableEntry(f"{prefix}csv/{doctype}.csv", len(rows) - 1, len(rows[0]), doctype=doctype)
                manifest.tables.append(entry)
            archive.add_bytes(json.dumps({"doctypes": SCHEMA}).encode(), *f"{prefix}csv/schema.json".split("/"))
        archive.finish()
    return parts.parts[0]


def run(folder: Path, *words: object) -> "subprocess.CompletedProcess[bytes]":
    """The program as the archive holds it, in a folder where nothing of ours can be found."""
    (folder / portable.NAME).write_bytes(portable.program())
    command = [sys.executable, "-I", "-S", portable.NAME, *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False)


def read(done: "subprocess.CompletedProcess[bytes]") -> list[list[str]]:
    assert done.returncode == 0, done.stderr
    return list(csv.reader(io.StringIO(done.stdout.decode(), newline="")))


def test_child_rows_stand_beside_and_below_their_document_in_their_order(tmp_path):
    rows = read(run(tmp_path, "data-import", write(tmp_path, ""), "Order"))

    assert rows == [
        ["name", "docstatus", "customer", "spent", "items.name", "items.item", "extras.name", "extras.item"],
        ["O-1", "0", 'Harbor, "Pine"', "1d 2h 3m 4s", "l1", "first\nline", "l3", "extra"],
        ["", "", "", "", "l2", "second", "", ""],
        ["O-2", "1", "Ünal", "", "l4", "third", "", ""],
        ["O-3", "0", "Kim", "0s", "", "", "", ""],
    ]


def test_only_the_documents_that_are_named(tmp_path):
    rows = read(run(tmp_path, "data-import", write(tmp_path, ""), "Order", "O-3", "O-2"))
    assert [row[0] for row in rows] == ["name", "O-2", "O-3"]


def test_one_site_of_several_has_to_be_chosen(tmp_path):
    path = write(tmp_path, "sites/a.example/", "sites/b.example/")

    refused = run(tmp_path, "data-import", path, "Order")
    assert (refused.returncode, b"--site: a.example, b.example" in refused.stderr) == (2, True)
    assert len(read(run(tmp_path, "data-import", path, "Order", "--site", "b.example"))) == 5


@pytest.mark.parametrize(
    ("words", "said"), [(("Gone",), b"no DocType 'Gone'"), (("Order", "O-9"), b"no document"), ((), b"usage")]
)
def test_what_is_not_there_is_said(tmp_path, words, said):
    done = run(tmp_path, "data-import", write(tmp_path, ""), *words)
    assert (done.returncode, said in done.stderr) == (2, True)


def test_the_program_in_the_archive_proves_it_anywhere(tmp_path):
    path = write(tmp_path, "")
    assert b"the archive is whole" in run(tmp_path, path).stdout
    assert run(tmp_path, "verify-export", path, "--manifest-sha256", "0" * 64).returncode == 1
    assert portable.program() == portable.program()


@pytest.mark.parametrize(("seconds", "words"), [("60", "1m"), ("3600.0", "1h"), ("", ""), ("90061", "1d 1h 1m 1s")])
def test_a_duration_is_spoken_as_data_import_reads_it(seconds, words):
    assert spoken(seconds) == words
