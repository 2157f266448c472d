"""What a Support Report says of the client's sites: exact figures from visits, incidents, jobs, backups and tests."""

import json

import frappe
import pytest

from support_retainer.domain.site_use import Use
from support_retainer.maintenance import report_sections as maintenance
from support_retainer.monitoring import report_sections as monitoring
from support_retainer.monitoring import rollup, use
from support_retainer.reporting import drafts, rendering
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_user
from tests.support.stories import at

FIRST, LAST = frappe.utils.getdate("2026-01-31"), frappe.utils.getdate("2026-02-27")
SHOP, ERP = "shop.client.example", "erp.client.example"


def insert(doctype, **values):
    return frappe.get_doc(doctype=doctype, **values).insert(ignore_permissions=True)


def visits(site, day, up, down=0, **values):
    values = {"timed": up, "response_ms": 400 * up, "slowest_ms": 900, **values}
    return insert("Site Check Rollup", site=site, day=day, up=up, down=down, **values)


def incident(began, ended=None, **values):
    values = {"check": "Uptime", "title": "x", "reason": "internal words", **values}
    status = "Over" if ended else "Open"
    return insert("Site Incident", started_at=began, ended_at=ended, status=status, **values)


@pytest.fixture
def contract(site):
    at("2026-01-31 09:00")
    made = make_contract("Professional", "2026-01-31")
    for name in (ERP, SHOP):
        make_site(made, site_name=name)
    at("2026-02-28 09:00")
    return made


def monitored(contract):
    return {section["key"]: section for section in monitoring.sections(contract, FIRST, LAST)}


def maintained(contract):
    return {section["key"]: section for section in maintenance.sections(contract, FIRST, LAST)}


def test_nothing_is_said_of_what_nobody_looked_at(contract):
    assert monitored(contract) == maintained(contract) == {}


def test_a_contract_without_sites_has_no_section(site):
    at("2026-01-31 09:00")
    alone = make_contract("Professional", "2026-01-31")
    assert monitored(alone) == maintained(alone) == {}


def test_availability_is_that_of_the_period_and_the_worst_site_counts(contract):
    visits(ERP, "2026-01-30", 0, 100)
    visits(ERP, "2026-01-31", 288)
    visits(ERP, "2026-02-27", 278, 10, excused=5)
    visits(SHOP, "2026-02-01", 100, 0, response_ms=250_000, slowest_ms=4100)
    visits(ERP, "2026-02-28", 0, 100)
    section = monitored(contract)["uptime"]
    assert [one["value"] for one in section["figures"]] == ["98.52 %", "715 ms", "0"]
    assert section["rows"] == [
        [ERP, "98.26 %", "400 ms", "900 ms", "0"],
        [SHOP, "100.00 %", "2500 ms", "4100 ms", "0"],
    ]
    assert section["note"] == "Announced maintenance does not count."
    assert section["site"] == {"uptime_percent": 98.26, "response_ms": 2500}


def test_a_site_that_is_no_longer_watched_counts_for_when_it_was(contract):
    visits(ERP, "2026-02-01", 10)
    frappe.db.set_value("Managed Site", {"contract": contract.name}, "enabled", 0)
    assert [row[0] for row in monitored(contract)["uptime"]["rows"]] == [ERP]


def test_incidents_of_the_period_are_told_without_what_is_ours(contract):
    visits(ERP, "2026-02-01", 10)
    incident("2026-01-30 10:00:00", "2026-01-30 11:00:00", site=ERP)
    incident("2026-01-30 23:00:00", "2026-01-31 00:30:00", site=ERP, check="Scheduler")
    incident("2026-02-10 10:00:00", "2026-02-10 10:25:00", provider="Cloud", sites=f"{SHOP}\nother.example")
    incident("2026-02-27 23:59:00", site=SHOP)
    incident("2026-02-28 00:00:00", site=SHOP)
    made = monitored(contract)
    assert made["incidents"]["rows"] == [
        [ERP, "Scheduler", "30 Jan 2026 23:00", "1:30 h"],
        [SHOP, "Outage at the provider", "10 Feb 2026 10:00", "25 min"],
        [SHOP, "Uptime", "27 Feb 2026 23:59", "not over yet"],
    ]
    assert made["uptime"]["figures"][2]["value"] == "3"
    assert "other.example" not in str(made)
    assert "internal words" not in str(made)


def test_the_version_is_compared_with_the_newest_of_its_line(contract):
    frappe.db.set_value("Managed Site", ERP, "versions", "erpnext 14.9.1\nfrappe 14.9.0")
    frappe.db.set_value("Managed Site", SHOP, "versions", "erpnext 14.20.0\nfrappe 14.20.0")
    section = monitored(contract)["versions"]
    assert section["rows"] == [
        [ERP, "ERPNext 14.9.1", "14.20.0", "11"],
        [SHOP, "ERPNext 14.20.0", "14.20.0", "0"],
    ]
    assert section["site"] == {"version": "14.9.1", "newest_version": "14.20.0"}


def test_a_release_or_two_behind_is_no_old_version(contract):
    frappe.db.set_value("Managed Site", ERP, "versions", "erpnext 14.19.0")
    frappe.db.set_value("Managed Site", SHOP, "versions", "erpnext 14.20.0")
    section = monitored(contract)["versions"]
    assert [row[3] for row in section["rows"]] == ["1", "0"]
    assert section["site"] == {}


def test_use_is_what_was_counted_last_in_the_period_and_only_where_it_was(contract):
    use.keep(ERP, LAST.replace(day=1), Use(3, {"Sales Invoice": 1}))
    use.keep(ERP, LAST, Use(12, {"Sales Invoice": 40, "Payment Entry": 8, "Task": 5, "Lead": 0}))
    use.keep(ERP, frappe.utils.add_days(LAST, 1), Use(99, {"Sales Invoice": 99}))
    section = monitored(contract)["use"]
    assert section["rows"] == [[ERP, "27 Feb 2026", "12", "53", "Accounts 48, Projects 5"]]
    assert section["note"] == "In the 30 days up to the day on which it was counted."


def test_nothing_made_is_another_thing_than_nothing_known(contract):
    use.keep(ERP, LAST, Use(4))
    use.keep(SHOP, LAST, Use(0, {"Task": 0}))
    assert monitored(contract)["use"]["rows"] == [
        [ERP, "27 Feb 2026", "4", "–", "–"],
        [SHOP, "27 Feb 2026", "0", "0", "–"],
    ]


@pytest.mark.commits
def test_what_was_counted_stays_when_the_visits_of_the_day_are_summed_up(contract):
    use.keep(ERP, LAST, Use(12, {"Task": 5}))
    insert("Site Check", site=ERP, at="2026-02-27 10:00:00", is_up=1, response_ms=300)
    frappe.db.commit()
    rollup.sum_up((LAST,))
    use.keep(ERP, LAST, Use(13, {"Task": 6}))
    kept = frappe.get_all("Site Check Rollup", {"site": ERP}, ["up", "response_ms"])
    assert kept == [{"up": 1, "response_ms": 300}]
    assert use.newest([ERP], FIRST, LAST)[ERP] == (LAST, Use(13, {"Task": 6}))
    assert use.counted_on(LAST) == {ERP}


@pytest.mark.commits
def test_a_site_of_this_bench_is_counted_in_its_own_database(contract, site_name):
    frappe.db.set_value("Managed Site", ERP, "local_site", site_name)
    frappe.db.set_value("Managed Site", SHOP, "local_site", "gone.client.example")
    for number in range(2):
        insert("Task", subject=f"Counted {number}")
    frappe.db.set_value("User", make_user("Projects User"), "last_active", "2026-02-20 10:00:00")
    frappe.db.commit()
    use.count_local_sites()
    ((day, counted),) = use.newest([ERP, SHOP], FIRST, frappe.utils.add_days(LAST, 1)).values()
    people = {"enabled": 1, "user_type": "System User", "name": ["not in", ["Administrator", "Guest"]]}
    since = frappe.utils.add_days(day, -30)
    assert str(since) == "2026-01-29"
    assert counted.active_users == frappe.db.count("User", {**people, "last_active": [">=", since]}) >= 1
    assert counted.documents["Task"] == frappe.db.count("Task", {"creation": [">=", since]}) >= 2
    assert "Sales Invoice" in counted.documents
    assert frappe.db.exists("Error Log", {"method": ["like", f"Use of {SHOP}%"]})


def job(contract, title, due, **values):
    record = insert("Maintenance Job", title=title, due_date=due, contract=contract.name)
    record.db_set(values)


def test_maintenance_done_and_to_come(contract):
    job(contract, "Patches", "2026-02-10", site=ERP, status="Done", done_on="2026-02-27 23:30:00")
    job(
        contract,
        "Upgrade",
        "2026-02-05",
        status="Rolled Back",
        done_on="2026-02-05 10:00:00",
        note="The plug-in broke.",
    )
    job(contract, "Before", "2026-01-10", status="Done", done_on="2026-01-30 10:00:00")
    job(contract, "After", "2026-02-28", status="Done", done_on="2026-02-28 08:00:00")
    job(contract, "Late", "2026-02-20")
    job(contract, "Health check", "2026-03-30", site=SHOP, status="In Progress")
    job(contract, "Far off", "2026-03-31")
    made = maintained(contract)
    assert made["maintenance_done"]["rows"] == [
        ["Upgrade", "", "5 Feb 2026", "Rolled Back: The plug-in broke."],
        ["Patches", ERP, "27 Feb 2026", "Done"],
    ]
    assert made["maintenance_coming"]["rows"] == [
        ["Late", "", "20 Feb 2026", "Planned"],
        ["Health check", SHOP, "30 Mar 2026", "In Progress"],
    ]


def restore_test(site, status, day):
    insert("Restore Test", site=site, status=status, started_at=f"{day} 03:00:00", source="File")


def test_backups_and_the_proof_that_they_can_be_restored(contract):
    values = {"newest_backup_at": "2026-02-27 02:00:00", "newest_backup_mb": 812.5, "backup_kept_days": 30}
    frappe.db.set_value("Managed Site", ERP, {**values, "off_site_copied_at": "2026-02-26 04:00:00"})
    restore_test(ERP, "Passed", "2025-11-01")
    restore_test(ERP, "Failed", "2026-02-20")
    incident("2026-02-03 10:00:00", "2026-02-03 12:00:00", site=SHOP, check="Backup")
    incident("2026-01-03 10:00:00", "2026-01-03 12:00:00", site=SHOP, check="Backup")
    section = maintained(contract)["backups"]
    assert section["rows"] == [
        [ERP, "27 Feb 2026", "812.5 MB", "30 days", "26 Feb 2026", "Failed, 20 Feb 2026"],
        [SHOP, "–", "–", "–", "–", "none yet"],
    ]
    assert section["site"] == {"failed_backups": 2, "days_since_restore_test": 118}


def test_the_report_shows_the_sections_and_recommends_by_their_facts(contract):
    visits(ERP, "2026-02-01", 199, 1, response_ms=199 * 2500)
    frappe.db.set_value("Managed Site", ERP, "versions", "erpnext 14.9.1")
    frappe.db.set_value("Managed Site", SHOP, "versions", "erpnext 14.20.0")
    incident("2026-02-03 10:00:00", "2026-02-03 12:00:00", site=ERP, check="Backup")
    restore_test(ERP, "Passed", "2025-11-01")
    report = drafts.make(contract.name, "Monthly", "2026-02-10")
    assert {row.advice: row.fact for row in report.recommendations} == {
        "slow_site": "answers take 2500 ms, wanted are 2000 ms at most",
        "old_version": "version 14.9.1, current is 14.20.0",
        "failing_backups": "backups that failed: 1",
        "restore_test_due": "the last restore test is 118 days ago",
    }
    html = rendering.body(report)
    for text in ("99.50 %", "ERPNext 14.9.1", "3 Feb 2026 10:00", "Passed, 1 Nov 2025"):
        assert text in html
    keys = [section["key"] for section in json.loads(report.snapshot)["sections"]]
    assert keys == ["uptime", "incidents", "versions", "backups"]


def questions() -> int:
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def asked(contract) -> int:
    before = questions()
    monitoring.sections(contract, FIRST, LAST)
    maintenance.sections(contract, FIRST, LAST)
    return questions() - before - 1


def test_a_report_with_sites_is_made_within_forty_questions(contract):
    for name in (ERP, SHOP):
        visits(name, "2026-02-01", 10)
        use.keep(name, LAST, Use(3, {"Task": 3}))
    drafts.make(contract.name, "Weekly", "2026-02-10")
    before = questions()
    drafts.make(contract.name, "Monthly", "2026-02-10")
    assert questions() - before - 1 <= 40


def test_more_sites_ask_no_more_questions(contract):
    visits(ERP, "2026-02-01", 10)
    frappe.db.set_value("Managed Site", ERP, "versions", "erpnext 14.9.1")
    asked(contract)
    few = asked(contract)
    for number in range(5):
        name = f"erp{number}.client.example"
        make_site(contract, site_name=name, versions="erpnext 14.9.1")
        visits(name, "2026-02-01", 10)
        incident("2026-02-03 10:00:00", "2026-02-03 12:00:00", site=name)
    assert asked(contract) == few <= 10
