"""The tickets that a client had elsewhere, from a CSV file that somebody attached to the customer or the lead."""

from dataclasses import dataclass, field
from pathlib import Path

import frappe
from frappe import _, bold

from support_retainer.catalogues.schema import CHANNELS
from support_retainer.domain.history import History
from support_retainer.exceptions import UnreadableFile
from support_retainer.simulator import tickets_file
from support_retainer.simulator.export_file import Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import CsvError, Reading, Vocabulary
from support_retainer.simulator.tickets_file import UsageError
from support_retainer.site_time import site_zone

SHOWN = 50  # lines that could not be used; more help nobody
# What the command line asks for, in the words of the form.
ASKED = {
    "--activity-type": "Kind of Work",
    "--default-priority": "Priority of Tickets without One",
    "--date-format": "Date Format",
    "in the words of the catalogue": "in the words of the packages",
}


@dataclass
class Read:
    """A history, and what to say about the file it is from."""

    history: History
    lines: int
    bad_lines: int
    notes: list[str]
    problems: list[str] = field(default_factory=list)


def read(
    doctype: str, name: str, file: str, product: str, told: Told, time_zone: str = "", date_format: str = ""
) -> Read:
    """The history in a File of the record. Raises UnreadableFile, PermissionError for a file of another record."""
    path = _path_of(doctype, name, file)
    moments = _moments(product, time_zone, date_format)
    problems: list[str] = []

    def report(line: int, reason: str) -> None:
        if len(problems) < SHOWN:
            problems.append(_("Line {0}: {1}").format(line, in_words_of_the_form(reason)))

    try:
        with tickets_file.opened(path) as lines:
            reading, notes = tickets_file.read_any(lines, product, told, _vocabulary(), moments, report)
        history, _left_out = tickets_file.history_of(reading, moments, None, None)
    except (CsvError, UsageError, OSError) as problem:
        said = [in_words_of_the_form(str(problem)), *problems[:5]]
        text = "<br>".join(frappe.utils.escape_html(one) for one in said)
        frappe.throw(text, UnreadableFile, title=_("The file can't be replayed"))
    notes = [f"{note[:1].upper()}{note[1:]}." for note in (*notes, *_unlisted(reading))]
    return Read(history, reading.lines, reading.bad_lines, notes, problems)


def _unlisted(reading: Reading) -> list[str]:
    return [
        _("{0} is no kind of work that the packages know ({1} times); it counts as included support").format(
            kind, times
        )
        for kind, times in sorted(reading.unlisted.items())
    ]


def in_words_of_the_form(text: str) -> str:
    for option, label in ASKED.items():
        text = text.replace(option, _(label))
    return text


def _path_of(doctype: str, name: str, file: str) -> Path:
    doc = frappe.get_doc("File", file)
    doc.check_permission("read")
    if (doc.attached_to_doctype, doc.attached_to_name) != (doctype, name):
        raise frappe.PermissionError(_("Attach the file to {0} first.").format(bold(name)))
    return Path(doc.get_full_path())


def _moments(product: str, time_zone: str, date_format: str) -> Moments:
    if product and product not in EXPORTS:
        frappe.throw(_("Choose the helpdesk that wrote the file."), UnreadableFile)
    formats = [date_format] if date_format else EXPORTS[product].date_formats if product else ()
    try:
        return Moments(time_zone or site_zone().key, *formats)
    except (KeyError, ValueError, OSError):
        zone = bold(frappe.utils.escape_html(time_zone))
        frappe.throw(
            _("{0} is not a known time zone. Choose one such as Asia/Dubai or Europe/Stockholm.").format(zone),
            UnreadableFile,
        )


def _vocabulary() -> Vocabulary:
    priorities = frappe.get_all("Issue Priority", pluck="name", order_by="name")
    return Vocabulary.of(priorities, CHANNELS, frappe.get_all("Activity Type", pluck="name"))
