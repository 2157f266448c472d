"""What Zendesk, Freshdesk, Jira and Frappe Helpdesk write, each in its own columns, words and dates."""

import pytest

from support_retainer.simulator.tickets_csv import CsvError
from tests.unit.export_reading import FRESHDESK, HELPDESK, JIRA, ZENDESK, read, utc


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


HELPDESK_LINE = "12,Login,Resolved,High,2026-02-02,9:15:30.204518,2026-02-02 10:00:00,2026-02-03 09:00:00.5\n"
AS_IN_THE_LIST = (
    '"Sr","ID","Subject","Status","Priority","First Responded On","Resolution Date","creation","owner"\n'
    '1,12,"Login","Resolved","High","2026-02-02 10:00:00","2026-02-03 09:00:00.500000","2026-02-02 09:15:30.204518",'
    '"a@b.c"\n'
)
TEMPLATE = (
    '"Data Import Template"\n"Table:","HD Ticket"\n""\n""\n"Notes:"\n"First data column must be blank."\n""\n'
    '"DocType:","HD Ticket","","","","",""\n'
    '"Column Labels:","ID","Priority","Opening Date","Opening Time","First Responded On","Resolution Date"\n'
    '"Column Name:","name","priority","opening_date","opening_time","first_responded_on","resolution_date"\n'
    '"Mandatory:","Yes","No","No","No","No","No"\n"Type:","Data","Link","Date","Time","Datetime","Datetime"\n'
    '"Info:","","Valid HD Ticket Priority","yyyy-mm-dd","","yyyy-mm-dd","yyyy-mm-dd"\n'
    '"Start entering data below this line"\n'
    '"","""12""","High","2026-02-02","9:15:30.204518","2026-02-02 10:00:00","2026-02-03 09:00:00"\n'
)
GERMAN = TEMPLATE.replace(
    '"Column Labels:","ID","Priority","Opening Date"', '"Spaltennamen:","ID","Priorität","Eröffnungsdatum"'
)


@pytest.mark.parametrize("text", [HELPDESK + HELPDESK_LINE, AS_IN_THE_LIST, TEMPLATE, GERMAN])
def test_helpdesk_in_each_way_that_frappe_exports_a_list(text):
    reading, said = read("helpdesk", text)
    assert said == []
    (ticket,) = reading.tickets.values()
    assert (ticket.name, ticket.priority, ticket.opened_at) == ("12", "P2 High", utc("2026-02-02 05:15:30"))
    assert (ticket.first_response_at, ticket.resolved_at) == (utc("2026-02-02 06:00"), utc("2026-02-03 05:00"))


def test_days_as_the_data_export_of_another_site_writes_them():
    text = TEMPLATE.replace("2026-02-02", "02.02.2026").replace("2026-02-03", "03.02.2026")
    reading, said = read("helpdesk", text, date_format="%d.%m.%Y %H:%M:%S")
    assert (reading.tickets["12"].opened_at, said) == (utc("2026-02-02 05:15:30"), [])


def test_the_columns_that_the_list_of_helpdesk_shows_at_first_are_told_to_be_too_few():
    heading = '"Sr","ID","Subject","Status","Response By","Resolution By","Priority","creation","owner"\n'
    with pytest.raises(CsvError, match="Resolution Date is missing; the file has Sr, ID, Subject"):
        read("helpdesk", heading)


@pytest.mark.parametrize("day", ["21/Nov/25 3:04 PM", "21/Nov/25 15:04", "2025-11-21 15:04"])
def test_jira_writes_its_days_in_three_ways(day):
    reading, said = read("jira", JIRA + f"Fix,PAY-1,10001,Task,Done,Lowest,{day},{day},;{day};ann;600,\n")
    assert (reading.tickets["PAY-1"].opened_at, said) == (utc("2025-11-21 11:04"), [])
    assert reading.rows[0].work.start == utc("2025-11-21 11:04")


@pytest.mark.parametrize("heading", ["Closed time", "Resolved time,Closed time"])
def test_freshdesk_tickets_that_were_closed_without_a_solution(heading):
    empty = "," * heading.count(",")
    line = f"7,Low,2026-02-02 09:00,{empty}2026-02-05 16:00,01:45:30\n"
    reading, said = read("freshdesk", f"Ticket ID,Priority,Created time,{heading},Time tracked\n{line}")
    assert (reading.tickets["7"].resolved_at, said) == (utc("2026-02-05 12:00"), [])
    assert (reading.rows[0].work.start, reading.rows[0].work.minutes) == (utc("2026-02-05 12:00"), 105)


def test_zendesk_spells_two_columns_in_another_way_in_places():
    heading = ZENDESK.replace("Id,", "ID,", 1).replace("First reply time in minutes", "First reply time (min)")
    line = "1,4711,Ann,No tax,Solved,Urgent,Mail,Incident,2026-02-02 09:00,2026-02-02 12:00,2026-02-02 11:30,150,45\n"
    reading, said = read("zendesk", heading + line)
    assert (reading.tickets["4711"].first_response_at, said) == (utc("2026-02-02 05:45"), [])


def test_capitals_semicolons_and_other_columns_do_not_matter():
    heading = "Subject;Ticket Id;Priority;Created Time;Due by Time;Resolved Time;Initial Response Time;Time Tracked\n"
    line = "Login, again;7;Low;2026-02-02 09:00:00;;2026-02-05 16:00:00;2026-02-02 09:30:00;01:45:00\n"
    reading, said = read("freshdesk", heading + line)
    (row,) = reading.rows
    assert (row.work.minutes, row.ticket.first_response_at, said) == (105, utc("2026-02-02 05:30"), [])
