"""The simulator reads what Frappe's own exports write; Frappe Helpdesk's tickets leave the site in the same ways.

An Issue stands for its HD Ticket: the fields that are read have the same labels, names and types there.
"""

import io
import json

import frappe
import pytest
from frappe.core.doctype.data_export import exporter as data_export
from frappe.core.doctype.data_import.exporter import Exporter
from frappe.desk import reportview

from support_retainer.simulator.export_file import ExportFile, Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import Vocabulary, read_records
from support_retainer.site_time import site_zone, to_utc
from support_retainer.testing import make_issue

FIELDS = ["name", "priority", "opening_date", "opening_time", "first_responded_on", "sla_resolution_date"]
OPENED = "2026-02-02 09:15:30.204518"
PRIORITIES = ("P1 Critical", "P2 High", "P3 Medium", "P4 Low")


@pytest.fixture
def ticket(site):
    """An answered and solved ticket; its time of day has a fraction, as one has that was made just now."""
    if not frappe.db.exists("Issue Priority", "High"):
        frappe.get_doc(doctype="Issue Priority", name="High").insert()
    issue = make_issue(None, opening_date="2026-02-02", opening_time="09:15:30.204518", priority="High")
    stored = {"first_responded_on": "2026-02-02 10:00:00.123456", "sla_resolution_date": "2026-02-03 09:00:00"}
    frappe.db.set_value("Issue", issue.name, {**stored, "creation": OPENED}, update_modified=False)
    return issue.name


def in_list_view(name, fields=FIELDS):
    frappe.local.form_dict = frappe._dict(
        doctype="Issue",
        title="Issue",
        fields=json.dumps(fields),
        filters=json.dumps([["name", "=", name]]),
        file_format_type="CSV",
        view="Report",
    )
    reportview.export_query()
    return frappe.response["filecontent"].decode()


def in_list_view_as_shown_first(name):
    return in_list_view(name, ["name", "priority", "creation", "first_responded_on", "sla_resolution_date"])


def in_data_import(name):
    made = Exporter("Issue", {"Issue": FIELDS}, export_data=True, export_filters={"name": name})
    made.build_response()
    return frappe.response["result"]


def in_data_export(name, with_header=True):
    data_export.export_data(
        doctype="Issue",
        select_columns=json.dumps({"Issue": FIELDS}),
        filters=json.dumps([["name", "=", name]]),
        template=with_header,
        with_data=1,
        export_without_column_meta=not with_header,
    )
    return frappe.response["result"]


def in_data_export_without_header(name):
    return in_data_export(name, with_header=False)


BY_THE_SITE = "%d-%m-%Y %H:%M:%S"  # Data Export writes days as the site's settings say


@pytest.mark.commits
@pytest.mark.parametrize(
    ("exported", "date_format"),
    [
        (in_list_view, ()),
        (in_list_view_as_shown_first, ()),
        (in_data_import, ()),
        (in_data_export, (BY_THE_SITE,)),
        (in_data_export_without_header, (BY_THE_SITE,)),
    ],
)
def test_a_ticket_is_read_as_the_site_knows_it(site, ticket, exported, date_format):
    moments, said = Moments(site_zone().key, *date_format), []

    def report(line, reason):
        said.append((line, reason))

    file = ExportFile(io.StringIO(exported(ticket), newline=""), EXPORTS["helpdesk"], Told(), moments, report)
    (read,) = read_records(file.records(), Vocabulary.of(PRIORITIES, (), ()), moments, report).tickets.values()
    assert (read.name, read.priority, said) == (ticket, "P2 High", [])
    assert read.opened_at == to_utc(frappe.utils.get_datetime(OPENED).replace(microsecond=0))
    assert read.first_response_at == to_utc(frappe.utils.get_datetime("2026-02-02 10:00:00"))
    assert read.resolved_at == to_utc(frappe.utils.get_datetime("2026-02-03 09:00:00"))
