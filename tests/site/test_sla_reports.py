"""Reports about promises: what was met and missed, how long it took, what is at risk."""

import frappe
import pytest
from frappe.desk.query_report import run

from support_retainer.testing import make_contract, make_issue
from tests.support.stories import at
from tests.support.tickets import named_user, say, set_status, staff

MONDAY = {"opening_date": "2026-09-14", "opening_time": "10:00:00"}
PERIOD = {"from_date": "2026-09-01", "to_date": "2026-09-30"}


@pytest.fixture
def clients():
    """Growth: one ticket answered and solved in time. Enterprise: one answered late and paused, one still open."""
    at("2026-09-14 10:00")
    growth = make_issue(make_contract("Growth", "2026-08-31"), priority="P1 Critical", **MONDAY)
    contract = make_contract("Enterprise", "2026-08-31")
    late = make_issue(contract, priority="P3 Medium", **MONDAY)
    waiting = make_issue(contract, priority="P2 High", **MONDAY)
    agent = staff()
    at("2026-09-14 12:00")
    for issue in (growth, late):
        say(issue, agent)
    set_status(late, "On Hold")
    at("2026-09-14 15:00")
    set_status(late, "Resolved")
    set_status(growth, "Resolved")
    return frappe._dict(growth=growth, late=late, waiting=waiting, agent=agent)


def rows(report: str, **filters) -> dict[str, dict]:
    result = run(report, filters=filters, ignore_prepared_report=True)["result"]
    key = "issue" if report.startswith("Open") else "grouped"
    return {row[key]: row for row in result if isinstance(row, dict)}


def test_compliance_counts_met_missed_and_paused_by_package(clients):
    found = rows("SLA Compliance", group_by="Package", **PERIOD)
    growth, enterprise = found["Growth"], found["Enterprise"]
    assert (growth["tickets"], growth["response_met"], growth["response_percent"]) == (1, 1, 100)
    assert (growth["resolution_met"], growth["paused"]) == (1, 0)
    assert (enterprise["tickets"], enterprise["open"], enterprise["response_missed"]) == (2, 1, 2)
    assert (enterprise["resolution_met"], enterprise["paused"], enterprise["paused_hours"]) == (1, 1, 3)


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [("Month", {"2026-09"}), ("Priority", {"P1 Critical", "P2 High", "P3 Medium"}), ("Client", None)],
)
def test_compliance_groups_by_month_priority_and_client(clients, group_by, groups):
    found = rows("SLA Compliance", group_by=group_by, **PERIOD)
    assert set(found) == (groups or {clients.growth.customer, clients.late.customer})
    assert sum(row["tickets"] for row in found.values()) == 3


def test_compliance_filters_by_client_package_and_day(clients):
    assert set(rows("SLA Compliance", group_by="Package", package="Growth", **PERIOD)) == {"Growth"}
    assert set(rows("SLA Compliance", customer=clients.late.customer, **PERIOD)) == {clients.late.customer}
    assert rows("SLA Compliance", from_date="2026-10-01", to_date="2026-10-31") == {}


def test_a_ticket_on_hold_is_not_late_while_it_waits(clients):
    set_status(clients.waiting, "On Hold")
    at("2026-09-29 10:00")
    assert rows("SLA Compliance", group_by="Priority", **PERIOD)["P2 High"]["resolution_missed"] == 0


def test_a_merged_duplicate_does_not_count_twice(clients):
    from support_retainer.sla.merge import merge

    merge(clients.waiting.name, clients.late.name)
    assert rows("SLA Compliance", group_by="Month", **PERIOD)["2026-09"]["tickets"] == 2


def test_percentiles_are_working_hours_without_pauses(clients):
    found = rows("Response and Resolution Percentiles", group_by="Package", **PERIOD)
    assert (found["Growth"]["response_50"], found["Growth"]["resolution_95"]) == (2, 5)
    assert (found["Enterprise"]["response_count"], found["Enterprise"]["resolution_90"]) == (1, 2)


def test_a_percentile_is_the_time_that_many_of_a_hundred_took():
    from support_retainer.retainer.report.response_and_resolution_percentiles import (
        response_and_resolution_percentiles as report,
    )

    hours = [3600.0 * number for number in range(1, 11)]
    assert [report.percentile(hours, number) for number in (50, 75, 90, 95)] == [5, 8, 9, 10]
    assert report.percentile([], 50) is None


def test_open_tickets_are_listed_by_what_is_left(clients):
    at("2026-09-14 10:20")
    fresh = make_issue(customer=clients.late.customer, priority="P3 Medium")
    at("2026-09-14 10:50")
    found = rows("Open and At Risk Issues")
    assert set(found) == {clients.waiting.name, fresh.name}
    assert (found[fresh.name]["state"], found[fresh.name]["hours_left"]) == ("On Track", 0.5)
    assert found[fresh.name]["package"] == "Enterprise"

    at("2026-09-14 11:10")
    found = rows("Open and At Risk Issues")
    assert (found[fresh.name]["state"], found[fresh.name]["percent"]) == ("At Risk", 83.3)
    assert next(iter(found)) == clients.waiting.name, "the missed one comes first"
    assert found[clients.waiting.name]["state"] == "Missed"
    assert set(rows("Open and At Risk Issues", state="At Risk")) == {fresh.name}


@pytest.mark.parametrize("report", ["SLA Compliance", "Response and Resolution Percentiles", "Open and At Risk Issues"])
def test_reports_are_for_staff_and_show_what_the_user_may_see(clients, report):
    frappe.set_user(named_user("stranger@client.example", "Website User"))
    with pytest.raises(frappe.PermissionError):
        run(report, filters=PERIOD)
    frappe.set_user("Administrator")
    frappe.get_doc(
        doctype="User Permission", user=clients.agent, allow="Customer", for_value=clients.growth.customer
    ).insert()
    frappe.set_user(clients.agent)
    text = frappe.as_json(run(report, filters=PERIOD, ignore_prepared_report=True)["result"])
    assert clients.late.customer not in text
