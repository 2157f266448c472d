"""Rows of a dump become CSV that any program reads back as the same values."""

import csv
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.archive.dump import DumpReader, Rows, Table, as_csv, one_row_a_line
from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.staging import CsvOfDump, Staging

ESCAPED = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"}
HEAD = """CREATE TABLE `{}` (
  `name` varchar(140) NOT NULL,
  `no``te` longtext DEFAULT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB;
"""
# Surrogates are no text, and Python before 3.11 can't read a NUL back.
texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
tricky = st.sampled_from(
    ["NULL", ",NULL,", "),\n(", "),(", "\\", "\\'", "'", '"', ",'", "',", "_binary '", ");", "\r\n"]
)
values = st.one_of(texts, st.lists(tricky, max_size=4).map("".join), st.none(), st.integers())


def literal(value: object) -> str:
    """As mysql_real_escape_string and mariadb-dump write a value."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    return "'" + "".join(ESCAPED.get(letter, letter) for letter in str(value)) + "'"


def insert(rows: list[list[object]], between: str) -> bytes:
    return between.join(f"({','.join(map(literal, row))})" for row in rows).encode() + b";"


def read(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), strict=True))


@given(st.lists(st.lists(values, min_size=2, max_size=2), min_size=1, max_size=6), st.booleans())
def test_any_value_comes_back_as_it_was(rows, one_line):
    written = insert(rows, "," if one_line else ",\n")

    made = as_csv(one_row_a_line(written) if one_line else written)

    assert made.count == len(rows)
    assert read(made.csv) == [["" if value is None else str(value) for value in row] for row in rows]


def test_nothing_and_an_empty_text_differ():
    assert as_csv(b"('a',NULL,'',NULL);").csv == b'"a",,"",\r\n'


def test_binary_values_stay_hexadecimal():
    assert as_csv(b"('a',0x00FF);").csv == b'"a",0x00FF\r\n'


def dump_of(**tables: list[list[object]]) -> bytes:
    """A whole dump, last line included."""
    text = b"/*M!999999\\- enable the sandbox mode */ \n"
    for name, rows in tables.items():
        text += HEAD.format(name).encode()
        if rows:
            text += f"INSERT INTO `{name}` VALUES\n".encode() + insert(rows, ",\n") + b"\n"
    return text + b"-- Dump completed on 2026-11-22\n"


def test_tables_come_with_their_columns_and_rows():
    reader = DumpReader(io.BytesIO(dump_of(tabToDo=[["a", 1], ["b", None]], tabNote=[])))

    found = list(reader)

    assert found == [
        Table("tabToDo", ("name", "no`te"), ("varchar", "longtext")),
        Rows(b'"a",1\r\n"b",\r\n', 2),
        Table("tabNote", ("name", "no`te"), ("varchar", "longtext")),
    ]
    assert reader.complete


def test_rows_of_many_blocks_are_all_there():
    rows = [[f"name {n}", "x" * 500] for n in range(5_000)]

    found = [part for part in DumpReader(io.BytesIO(dump_of(tabToDo=rows))) if isinstance(part, Rows)]

    assert len(found) > 1
    assert sum(part.count for part in found) == 5_000
    assert read(b"".join(part.csv for part in found)) == rows


def test_a_table_of_five_hundred_columns_keeps_them_all():
    columns = "".join(f"  `field_{n}` varchar(140) DEFAULT NULL,\n" for n in range(500))
    text = f"CREATE TABLE `tabWide` (\n{columns}  PRIMARY KEY (`field_0`)\n) ENGINE=InnoDB;\n".encode()
    text += b"INSERT INTO `tabWide` VALUES\n" + insert([list(range(500))], ",\n") + b"\n"

    table, rows = DumpReader(io.BytesIO(text))

    assert len(table.columns) == 500
    assert read(table.header() + rows.csv) == [[f"field_{n}" for n in range(500)], [str(n) for n in range(500)]]


@pytest.fixture
def staged(tmp_path):
    """A staging folder with the dump of two DocTypes and a table of Frappe's own."""

    def stage(text: bytes) -> Staging:
        staging = Staging(tmp_path / "work")
        staging.path("database.sql.gz").write_bytes(gzip.compress(text))
        return staging

    return stage


def test_each_doctype_has_a_file_and_frappes_own_tables_have_none(staged, tmp_path):
    staging = staged(dump_of(tabToDo=[["a", 1]], __Auth=[["secret", 1]], **{"tabA/B": []}))

    made = CsvOfDump(staging, "database.sql.gz", "csv", lambda *_: None)
    made.write()

    assert sorted(path.name for path in (tmp_path / "work" / "csv").iterdir()) == ["A_B.csv", "ToDo.csv"]
    assert made.entries() == [
        TableEntry("csv/ToDo.csv", 1, 2, "tabToDo", "database.sql.gz", "ToDo"),
        TableEntry("csv/A_B.csv", 0, 2, "tabA/B", "database.sql.gz", "A/B"),
    ]


def test_after_a_kill_only_the_tables_that_are_not_finished_are_written(staged, tmp_path):
    text = dump_of(tabToDo=[["a", 1]], tabNote=[["b", 2]], tabTag=[["c", 3]])
    finished = []

    def killed_after_two(table: str, rows: int) -> None:
        finished.append(table)
        if len(finished) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        CsvOfDump(staged(text), "database.sql.gz", "csv", killed_after_two).write()
    with (tmp_path / "work" / "journal.jsonl").open("a") as journal:
        journal.write('{"step": "csv/tabTa')  # the line that the kill cut short
    again = []
    made = CsvOfDump(Staging(tmp_path / "work"), "database.sql.gz", "csv", lambda table, rows: again.append(table))
    made.write()

    assert (finished, again) == (["tabToDo", "tabNote"], ["tabTag"])
    assert [entry.rows for entry in made.entries()] == [1, 1, 1]


def test_a_dump_that_breaks_off_is_refused(staged):
    text = dump_of(tabToDo=[["a", 1]]).replace(b"-- Dump completed", b"")

    with pytest.raises(EOFError):
        CsvOfDump(staged(text), "database.sql.gz", "csv", lambda *_: None).write()
