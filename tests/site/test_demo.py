"""`retainer demo` on a site that has only been through the setup wizard; told once for all tests of this file."""

from collections import Counter
from dataclasses import dataclass

import frappe
import pytest
from frappe.utils import getdate

from support_retainer.billing.audit import audit
from support_retainer.demo import Demo, records, tell
from support_retainer.demo.story import AGENT, CLIENTS, MANAGER
from support_retainer.monitoring import view
from support_retainer.monitoring.run import due
from support_retainer.site_time import utc_now
from tests.support.site import forget_caches, fresh

WRITTEN = (
    *("User", "Employee", "Customer", "Contact", "Account", "Currency Exchange", "Fiscal Year"),
    *("Retainer Contract", "Retainer Billing Period", "Retainer Billing Run", "Hour Ledger", "Hour Ledger Entry"),
    *("Issue", "SLA Event", "Communication", "Timesheet", "Timesheet Detail", "Warranty Claim"),
    *("Sales Invoice", "Sales Invoice Item", "GL Entry", "Email Queue"),
    *("Managed Site", "Site Check", "Site Check Rollup", "Site Incident", "Restore Test", "Maintenance Job"),
    *("Support Report",),
)


class Interrupted(Exception):
    pass


@dataclass
class Tellings:
    """The demo as told on after an interruption, told again, and how many rows there were after each."""

    first: Demo
    again: Demo
    rows_first: dict[str, int]
    rows_again: dict[str, int]


@pytest.fixture(scope="module")
def told(baseline, site_name):
    fresh(site_name)
    interrupt_after(30)
    first = tell()
    rows_first = rows()
    again = tell()
    yield Tellings(first, again, rows_first, rows())
    baseline.restore()
    forget_caches()


def interrupt_after(acts: int) -> None:
    write, left = records.write, iter(range(acts))

    def write_or_stop(scene):
        if next(left, None) is None:
            raise Interrupted
        write(scene)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "write", write_or_stop)
        with pytest.raises(Interrupted):
            tell()
    frappe.db.rollback()


def rows() -> dict[str, int]:
    return {doctype: frappe.db.count(doctype) for doctype in WRITTEN}


def contract_of(told: Tellings, package: str) -> str:
    return told.first.contracts[next(client.name for client in CLIENTS if client.package == package)]


def values(doctype: str, fieldname: str, **filters: object) -> list:
    return frappe.get_all(doctype, filters=filters, pluck=fieldname)


def test_one_client_of_each_catalogue_has_an_active_contract(told):
    catalogues = [
        frappe.db.get_value("Support Package", frappe.db.get_value("Retainer Contract", name, "package"), "catalogue")
        for name in told.first.contracts.values()
    ]
    assert sorted(catalogues) == ["000", "001", "002", "003", "004"]
    assert values("Retainer Contract", "status") == ["Active"] * 5


def test_told_twice_is_the_same_as_told_once(told):
    assert told.rows_again == told.rows_first
    assert told.again.contracts == told.first.contracts


def test_an_interrupted_story_goes_on_where_it_stopped(told):
    subjects = Counter(values("Issue", "subject"))
    assert sorted(subjects) == sorted(ticket.subject for client in CLIENTS for ticket in client.tickets)
    assert set(subjects.values()) == {1}


def test_the_audit_finds_nothing(told):
    found = audit()
    assert found.contracts == 5
    assert found.differences == ()


def test_every_month_up_to_today_is_invoiced(told):
    for contract in told.first.contracts.values():
        states = values("Retainer Billing Period", "status", contract=contract)
        assert Counter(states) == {"Invoiced": 4, "Due": 1}
        assert min(values("Retainer Billing Period", "bill_on", contract=contract, status="Due")) > getdate()


def test_the_client_of_000_has_a_site_with_a_past(told):
    name = values("Managed Site", "name", contract=contract_of(told, "Professional"))[0]
    facts = view.facts(view.site_of("Falcon Marine Supplies", name), utc_now())
    whole = [one for _days, one in facts["uptime"]]
    assert whole[0].percent == 100
    assert 99 < whole[-1].percent < 100
    assert [row.check for row in facts["incidents"]] == ["Uptime"]
    assert facts["restore"].status == "Passed"
    states = Counter(values("Maintenance Job", "status", site=name))
    assert states["Done"] >= 9
    assert values("Maintenance Job", "approval", site=name, status="Planned", kind="Upgrade") == ["Asked"]
    assert due(utc_now()) == []


def test_the_client_of_000_has_a_report_that_tells_of_the_site(told):
    reports = values("Support Report", "name", contract=contract_of(told, "Professional"))
    assert reports
    assert any("erp.falconmarine.example" in frappe.get_doc("Support Report", name).as_json() for name in reports)


def test_invoices_are_in_the_currency_of_each_offer(told):
    found = {
        client.package: set(
            values("Sales Invoice", "currency", retainer_contract=told.first.contracts[client.name], docstatus=1)
        )
        for client in CLIENTS
    }
    assert found == {
        "Professional": {"AED"},
        "Self-Hosted ERPNext Support": {"USD"},
        "Ongoing Support": {"USD"},
        "Standard": {"INR"},
        "Maintenance and Support": {"SEK"},
    }


def test_the_client_of_000_meets_every_kind_of_coverage(told):
    contract = contract_of(told, "Professional")
    found = set(values("Timesheet Detail", "retainer_coverage", retainer_contract=contract, docstatus=1))
    assert found == {"Warranty", "Included", "Overage", "Emergency", "Free", "Hourly", "Daily"}


def test_the_emergency_at_night_is_charged_at_its_minimum_and_the_day_on_site_by_the_day(told):
    contract = contract_of(told, "Professional")
    invoices = values("Sales Invoice", "name", retainer_contract=contract, docstatus=1)
    amounts = Counter(values("Sales Invoice Item", "amount", parent=("in", invoices)))
    assert amounts == {800.0: 4, 300.0: 1, 600.0: 1, 2000.0: 1, 150.0: 1}


def test_lines_of_code_are_charged_by_tiers_the_import_at_the_discounted_rate_and_the_upgrade_its_fee(told):
    contract = contract_of(told, "Maintenance and Support")
    invoices = values("Sales Invoice", "name", retainer_contract=contract, docstatus=1)
    amounts = Counter(values("Sales Invoice Item", "amount", parent=("in", invoices)))
    assert amounts == {40900.0: 4, 1980.0: 1, 9900.0: 1}


def test_the_timesheet_that_was_wrong_is_cancelled_and_entered_again(told):
    wrong = frappe.get_last_doc("Timesheet", {"docstatus": 2})
    right = frappe.get_last_doc("Timesheet", {"amended_from": wrong.name})
    assert right.docstatus == 1
    assert {row.retainer_coverage for row in wrong.time_logs} == {"Hourly"}
    assert {row.retainer_coverage for row in right.time_logs} == {"Included"}


def test_sla_events_and_messages_happened_at_the_times_of_the_story(told):
    today = getdate()
    assert all(at.date() < today for at in values("SLA Event", "at"))
    assert all(at.date() < today for at in values("Communication", "creation", reference_doctype="Issue"))
    assert len({at.date() for at in values("SLA Event", "at", event="Opened")}) > 15


def test_tickets_are_met_missed_paused_and_open(told):
    states = Counter(values("Issue", "agreement_status"))
    assert states["Fulfilled"] > states["Failed"] > 0
    assert states["Resolution Due"] > 0
    assert max(values("Issue", "total_hold_time")) > 0
    assert {"Open", "Replied", "Resolved", "Closed"} == set(values("Issue", "status"))


def test_tickets_come_by_every_channel_and_priority(told):
    assert set(values("Issue", "retainer_channel")) == {"Portal", "Email", "Phone", "WhatsApp", "Monitoring"}
    assert set(values("Issue", "priority")) == {"P1 Critical", "P2 High", "P3 Medium", "P4 Low"}


def test_passwords_are_told_once_and_only_to_the_call_that_gave_them(told):
    first = {login["user"]: login.get("password", "") for login in told.first.as_dict()["users"]}
    assert set(first) == {MANAGER.email, AGENT.email, *(client.user for client in CLIENTS)}
    assert min(len(password) for password in first.values()) >= 12
    assert len(set(first.values())) == len(first)
    assert not any("password" in login for login in told.again.as_dict()["users"])


def test_the_passwords_let_the_people_in(told):
    from frappe.utils.password import check_password

    for login in told.first.as_dict()["users"]:
        assert check_password(login["user"], login["password"]) == login["user"]


def test_each_client_is_a_website_user_of_their_own_customer_only(told):
    for client in CLIENTS:
        customers = values("Portal User", "parent", user=client.user, parenttype="Customer")
        assert [frappe.db.get_value("Customer", name, "customer_name") for name in customers] == [client.name]
        assert frappe.db.get_value("User", client.user, "user_type") == "Website User"


def test_no_mail_leaves_the_site(told):
    assert told.rows_first["Email Queue"] == 0
    assert values("Error Log", "name") == []


def test_the_command_prints_what_a_script_can_read(told, bench):
    import json

    done = bench("retainer", "demo", "--json", check=True)
    assert json.loads(done.stdout)["contracts"] == told.first.contracts


def test_the_lines_for_people_name_every_client_and_login(told):
    text = "\n".join(told.again.lines())
    assert all(client.name in text and client.user in text for client in CLIENTS)
