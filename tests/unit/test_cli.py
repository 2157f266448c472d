"""`python -m support_retainer simulate`, run as its user runs it."""

import json
import re
import subprocess
import sys
from io import StringIO

import pytest

from support_retainer.sample import make_tickets
from tests.unit.simulator_run import ROOT, run

HEADING = (
    "ticket,opened_at,priority,channel,cause,first_response_at,resolved_at,activity_type,work_start,minutes,worked_by"
)
GOOD = "T-1,2026-01-05 10:00,P3,Email,User Error,2026-01-05 11:00,2026-01-05 13:00,User Support,2026-01-05 11:00,60,"


@pytest.fixture
def simulated(tmp_path):
    """Simulates lines below the heading with package Growth; returns the result and its figures."""

    def simulate(*lines, heading=HEADING, options=()):
        file = tmp_path / "tickets.csv"
        file.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
        done = run("simulate", "--catalogue", "000", "--tickets", file, "--package", "Growth", "--json", *options)
        return done, json.loads(done.stdout) if done.stdout else None

    return simulate


def test_the_sample_shows_every_package_its_invoices_and_the_best_fit():
    done = run("simulate", "--catalogue", "000", "--sample")
    assert (done.returncode, done.stderr) == (0, "")
    for package in ("Starter", "Growth", "Professional", "Enterprise", "Extreme"):
        assert f"== {package}: AED" in done.stdout
    assert "300 tickets and 471 time entries, 2024-11-03 to 2026-11-02" in done.stdout
    assert "Professional fits best" in done.stdout


def test_the_sample_is_what_its_script_makes():
    made = StringIO()
    make_tickets.write(made)
    assert make_tickets.FILE.read_text(encoding="utf-8") == made.getvalue()


def test_the_sample_has_300_tickets_of_two_years_with_one_to_three_entries_each():
    lines = list(make_tickets.lines())
    entries = [sum(line[0] == name for line in lines) for name in {line[0] for line in lines}]
    assert (len(entries), min(entries), max(entries)) == (300, 1, 3)
    days = [line[1][:10] for line in lines]
    assert (days[0] < "2024-11-15", days[-1] > "2026-10-15") == (True, True)


def test_one_hour_under_growth_is_included_and_costs_the_fee(simulated):
    done, figures = simulated(GOOD)
    (package,) = figures["packages"]
    assert done.returncode == 0
    assert package["minutes"] == {"Included": 60}
    assert [invoice["total"] for invoice in package["invoices"]] == ["450.00"]
    assert package["response"] == {"met": 1, "missed": 0, "undecided": 0}


def test_text_shows_the_months_in_columns():
    done = run("simulate", "--catalogue", "000", "--sample", "--package", "growth")
    months = [line for line in done.stdout.splitlines() if re.match(r"   20\d\d-\d\d-03 ", line)]
    assert len(months) == 25
    assert "It is the only package that was tried." in done.stdout


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("T-2,05/01/2026,P3,Email,,,,User Support,2026-01-05 11:00,60,", "opened_at is '05/01/2026'; write date and"),
        ("T-2,2026-01-05,P3,Email,,,,User Support,2026-01-05 11:00,60,", "opened_at is '2026-01-05'; write date and"),
        ("T-2,2026-02-30 10:00,P3,Email,,,,User Support,2026-01-05 11:00,60,", "opened_at is '2026-02-30 10:00'"),
        ("T-2,,P3,Email,,,,User Support,2026-01-05 11:00,60,", "opened_at of ticket T-2 is empty"),
        ("T-2,2026-01-05 10:00,P7,,,,,,,,", "priority is 'P7'; use one of P1 Critical, P2 High"),
        ("T-2,2026-01-05 10:00,Criticl,,,,,,,,", "priority is 'Criticl'; did you mean P1 Critical?"),
        ("T-2,2026-01-05 10:00,,,,,,,,,", "priority is empty; use one of P1 Critical, P2 High"),
        ("T-2,2026-01-05 10:00,P3,Fax,,,,,,,", "channel is 'Fax'; use one of Portal, Email"),
        ("T-2,2026-01-05 10:00,P3,,Gremlins,,,,,,", "cause is 'Gremlins'; use one of Our Implementation"),
        ("T-2,2026-01-05 10:00,P3,,,2026-01-04 10:00,,,,,", "first_response_at lies before opened_at"),
        ("T-2,2026-01-05 10:00,P3,,,,2026-01-04 10:00,,,,", "resolved_at lies before opened_at"),
        ("T-2,2026-01-05 10:00,P3,,,,,User Support,2026-01-05 11:00,1.5,", "minutes is '1.5'; write a whole number"),
        ("T-2,2026-01-05 10:00,P3,,,,,User Support,2026-01-05 11:00,-5,", "minutes is '-5'"),
        ("T-2,2026-01-05 10:00,P3,,,,,User Support,2026-01-05 11:00,1441,", "minutes is '1441'"),
        ("T-2,2026-01-05 10:00,P3,,,,,User Support,,60,", "work_start is empty; a time entry needs"),
        ("T-2,2026-01-05 10:00,P3,,,,,,2026-01-05 11:00,60,", "activity_type is empty"),
        (GOOD, "repeats an earlier time entry; if two people did it"),
        ("T-1,2026-01-06 10:00,P3,,,,,User Support,2026-01-06 11:00,60,", "says something else about ticket T-1"),
        (",2026-01-06 10:00,P3,,,,,,,,", "describes a ticket but doesn't name it"),
        (",,,,,,,,,,A", "names neither a ticket nor a time entry"),
        ("T-2,2026-01-05 10:00", "has 2 columns where the heading has 11"),
        ('T-2,"2026-01-05"x,P3,,,,,,,,', "is not readable as CSV up to line 3"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_good_ones_count(simulated, line, reason):
    done, figures = simulated(GOOD, line)
    assert done.returncode == 1
    assert f"line 3: {reason}" in done.stderr
    assert "1 of 2 lines were left out" in done.stderr
    assert (figures["tickets"], figures["packages"][0]["minutes"]) == (1, {"Included": 60})


def test_a_wall_time_that_the_change_of_clocks_skips_is_refused(simulated):
    skipped = GOOD.replace("2026-01-05 10:00", "2026-03-08 02:30").replace("T-1", "T-2")
    done, _ = simulated(GOOD, skipped, options=["--time-zone", "America/New_York"])
    assert "line 3: opened_at 2026-03-08 02:30 doesn't exist in America/New_York" in done.stderr


def test_bytes_that_are_no_utf_8_are_told_by_line(tmp_path):
    file = tmp_path / "latin.csv"
    other = GOOD.replace("T-1", "T-é")
    file.write_bytes(f"{HEADING}\n{GOOD}\n{other}\n".encode("latin-1"))
    done = run("simulate", "--catalogue", "000", "--tickets", file)
    assert "line 3: is not UTF-8 text" in done.stderr
    assert done.returncode == 1


def test_a_line_number_counts_the_lines_inside_quotation_marks(simulated):
    noted = 'T-3,2026-01-05 10:00,P3,"Email",,,,,,,"two\nlines"'
    done, figures = simulated(noted, "T-2,never,P3,Email,,,,,,,")
    assert "line 4: opened_at is 'never'" in done.stderr
    assert figures["tickets"] == 1


def test_half_a_file_counts_up_to_the_break(simulated):
    done, figures = simulated(GOOD, 'T-2,"2026-01-05 10:00,P3,Email')
    assert "line 3: is not readable as CSV" in done.stderr
    assert figures["tickets"] == 1


@pytest.mark.parametrize(
    "heading",
    [HEADING.replace(",", ";"), HEADING.replace(",", "\t"), HEADING.upper(), f"\ufeff{HEADING}"],
    ids=["semicolon", "tab", "capitals", "byte order mark"],
)
def test_spreadsheets_write_their_files_in_many_ways(simulated, heading):
    delimiter = next(mark for mark in ";\t," if mark in heading)
    done, figures = simulated(GOOD.replace(",", delimiter), heading=heading)
    assert (done.returncode, figures["packages"][0]["minutes"]) == (0, {"Included": 60})


def test_columns_come_in_any_order_and_others_are_ignored(simulated):
    done, figures = simulated(
        "60,note,2026-01-05 11:00,User Support,P3,2026-01-05 10:00,T-1",
        heading="minutes,comment,work_start,activity_type,priority,opened_at,ticket",
    )
    assert (done.returncode, figures["packages"][0]["minutes"]) == (0, {"Included": 60})


def test_a_ticket_is_described_once_or_on_every_line_and_may_have_no_time(simulated):
    done, figures = simulated(
        GOOD,
        "T-1,,,,,,,User Support,2026-01-06 11:00,30,",
        "T-2,2026-01-07 10:00,Low,,,,,,,,",
        ",,,,,,,Training,2026-01-08 10:00,60,",
    )
    assert done.returncode == 0
    assert (figures["tickets"], figures["time_entries"]) == (2, 3)
    assert figures["packages"][0]["minutes"] == {"Included": 90, "Hourly": 60}


def test_two_people_can_do_the_same_at_the_same_time(simulated):
    done, figures = simulated(GOOD + "Amal", GOOD + "Bilal")
    assert (done.returncode, figures["packages"][0]["minutes"]) == (0, {"Included": 120})


def test_calls_beyond_the_hours_wait_for_approval_unless_they_are_critical(tmp_path):
    calls = [GOOD.replace("T-1", f"T-{n}").replace("Email", "Phone").replace(",60,", ",700,") for n in (1, 2)]
    file = tmp_path / "calls.csv"
    file.write_text("\n".join([HEADING, calls[0], calls[1].replace("P3", "P1")]), encoding="utf-8")
    done = run("simulate", "--catalogue", "002", "--tickets", file, "--json")
    (package,) = json.loads(done.stdout)["packages"]
    assert package["minutes"] == {"Included": 600, "Awaiting Approval": 100, "Overage": 700}


def test_times_with_an_offset_are_that_moment(simulated):
    utc = GOOD.replace("2026-01-05 10:00", "2026-01-05T06:00Z").replace(
        ",2026-01-05 11:00,60", ",2026-01-05T20:00+04:00,60"
    )
    _, figures = simulated(utc)
    assert figures["packages"][0]["minutes"] == {"Emergency": 120}


def test_a_file_can_have_a_date_format_of_its_own(simulated):
    done, figures = simulated(
        "T-1,05/01/2026 10:00,P3,,,,,User Support,05/01/2026 11:00,60,", options=["--date-format", "%d/%m/%Y %H:%M"]
    )
    assert (done.returncode, figures["start"]) == (0, "2026-01-05")


def test_an_unknown_activity_type_counts_as_included_and_is_reported(simulated):
    done, figures = simulated(GOOD.replace("User Support", "Trainning"))
    assert figures["packages"][0]["minutes"] == {"Included": 60}
    assert "activity type 'Trainning' (1 line) is not in catalogue 000" in done.stderr


def test_days_outside_the_contract_are_left_out_and_said(simulated):
    later = GOOD.replace("T-1", "T-2").replace("2026-01-05", "2026-03-05")
    done, figures = simulated(GOOD, later, options=["--start", "2026-02-01", "--until", "2026-04-30"])
    assert done.returncode == 1
    assert "2 tickets and time entries lie outside 2026-02-01 to 2026-04-30" in done.stderr
    assert (figures["tickets"], [one["date"] for one in figures["packages"][0]["invoices"]]) == (
        1,
        ["2026-02-01", "2026-03-01", "2026-04-01"],
    )


def test_calendar_months_are_billed_when_asked(simulated):
    _, figures = simulated(GOOD, options=["--billing-anchor", "Calendar Month", "--until", "2026-02-03"])
    assert [one["date"] for one in figures["packages"][0]["invoices"]] == ["2026-01-05", "2026-02-01"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--catalogue", "999", "--sample"], "there is no such catalogue; choose one of 000"),
        (["--catalogue", "000", "--sample", "--package", "Gold"], "no package 'Gold'. Choose from: Starter, Growth"),
        (["--catalogue", "000", "--tickets", "/nowhere.csv"], "--tickets /nowhere.csv can't be read: No such file"),
        (["--catalogue", "000", "--sample", "--time-zone", "Mars"], "--time-zone 'Mars' is no IANA time zone"),
        (["--catalogue", "000", "--sample", "--start", "soon"], "'soon' is no date; write it like 2025-01-31"),
        (["--catalogue", "000", "--sample", "--start", "2030-01-01"], "--until 2026-11-02 lies before --start"),
        (
            ["--catalogue", "000", "--sample", "--start", "2030-01-01", "--until", "2030-02-01"],
            "nothing in the file lies between",
        ),
        (
            ["--catalogue", "000", "--sample", "--html", "/nowhere/fit.html"],
            "--html /nowhere/fit.html can't be written",
        ),
        (["--catalogue", "004", "--sample"], "is priced by lines of code: say how many with --quantity"),
        (["--catalogue", "004", "--sample", "--quantity", "-1"], "'-1' is no number above zero"),
        (["--catalogue", "000"], "one of the arguments --tickets --sample is required"),
    ],
)
def test_what_cannot_be_run_says_what_to_change(arguments, message):
    done = run("simulate", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "lacks the columns ticket, opened_at, priority, activity_type, work_start, minutes"),
        ("ticket,opened_at,priority\n", "lacks the columns activity_type, work_start, minutes"),
        (f"{HEADING}\n", "the file holds no line that can be used"),
        (f"{HEADING},minutes\n", "The column minutes stands twice"),
    ],
)
def test_a_file_without_its_columns_or_without_lines_is_refused(content, message):
    done = run("simulate", "--catalogue", "000", "--tickets", "-", stdin=content)
    assert done.returncode == 2
    assert message in done.stderr


def test_tickets_come_from_standard_input_too():
    done = run("simulate", "--catalogue", "000", "--tickets", "-", stdin=f"{HEADING}\n{GOOD}\n")
    assert (done.returncode, "1 ticket and" in done.stdout) == (0, True)


def test_a_metered_package_is_charged_for_its_quantity():
    done = run(
        *("simulate", "--catalogue", "004", "--sample", "--package", "Maintenance and Support"),
        *("--quantity", "6000", "--json"),
    )
    (package,) = json.loads(done.stdout)["packages"]
    assert package["invoices"][0]["lines"][0]["amount"] == "11500.00"


def test_it_needs_neither_frappe_nor_pydantic():
    script = (
        "import sys; sys.modules.update(frappe=None, erpnext=None, pydantic=None)\n"
        "from support_retainer.simulator.cli import main\n"
        "sys.exit(main(['simulate', '--catalogue', '000', '--sample', '--json']))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
