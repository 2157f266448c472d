"""Hours, contract and colleagues in the portal: read by every contact, changed by those who may."""

import csv
import io

import frappe
import pytest

from support_retainer.billing import suspension
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.exceptions import InvalidNotice, NotAnApprover
from support_retainer.hours import approvals
from support_retainer.portal import access, contract, hours, people, top_ups
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at, balances, worked
from tests.support.web import Web, with_password


@pytest.fixture
def agreed():
    at("2026-09-14 10:00")
    return make_contract("Growth", "2026-08-31")


def read_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_statement_has_every_piece_of_work_with_coverage_and_reason(agreed):
    user = make_client(agreed)
    issue = make_issue(agreed, raised_by=user, subject="Payslips")
    make_timesheet(worked(issue, "2026-09-14 09:00", 90))
    with acting_as(user):
        shown = hours.hours()
    pool = shown["pools"][0]
    assert (pool["used"], pool["balance"]) == (90, pool["allotted"] - 90)
    row = shown["rows"][0]
    assert (row["subject"], row["counted"], row["coverage"]) == ("Payslips", 90, "Included")
    assert "included hours" in row["reason"]


def test_another_period_is_chosen_by_any_of_its_days_and_never_lies_outside_the_contract(agreed):
    at("2026-11-05 10:00")
    client = access.client(make_client(agreed))
    starts = [
        str(hours.statement(client, first=day).first) for day in ("2026-10-05", "2020-01-01", "nonsense", "2030-01-01")
    ]
    assert starts == ["2026-09-30", "2026-08-31", "2026-10-31", "2026-10-31"]
    assert [str(first) for first, _last in hours.periods(client.contract)] == ["2026-10-31", "2026-09-30", "2026-08-31"]


def test_a_contact_with_own_tickets_reads_the_work_on_those_only(agreed):
    narrow, colleague = make_client(agreed, tickets="Own"), make_client(agreed)
    for user, start in ((narrow, "09:00"), (colleague, "11:00")):
        make_timesheet(worked(make_issue(agreed, raised_by=user, subject=user), f"2026-09-14 {start}", 30))
    assert [row["subject"] for row in hours.statement(access.client(narrow)).rows] == [narrow]
    assert len(hours.statement(access.client(colleague)).rows) == 2


@pytest.mark.commits
def test_the_statement_is_downloaded_as_csv_without_formulas_and_as_pdf(site, agreed):
    user = make_client(agreed)
    issue = make_issue(agreed, raised_by=user, subject="=HYPERLINK(1)")
    make_timesheet(worked(issue, "2026-09-14 09:00", 90))
    web = Web(site, with_password(user))
    rows = read_csv(web.get("/api/method/support_retainer.portal.hours.as_csv", {"first": "2026-09-14"}))
    assert rows[0][0] == "Date"
    assert (rows[1][2], rows[1][6], rows[1][7]) == ("'=HYPERLINK(1)", "90", "Included")
    pdf = web.get("/api/method/support_retainer.portal.hours.as_pdf", {"first": "2026-09-14"})
    assert pdf.data.startswith(b"%PDF")
    assert "attachment" in pdf.headers["Content-Disposition"]


@pytest.mark.commits
def test_the_client_reads_what_each_kind_of_work_costs(site, agreed):
    page = Web(site, with_password(make_client(agreed))).get("/support/contract").get_data(as_text=True)
    costs = page[page.index("What each kind of work costs") :]
    for text in ("Custom Development", "by estimate", "On-Site Visit", "Not Offered", "Training", "150.00 an hour"):
        assert text in costs


def test_an_approver_answers_for_more_hours_up_to_the_limit(agreed):
    at("2026-09-14 11:00")
    asked = approvals.request(agreed.name, 120, "Data import")
    reader, approver = make_client(agreed), make_client(agreed, can_approve=1, approval_limit=10_000)
    with acting_as(reader), pytest.raises(NotAnApprover):
        hours.answer(asked.name, 1)
    with acting_as(approver):
        assert [row.name for row in hours.page(access.client())["requests"]] == [asked.name]
        hours.answer(asked.name, 1, "Go on")
    asked.reload()
    assert (asked.status, asked.decided_by) == ("Approved", approver)


def test_an_approver_buys_a_pack_and_nobody_else(agreed):
    pack = frappe.get_doc(
        doctype="Item",
        item_code="Ten More Hours",
        item_group=frappe.get_all("Item Group", {"is_group": 0}, pluck="name", limit=1)[0],
        stock_uom="Nos",
        is_stock_item=0,
        retainer_top_up_hours=10,
    ).insert()
    prices = frappe.get_doc(
        doctype="Price List", price_list_name="Portal", currency=agreed.currency, selling=1, enabled=1
    ).insert()
    frappe.get_doc(
        doctype="Item Price",
        item_code=pack.name,
        price_list=prices.name,
        selling=1,
        price_list_rate=400,
        valid_from="2026-01-01",
    ).insert()
    before = sum(balances(agreed).values())
    for user in (make_client(agreed), make_client(agreed, can_approve=1, approval_limit=399)):
        with acting_as(user), pytest.raises(NotAnApprover):
            top_ups.buy(agreed.name, pack.name)
    with acting_as(make_client(agreed, can_approve=1, approval_limit=400)) as user:
        assert [row.price for row in hours.page(access.client())["packs"]] == [400]
        invoice = frappe.get_doc("Sales Invoice", top_ups.buy(agreed.name, pack.name))
        assert frappe.session.user == user
    assert (invoice.docstatus, invoice.net_total, invoice.retainer_contract) == (1, 400, agreed.name)
    assert sum(balances(agreed).values()) == before + 600


def test_notice_is_given_by_an_admin_on_the_end_that_was_shown_and_withdrawn(agreed):
    reader, admin = make_client(agreed), make_client(agreed, is_admin=1)
    with acting_as(reader), pytest.raises(frappe.PermissionError):
        contract.preview_notice(agreed.name)
    with acting_as(admin):
        shown = contract.preview_notice(agreed.name)
        with pytest.raises(frappe.ValidationError, match="would end"):
            contract.give_notice(agreed.name, "2026-09-15")
        assert contract.give_notice(agreed.name, shown["end_date"]) == shown["end_date"]
        agreed.reload()
        assert (agreed.status, str(agreed.end_date)) == ("Notice Given", shown["end_date"])
        contract.withdraw_notice(agreed.name)
    agreed.reload()
    assert (agreed.status, agreed.end_date) == ("Active", None)


def test_notice_is_withdrawn_on_the_page_while_service_is_on_hold_and_not_given_twice(agreed):
    admin = make_client(agreed, is_admin=1)
    with acting_as(admin):
        contract.give_notice(agreed.name, contract.preview_notice(agreed.name)["end_date"])
    suspension.suspend(agreed.reload(), SuspendedFor.OVERDUE)
    with acting_as(admin):
        shown = contract.page(access.client())
        assert (shown["contract"].status, shown["may_withdraw"], shown["notice"]) == ("Suspended", True, None)
        assert "Notice was given" in shown["until"]
        with pytest.raises(InvalidNotice, match="already"):
            contract.preview_notice(agreed.name)
        contract.withdraw_notice(agreed.name)
    agreed.reload()
    assert (agreed.status, agreed.notice_given_on, agreed.end_date) == ("Suspended", None, None)


def test_another_package_is_asked_for_with_a_ticket_and_changes_nothing(agreed):
    with acting_as(make_client(agreed, is_admin=1)):
        offered = [row.name for row in contract.other_packages(access.client().contract)]
        path = contract.request_package(agreed.name, "Professional", "From January, please")
        with pytest.raises(access.NotFound):
            contract.request_package(agreed.name, "Ongoing Support")
    assert "Professional" in offered
    assert "Growth" not in offered
    issue = frappe.get_doc("Issue", path.rsplit("/", 1)[1])
    assert issue.retainer_contract == agreed.name
    assert "From January" in issue.description
    agreed.reload()
    assert len(agreed.terms) == 1


def test_an_admin_invites_a_colleague_who_gets_exactly_these_rights(agreed):
    with acting_as(make_client(agreed, is_admin=1)):
        people.invite(
            agreed.name, "New.Colleague@client.example", "Noor", tickets="Own", can_approve=1, approval_limit=50
        )
        with pytest.raises(people.CannotChangePeople, match="already"):
            people.invite(agreed.name, "new.colleague@client.example", "Noor")
    user = frappe.get_doc("User", "new.colleague@client.example")
    assert (user.user_type, [row.role for row in user.roles]) == ("Website User", ["Customer"])
    client = access.client(user.name)
    assert client.on(agreed.name) == access.Rights(True, 50.0, False, True)
    assert frappe.get_doc("Contact", {"email_id": user.name}).has_link("Customer", agreed.customer)


def test_staff_and_closed_accounts_are_not_invited(agreed):
    closed = make_client(make_contract())
    frappe.db.set_value("User", closed, "enabled", 0)
    with acting_as(make_client(agreed, is_admin=1)):
        for email in (make_user("Retainer Agent"), closed):
            with pytest.raises(people.CannotChangePeople, match="cannot be invited"):
                people.invite(agreed.name, email, "Sam")


def test_somebody_of_the_client_stays_admin_and_a_removed_colleague_is_out(agreed):
    admin, colleague = make_client(agreed, is_admin=1), make_client(agreed)
    with acting_as(admin):
        with pytest.raises(people.CannotChangePeople, match="stay"):
            people.change(agreed.name, admin)
        people.remove(agreed.name, colleague)
    with pytest.raises(access.NotAClient):
        access.client(colleague)


def test_only_an_admin_changes_people(agreed):
    user = make_client(agreed, can_approve=1)
    with acting_as(user):
        for call in (people.change, people.remove):
            with pytest.raises(frappe.PermissionError):
                call(agreed.name, user)
        with pytest.raises(frappe.PermissionError):
            people.invite(agreed.name, "x@client.example", "X")
