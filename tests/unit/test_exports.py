"""Exports of other helpdesks: their own column names, told by line where they can't be used, never guessed."""

import io
import tracemalloc
from datetime import datetime, timezone

import pytest

from support_retainer.simulator import cli
from support_retainer.simulator.exports import EXPORTS, Told, records
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import CsvError, Vocabulary, read_records

WORDS = Vocabulary.of(["P1 Critical", "P2 High", "P3 Medium", "P4 Low"], ["Email", "Portal", "Phone"], ["User Support"])
TOLD = Told("User Support", "P3 Medium")
ZENDESK = (
    "Summation column,Id,Requester,Subject,Status,Priority,Via,Ticket type,Created at,Updated at,Solved at,"
    "Resolution time,First reply time in minutes\n"
)
FRESHDESK = "Ticket ID,Subject,Status,Priority,Source,Created time,Resolved time,Initial response time,Time tracked\n"
JIRA = "Summary,Issue key,Issue id,Issue Type,Status,Priority,Created,Resolved,Log Work,Log Work\n"
HELPDESK = "ID,Subject,Status,Priority,Opening Date,Opening Time,First Responded On,Resolution Date\n"


def read(name, text, told=TOLD, zone="Asia/Dubai", date_format=None):
    """The reading and what was told of lines."""
    export, said = EXPORTS[name], []
    moments = Moments(zone, date_format or export.date_format)

    def report(line, reason):
        said.append((line, reason))

    translated = records(io.StringIO(text, newline=""), export, told, moments, report)
    return read_records(translated, WORDS, moments, report), said


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def test_zendesk_with_its_reply_time_in_minutes():
    line = "1,4711,Ann,No tax,Solved,Urgent,Mail,Incident,2026-02-02 09:00,2026-02-02 12:00,2026-02-02 11:30,150,45\n"
    reading, said = read("zendesk", ZENDESK + line)
    (ticket,) = reading.tickets.values()
    assert (ticket.name, ticket.priority, ticket.channel) == ("4711", "P1 Critical", "Email")
    assert (ticket.opened_at, ticket.first_response_at) == (utc("2026-02-02 05:00"), utc("2026-02-02 05:45"))
    assert ticket.resolved_at == utc("2026-02-02 07:30")
    assert said == []


def test_freshdesk_with_its_time_on_the_day_of_the_solution():
    line = "7,Login,Closed,Low,Portal,2026-02-02 09:00:00,2026-02-05 16:00:00,2026-02-02 09:30:00,01:45\n"
    reading, said = read("freshdesk", FRESHDESK + line)
    (row,) = reading.rows
    assert (row.work.minutes, row.work.start, row.ticket.name) == (105, utc("2026-02-05 12:00"), "7")
    assert (row.ticket.first_response_at, said) == (utc("2026-02-02 05:30"), [])


def test_jira_with_its_own_dates_and_repeated_work_logs():
    log = "Looked; and mended;14/Jul/25 4:00 PM;ann;5400,;15/Jul/25 9:00 AM;bob;600"
    reading, said = read("jira", JIRA + f"Fix,PAY-1,10001,Task,Done,Lowest,14/Jul/25 3:42 PM,15/Jul/25 9:30 AM,{log}\n")
    assert [(row.work.minutes, row.worked_on.isoformat()) for row in reading.rows] == [
        (90, "2025-07-14"),
        (10, "2025-07-15"),
    ]
    assert reading.tickets["PAY-1"].priority == "P4 Low"
    assert said == []


def test_helpdesk_puts_date_and_time_of_the_opening_together():
    line = "12,Login,Resolved,High,2026-02-02,09:15:30,2026-02-02 10:00:00,2026-02-03 09:00:00\n"
    reading, said = read("helpdesk", HELPDESK + line)
    assert reading.tickets["12"].opened_at == utc("2026-02-02 05:15:30")
    assert said == []


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


def test_capitals_semicolons_and_other_columns_do_not_matter():
    heading = "Subject;Ticket Id;Priority;Created Time;Due by Time;Resolved Time;Initial Response Time;Time Tracked\n"
    line = "Login, again;7;Low;2026-02-02 09:00:00;;2026-02-05 16:00:00;2026-02-02 09:30:00;01:45:00\n"
    reading, said = read("freshdesk", heading + line)
    (row,) = reading.rows
    assert (row.work.minutes, row.ticket.first_response_at, said) == (105, utc("2026-02-02 05:30"), [])


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
    count = sum(1 for _ in records(lines(), EXPORTS["zendesk"], TOLD, Moments("UTC"), print))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 12_000_000


def test_a_line_that_does_not_end_is_refused_before_it_fills_the_memory(tmp_path, capsys):
    file = tmp_path / "damaged.csv"
    file.write_text(HELPDESK + "x" * (cli.LONGEST_LINE + 10))
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
