"""Exports of other helpdesks: told by line where they can't be used, never guessed."""

import tracemalloc

import pytest

from support_retainer.simulator import cli, tickets_file
from support_retainer.simulator.export_file import ExportFile, Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import CsvError
from tests.unit.export_reading import FRESHDESK, HELPDESK, TOLD, ZENDESK, read, utc


def test_a_workbook_is_told_to_be_one():
    with pytest.raises(CsvError, match=r"Excel workbook.*as CSV"):
        read("helpdesk", "PK\x03\x04\x14\x00")


def test_what_a_file_lacks_is_said():
    file = ExportFile(["Id,Priority,Created at,Solved at\n"], EXPORTS["zendesk"], TOLD, Moments("UTC"), print)
    assert list(file.notes())[1:] == [
        "the file has no first responses (column First reply time in minutes); a ticket counts as "
        "answered late unless solved by then",
        "the file has no time, so only fees and promises are compared",
    ]


def test_a_first_line_that_never_ends_is_refused():
    with pytest.raises(CsvError, match="Line 1, where the columns should be named"):
        read("zendesk", '"Id,Priority\n')


@pytest.mark.parametrize("name", EXPORTS)
def test_a_file_of_another_product_is_refused_with_what_it_lacks(name):
    with pytest.raises(CsvError, match=f"no export of {EXPORTS[name].title}.*missing"):
        read(name, "Number,Title,Opened\n1,Hello,2026-01-01\n")


def test_what_is_missing_and_what_is_there_are_both_named():
    with pytest.raises(CsvError) as refused:
        read("jira", "Summary,Issue key,Status,Created,Created\n")
    message = str(refused.value)
    assert "Priority, Resolved are missing; the file has Summary, Issue key, Status, Created." in message
    assert "if they are there, are Log Work" in message


def test_a_column_that_stands_twice_is_refused_unless_the_product_repeats_it():
    with pytest.raises(CsvError, match="Created at stands twice"):
        read("zendesk", ZENDESK.replace("Updated at", "Created at"))


@pytest.mark.parametrize("text", ["", "\n", "\ufeff\n"])
def test_an_empty_file_is_refused(text):
    with pytest.raises(CsvError):
        read("zendesk", text)


def test_a_mark_at_the_start_of_the_file_is_no_part_of_a_name():
    assert read("helpdesk", "\ufeff" + HELPDESK)[1] == []


def zendesk_line(**changes):
    cells = {
        "Id": "1",
        "Priority": "High",
        "Created at": "2026-02-02 09:00",
        "Solved at": "",
        "First reply time in minutes": "",
        **changes,
    }
    return ",".join(cells.get(name, "") for name in ZENDESK.strip().split(",")) + "\n"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Created at": "02/01/2026 09:00"}, "Created at|opened_at is '02/01/2026 09:00'"),
        ({"Created at": "31.01.2026"}, "--date-format"),
        ({"Created at": ""}, "Created at is empty"),
        ({"Id": ""}, "Id is empty"),
        ({"Priority": "Blocker"}, "Priority is 'Blocker'"),
        ({"First reply time in minutes": "3h"}, "whole minutes"),
        ({"Solved at": "2026-02-01 09:00"}, "lies before opened_at"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_reason(changes, reason):
    reading, said = read("zendesk", ZENDESK + zendesk_line(Id="0") + zendesk_line(**changes))
    assert list(reading.tickets) == ["0"]
    ((line, text),) = said
    assert line == 3
    assert any(part in text for part in reason.split("|"))


def test_a_format_that_is_named_is_read_exactly():
    text = ZENDESK + zendesk_line(**{"Created at": "02/01/2026 09:00", "First reply time in minutes": "30"})
    reading, said = read("zendesk", text, date_format="%d/%m/%Y %H:%M")
    assert reading.tickets["1"].first_response_at == utc("2026-01-02 05:30")
    assert said == []


def test_a_ticket_that_comes_twice_counts_once_and_is_told():
    reading, said = read("zendesk", ZENDESK + zendesk_line() + zendesk_line(Priority="Low"))
    assert reading.tickets["1"].priority == "P2 High"
    assert "repeats ticket 1" in said[0][1]


def test_no_priority_is_never_guessed():
    text = ZENDESK + zendesk_line(Priority="-")
    assert "--default-priority" in read("zendesk", text, told=Told())[1][0][1]
    assert read("zendesk", text)[0].tickets["1"].priority == "P3 Medium"


def test_time_without_a_kind_of_work_is_never_guessed():
    with pytest.raises(CsvError, match="--activity-type"):
        read("freshdesk", FRESHDESK, told=Told())


@pytest.mark.parametrize("cut", [1, 12, 30])
def test_half_a_file_counts_up_to_where_it_breaks_off(cut):
    whole = ZENDESK + "".join(zendesk_line(Id=str(number)) for number in range(3))
    reading, said = read("zendesk", whole[:-cut])
    assert list(reading.tickets)[:2] == ["0", "1"]
    assert len(reading.tickets) + len(said) == 3


def test_an_open_quotation_mark_is_told_with_its_line():
    text = HELPDESK + '12,"Login,Resolved,High,2026-02-02,09:15:30,,\n'
    reading, said = read("helpdesk", text)
    assert (reading.tickets, len(said), said[0][0]) == ({}, 1, 2)


def test_text_in_another_encoding_is_told():
    line = zendesk_line(Priority="High\udce9")
    assert "UTF-8" in read("zendesk", ZENDESK + line)[1][0][1]


def test_a_time_in_the_hour_that_the_clocks_skip_is_told():
    text = ZENDESK + zendesk_line(**{"Created at": "2026-03-29 02:30"})
    assert "doesn't exist" in read("zendesk", text, zone="Europe/Berlin")[1][0][1]


def test_a_huge_file_is_streamed():
    def lines():
        yield ZENDESK
        for number in range(40_000):
            yield zendesk_line(Id=str(number), Subject="x" * 500)

    tracemalloc.start()
    count = sum(1 for _ in ExportFile(lines(), EXPORTS["zendesk"], TOLD, Moments("UTC"), print).records())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 12_000_000


def test_a_line_that_does_not_end_is_refused_before_it_fills_the_memory(tmp_path, capsys):
    file = tmp_path / "damaged.csv"
    file.write_text(HELPDESK + "x" * (tickets_file.LONGEST_LINE + 10))
    arguments = ["simulate", "--catalogue", "000", "--tickets", str(file), "--format", "helpdesk"]
    assert cli.main(arguments) == cli.NOT_RUN
    assert "Line 2 has 4,000,000 characters and goes on" in capsys.readouterr().err


def test_the_command_reads_an_export_and_says_how(tmp_path, capsys):
    file = tmp_path / "freshdesk.csv"
    line = "7,Login,Closed,Low,Portal,2026-02-02 09:00:00,2026-02-05 16:00:00,2026-02-02 09:30:00,01:45\n"
    file.write_text(FRESHDESK + line + line)
    arguments = ["simulate", "--catalogue", "000", "--tickets", str(file), "--format", "freshdesk"]
    assert cli.main([*arguments, "--activity-type", "User Support"]) == cli.SOME_LEFT_OUT
    said = capsys.readouterr()
    assert "line 3: repeats ticket 7" in said.err
    assert "urgent = P1 Critical" in said.err
    assert "1 of 2 lines were left out" in said.err
    assert "1 ticket and 1 time entry" in said.out
