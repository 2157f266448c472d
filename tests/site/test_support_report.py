"""Reports: counted from real tickets and time, frozen, reviewed, sent, read, and followed up."""

import json
from datetime import date

import frappe
import pytest

from support_retainer.exceptions import DuplicateReport, NotAContact, NothingToDo, PeriodNotOver, ReportIsSent
from support_retainer.reporting import actions, api, drafts, providers, rendering, sending
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.outbox import make_outbox
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at, on_contract, worked


def ticket(contract, day, *, solved=None, answered=True, **values):
    """A ticket opened at nine, answered at ten by staff, and solved at `solved`."""
    at(f"{day} 09:00")
    issue = make_issue(contract, opening_date=day, opening_time="09:00:00", **values)
    if answered:
        at(f"{day} 10:00")
        frappe.get_doc(
            doctype="Communication",
            communication_type="Communication",
            communication_medium="Email",
            sent_or_received="Sent",
            reference_doctype="Issue",
            reference_name=issue.name,
            subject="Re",
            content="We look into it.",
            sender=frappe.session.user,
        ).insert()
    if solved:
        at(solved)
        issue.reload()
        issue.status = "Resolved"
        issue.save()
    return issue


@pytest.fixture
def contract(site):
    """A month of Professional from the 31st: eight hours, response within twelve hours, Sunday to Thursday."""
    at("2026-01-31 09:00")
    made = make_contract("Professional", "2026-01-31")
    ticket(made, "2026-02-02", solved="2026-02-02 15:00", priority="P2 High", retainer_cause="User Error")
    late = ticket(made, "2026-02-09", answered=False, retainer_cause="User Error")
    make_timesheet(worked(late, "2026-02-09 09:00", 8 * 60), worked(late, "2026-02-10 09:00", 60))
    at("2026-03-02 09:00")
    return made


@pytest.fixture
def post_office(contract):
    """An outgoing account; the mails stay in the queue."""
    make_outbox("reports@retainer.example")


@pytest.fixture
def report(contract):
    return drafts.make(contract.name, "Monthly", "2026-02-10")


def figures(report):
    return json.loads(report.snapshot)


def test_a_month_is_the_contracts_own(report):
    assert (report.period_start, report.period_end) == (date(2026, 1, 31), date(2026, 2, 27))


def test_tickets_are_counted_by_what_they_are(report):
    tickets = figures(report)["tickets"]
    assert (tickets["opened"], tickets["resolved"], tickets["open_at_end"]) == (2, 1, 1)
    assert tickets["by_cause"] == [["User Error", 2]]
    assert tickets["by_priority"] == [["P2 High", 1], ["P3 Medium", 1]]


def test_promises_are_judged_and_measured_against_the_targets(report):
    promises = figures(report)["promises"]
    assert (promises["response"]["met"], promises["response"]["missed"]) == (1, 1)
    urgent = next(row for row in promises["by_priority"] if row["priority"] == "P2 High")
    assert (urgent["response_target"], urgent["response"]["median_seconds"]) == (12 * 3600, 3600)
    assert urgent["resolution"]["median_seconds"] == 6 * 3600


def test_hours_come_from_the_ledger_and_end_with_its_balance(report):
    (pool,) = figures(report)["hours"]["pools"]
    assert (pool["allotted"], pool["used"], pool["balance"]) == (480, 480, 0)
    assert figures(report)["hours"]["by_kind"] == [["Included", 480, 480], ["Overage", 60, 60]]


@pytest.mark.commits
def test_additional_work_is_what_the_next_invoice_charges(contract, report):
    bill("2026-02-28", contract)
    period = {"contract": contract.name, "period_start": "2026-02-28"}
    invoice = frappe.get_doc("Sales Invoice", frappe.db.get_value("Retainer Billing Period", period, "sales_invoice"))
    charged = invoice.net_total - 800  # the fee of Professional
    assert float(figures(report)["charged"]) == charged == 150


def test_what_the_client_rated_is_told_in_stars(contract):
    frappe.db.set_value("Issue", {"retainer_contract": contract.name, "status": "Resolved"}, "retainer_rating", 0.8)
    frappe.db.set_value("Issue", {"retainer_contract": contract.name, "status": "Open"}, "retainer_rating", 0.2)
    report = drafts.make(contract.name, "Monthly", "2026-02-10")
    assert figures(report)["satisfaction"] == {"rated": 1, "stars": 4.0}
    assert figures(report)["trend"]["stars"] == [4.0]
    assert "4 of 5 stars" in rendering.body(report)


def test_a_report_nobody_rated_and_one_of_before_say_nothing_of_stars(report):
    assert "of 5 stars" not in rendering.body(report)
    frozen = figures(report)
    del frozen["satisfaction"]
    report.snapshot = json.dumps(frozen)
    assert "Tickets opened" in rendering.body(report)


def test_a_contract_that_began_and_ended_within_its_months_says_so(site):
    at("2026-01-13 09:00")
    made = make_contract("Growth", "2026-01-13", billing_anchor="Calendar Month")
    frappe.db.set_value("Retainer Contract", made.name, {"status": "Ended", "end_date": "2026-02-15"})
    at("2026-03-02 09:00")
    first, last = (figures(drafts.make(made.name, "Monthly", f"2026-0{month}-20")) for month in (1, 2))
    assert (first["period"], first["trend"]["starts"]) == (
        {"start": "2026-01-13", "end": "2026-01-31"},
        ["2026-01-13"],
    )
    assert (last["period"], last["trend"]["starts"]) == (
        {"start": "2026-02-01", "end": "2026-02-15"},
        ["2026-01-13", "2026-02-01"],
    )
    assert drafts.due(date(2026, 3, 2)) == []


def test_a_client_who_asked_nothing_sees_no_empty_frames(site):
    at("2026-01-01 09:00")
    made = make_contract("Growth", "2026-01-01", billing_anchor="Calendar Month")
    at("2026-02-02 09:00")
    html = rendering.body(drafts.make(made.name, "Monthly", "2026-01-01"))
    assert "<svg" not in html
    assert "No data" not in html
    assert html.count("<h2>") == 3


def test_merged_duplicates_are_no_tickets_of_their_own(contract):
    issue = ticket(contract, "2026-02-03")
    frappe.db.set_value("Issue", issue.name, "retainer_merged_into", "another")
    at("2026-03-02 09:00")
    assert figures(drafts.make(contract.name, "Monthly", "2026-02-10"))["tickets"]["opened"] == 2


def test_a_report_stays_as_it_was_when_the_facts_change(report):
    before = rendering.body(report)
    frappe.db.set_value("Issue", {"customer": report.customer}, {"retainer_cause": "Third Party", "subject": "Changed"})
    frappe.db.set_value("Customer", report.customer, "customer_name", "Renamed")
    assert rendering.body(frappe.get_doc("Support Report", report.name)) == before


def test_every_chart_has_its_table_and_no_script(report):
    html = rendering.body(report)
    assert html.count('role="img"') == html.count('class="beside"') == 3
    assert "<script" not in html
    assert rendering.body(report, with_charts=False).count("<svg") == 0


def test_what_clients_and_staff_typed_is_text(contract):
    issue = ticket(contract, "2026-02-04")
    frappe.db.set_value("Issue", issue.name, "subject", "<script>alert(1)</script>")
    at("2026-03-02 09:00")
    report = drafts.make(contract.name, "Monthly", "2026-02-10")
    report.summary = "<p onclick='steal()'>Good month<script>steal()</script></p>"
    html = rendering.body(report)
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert "onclick" not in html


def test_a_period_that_still_runs_has_no_report(contract):
    with pytest.raises(PeriodNotOver, match="Period from"):
        drafts.make(contract.name, "Monthly", "2026-03-02")


def test_a_period_has_one_report_of_a_kind(contract, report):
    with pytest.raises(DuplicateReport, match=report.name):
        drafts.make(contract.name, "Monthly", "2026-02-27")
    assert drafts.make(contract.name, "Weekly", "2026-02-10").period_start == date(2026, 2, 9)


def test_drafts_are_due_as_the_package_says_on_the_day_after(contract):
    at("2026-02-27 09:00")
    assert [row for row in drafts.due(date(2026, 2, 27)) if row[0] == contract.name] == []
    assert [row for row in drafts.due(date(2026, 2, 28)) if row[0] == contract.name] == [
        (contract.name, "Monthly", "2026-01-31")
    ]


def test_a_package_without_reports_gets_none(site):
    at("2026-01-31 09:00")
    starter = make_contract("Starter", "2026-01-31")
    assert starter.name not in [row[0] for row in drafts.due(date(2026, 2, 28))]


def test_a_quarter_is_reviewed_after_three_months(site):
    at("2026-01-31 09:00")
    made = make_contract("Enterprise", "2026-01-31")
    kinds = [row[1:] for row in drafts.due(date(2026, 4, 30)) if row[0] == made.name]
    assert kinds == [("Monthly", "2026-03-31"), ("Quarterly Review", "2026-01-31")]


def test_a_later_edit_of_the_package_promises_no_more_and_no_less(contract):
    frappe.db.set_value("Support Package", "Professional", {"monthly_report": 0, "weekly_report": 1})
    assert [row[1] for row in drafts.due(date(2026, 2, 28)) if row[0] == contract.name] == ["Monthly"]


@pytest.mark.commits
def test_a_batch_makes_each_draft_once_and_survives_a_failure(contract):
    frappe.db.commit()
    wanted = [("RET-NOT-THERE", "Monthly", "2026-01-31"), (contract.name, "Monthly", "2026-01-31")]
    drafts.make_batch(wanted)
    drafts.make_batch(wanted)
    assert frappe.get_all("Support Report", pluck="contract") == [contract.name]
    assert frappe.db.count("Error Log", {"method": ["like", "Support report failed: RET-NOT-THERE%"]}) == 2


def test_the_account_manager_is_told_and_the_first_change_is_a_review(contract):
    manager = make_user("Retainer Manager")
    contract.account_manager = manager
    contract.save()
    report = drafts.make(contract.name, "Monthly", "2026-02-10")
    assert report.status == "Draft"
    assert frappe.db.exists("Notification Log", {"for_user": manager, "document_name": report.name})
    with acting_as(manager):
        report.summary = "A good month."
        report.save()
    assert report.status == "In Review"


def test_figures_are_not_edited_but_counted_anew_until_sent(contract, report):
    report.append("recommendations", {"recommendation": "Meet more often", "action": "Task"})
    report.save()
    report.snapshot = "{}"
    with pytest.raises(ReportIsSent, match="frozen"):
        report.save()
    ticket(contract, "2026-02-05")
    at("2026-03-02 09:00")
    renewed = drafts.renew(report.name)
    assert figures(renewed)["tickets"]["opened"] == 3
    assert [row.recommendation for row in renewed.recommendations] == ["Meet more often"]


def test_a_report_is_mailed_to_those_who_receive_reports(contract, report, post_office, monkeypatch):
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)
    reader, other = make_client(contract, receives_reports=1), make_client(contract)
    assert sending.send(report.name) == [reader]
    queued = frappe.get_all("Email Queue", {"reference_name": report.name}, ["name", "message"])
    assert len(queued) == 1
    assert "Monthly Support Report" in queued[0].message
    assert "application/pdf" in queued[0].message
    assert "Disposition-Notification-To" in queued[0].message
    recipients = frappe.get_all("Email Queue Recipient", {"parent": queued[0].name}, pluck="recipient")
    assert recipients == [reader]
    assert other not in recipients


def test_nobody_to_read_is_said_before_anything_is_sent(report):
    with pytest.raises(NotAContact, match="Receives Reports"):
        sending.send(report.name)
    assert frappe.db.get_value("Support Report", report.name, "status") == "Draft"


def sent(contract, report):
    reader = make_client(contract, receives_reports=1)
    sending.send(report.name)
    return reader, frappe.get_doc("Support Report", report.name)


def test_what_was_sent_keeps_its_words_while_decisions_go_on(contract, report):
    report.append("recommendations", {"recommendation": "Train the users", "action": "Task"})
    report.save()
    _reader, done = sent(contract, report)
    done.recommendations[0].update({"decision": "Agreed", "decision_note": "In May"})
    done.save()
    for change in ({"summary": "Other words"}, {"recommendations": []}):
        done.reload()
        done.update(change)
        with pytest.raises(ReportIsSent, match="was sent"):
            done.save()
    done.reload()
    done.recommendations[0].recommendation = "Something else"
    with pytest.raises(ReportIsSent):
        done.save()
    with pytest.raises(ReportIsSent, match="stays on record"):
        frappe.delete_doc("Support Report", done.name)


def test_a_report_is_sent_once(contract, report):
    sent(contract, report)
    with pytest.raises(ReportIsSent, match="was sent on"):
        sending.send(report.name)


def test_who_read_it_is_noted_first_and_last(contract, report):
    reader, done = sent(contract, report)
    sending.mark_read(done, reader)
    at("2026-03-05 09:00")
    sending.mark_read(frappe.get_doc("Support Report", done.name), reader)
    (row,) = frappe.get_doc("Support Report", done.name).readings
    assert row.user == reader
    assert row.first_read_on < row.last_read_on


def test_a_comment_is_kept_as_text_and_told_to_the_account_manager(contract, report):
    manager = make_user("Retainer Manager")
    report.account_manager = manager
    report.save()
    reader, done = sent(contract, report)
    made = sending.comment(done, reader, "Why so many?\n<img src=x onerror=alert(1)>")
    assert "<img" not in made.content
    assert "Why so many?<br>" in made.content
    assert frappe.db.exists("Notification Log", {"for_user": manager, "subject": ["like", "%commented%"]})


def recommended(report, action):
    report.append("recommendations", {"recommendation": "Do it", "fact": "3 of 4", "action": action})
    report.save()
    return report.recommendations[-1].name


def test_a_recommendation_becomes_a_task_once(report):
    row = recommended(report, "Task")
    task = actions.take(report.name, row)
    report.reload()
    assert (task.doctype, task.subject, report.recommendations[-1].decision) == ("Task", "Do it", "Agreed")
    with pytest.raises(NothingToDo, match=task.name):
        actions.take(report.name, row)


def test_a_recommendation_becomes_an_estimate_in_the_contracts_currency(report):
    row = recommended(report, "Quotation")
    with pytest.raises(NothingToDo, match="how many hours"):
        actions.take(report.name, row)
    quotation = actions.take(report.name, row, hours=3, rate=200)
    assert (quotation.currency, quotation.net_total, quotation.retainer_contract) == ("AED", 600, report.contract)


def test_a_recommendation_changes_the_package_from_a_day_on(contract, report):
    row = recommended(report, "Package Change")
    changed = actions.take(report.name, row, package="Enterprise", on="2026-03-31")
    assert changed.name == contract.name
    assert changed.terms_on("2026-03-31").package == "Enterprise"
    assert changed.terms_on("2026-03-30").package == "Professional"


def test_a_package_change_without_a_package_is_a_task_to_talk_about(report):
    assert actions.take(report.name, recommended(report, "Package Change")).doctype == "Task"


def test_a_review_follows_up_what_the_one_before_agreed(site):
    at("2026-01-31 09:00")
    made = make_contract("Enterprise", "2026-01-31")
    at("2026-07-31 09:00")
    first = drafts.make(made.name, "Quarterly Review", "2026-01-31")
    for decision in ("Agreed", "Declined", "Done"):
        values = {"recommendation": decision, "decision": decision, "decision_note": "in May"}
        first.append("recommendations", values)
    first.save()
    second = drafts.make(made.name, "Quarterly Review", "2026-04-30")
    carried = [row for row in second.recommendations if row.carried_from]
    assert [(row.recommendation, row.decision_note, row.carried_from) for row in carried] == [
        ("Agreed", "in May", first.name)
    ]
    assert "agreed in an earlier review" in rendering.body(second)


def test_a_section_of_another_part_is_shown_and_its_figures_recommend(contract, monkeypatch):
    monkeypatch.setattr(providers, "registered", lambda: [("section", lambda: section)])
    found = providers.sections(contract, date(2026, 1, 31), date(2026, 2, 27))
    assert found[0]["title"] == "Availability"
    assert providers.site_facts([*found, {"site": {"uptime_percent": 97.0}}]).uptime_percent == 97.0


def test_a_section_that_fails_is_logged_and_left_out(contract, monkeypatch):
    monkeypatch.setattr(providers, "registered", lambda: [("nothing", lambda: nothing)])
    assert providers.sections(contract, date(2026, 1, 31), date(2026, 2, 27)) == []


def section(contract, first, last):
    return [{"key": "uptime", "title": "Availability", "site": {"uptime_percent": 99.0, "version": "15.1"}}]


def nothing(contract, first, last):
    raise RuntimeError("the monitor is gone")


def test_the_client_reads_it_in_his_language(contract):
    frappe.db.set_value("Customer", contract.customer, "language", "ar")
    frappe.clear_cache(doctype="Customer")
    at("2026-03-02 09:00")
    html = rendering.body(drafts.make(contract.name, "Monthly", "2026-02-10"))
    assert 'dir="rtl" lang="ar"' in html
    assert "فبراير" in html


def test_a_week_runs_from_monday_to_sunday_and_is_compared_with_weeks(contract):
    report = drafts.make(contract.name, "Weekly", "2026-02-11")
    assert (report.period_start, report.period_end) == (date(2026, 2, 9), date(2026, 2, 15))
    assert figures(report)["trend"]["opened"] == [0, 1, 1]


def test_time_without_a_ticket_counts_too(contract):
    at("2026-02-20 12:00")
    make_timesheet(on_contract(contract, "2026-02-19 10:00", 30))
    at("2026-03-02 09:00")
    report = drafts.make(contract.name, "Monthly", "2026-02-10")
    assert sum(worked for _kind, _minutes, worked in figures(report)["hours"]["by_kind"]) == 9 * 60 + 30


def test_strangers_and_readers_of_the_desk_may_not_make_or_send(report):
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        api.preview(report.name)
    with acting_as(make_user("Accounts User")):
        assert "Monthly Support Report" in api.preview(report.name)["html"]
        with pytest.raises(frappe.PermissionError):
            api.send(report.name)
