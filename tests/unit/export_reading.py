"""The headings that other helpdesks write, and a reading of a text as an export."""

import io
from datetime import datetime, timezone

from support_retainer.simulator.export_file import ExportFile, Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import Vocabulary, read_records

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
    moments = Moments(zone, *([date_format] if date_format else export.date_formats))

    def report(line, reason):
        said.append((line, reason))

    file = ExportFile(io.StringIO(text, newline=""), export, told, moments, report)
    return read_records(file.records(), WORDS, moments, report), said


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
