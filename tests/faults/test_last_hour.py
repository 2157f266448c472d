"""Eight people log time against the last hour of one contract at the same second: nobody gets a minute twice."""

import json
import subprocess
import sys
from pathlib import Path

import frappe
import pytest

from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.stories import assert_books_balance, at, balances, on_contract

PEOPLE = 8
MINUTES = 20  # each; the hour is enough for three of them

# Loads the draft, as a request does before it submits, and only then waits for the others.
SUBMIT = """
import sys, time
import frappe
site, sheet = sys.argv[1:3]
frappe.init(site=site, sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
frappe.flags.current_time = frappe.utils.get_datetime("2026-09-14 19:30:00.123456")
doc = frappe.get_doc("Timesheet", sheet)
print("ready", flush=True)
sys.stdin.readline()
for attempt in range(5):
    try:
        doc.submit()
        frappe.db.commit()
        print("submitted", flush=True)
        break
    except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
        frappe.db.rollback()
        doc = frappe.get_doc("Timesheet", sheet)
frappe.destroy()
"""


def submit_all_at_once(site: str, sheets: list[str]) -> list[str]:
    """Submit each sheet in a process of its own, all released together; what each process said last."""
    people = [
        subprocess.Popen(
            [sys.executable, "-c", SUBMIT, site, sheet],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path.cwd(),
        )
        for sheet in sheets
    ]
    for person in people:
        assert person.stdout.readline() == "ready\n", person.stderr.read()
    for person in people:
        person.stdin.write("\n")
        person.stdin.flush()
    answers = [person.communicate(timeout=120) for person in people]
    assert all(person.returncode == 0 for person in people), json.dumps(answers)
    return [out.strip() for out, _ in answers]


def coverage(sheets: list[str]) -> dict[str, int]:
    """Minutes by kind of coverage over all the sheets."""
    rows = frappe.get_all(
        "Timesheet Detail",
        {"parent": ["in", sheets], "docstatus": 1},
        ["retainer_coverage", "retainer_billed_minutes"],
    )
    minutes: dict[str, int] = {}
    for row in rows:
        minutes[row.retainer_coverage] = minutes.get(row.retainer_coverage, 0) + row.retainer_billed_minutes
    return minutes


@pytest.mark.commits
def test_of_eight_at_once_exactly_the_last_hour_is_included(site):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 180))
    drafts = [make_timesheet(on_contract(contract, "2026-09-14 14:00", MINUTES), submit=False) for _ in range(PEOPLE)]
    sheets = [draft.name for draft in drafts]
    frappe.db.commit()

    assert submit_all_at_once(site, sheets) == ["submitted"] * PEOPLE
    frappe.db.rollback()
    assert coverage(sheets) == {"Included": 60, "Overage": PEOPLE * MINUTES - 60}
    assert balances(contract) == {"Support Hours": 0}
    assert_books_balance(contract, "2026-08-30")


@pytest.mark.commits
def test_people_on_different_contracts_do_not_stop_each_other(site):
    at("2026-09-14 19:30")
    contracts = [make_contract("Starter", "2026-08-31") for _ in range(4)]
    drafts = [
        make_timesheet(on_contract(contract, "2026-09-14 10:00", 90), submit=False)
        for contract in contracts
        for _ in range(2)
    ]
    sheets = [draft.name for draft in drafts]
    frappe.db.commit()

    assert submit_all_at_once(site, sheets) == ["submitted"] * len(sheets)
    frappe.db.rollback()
    assert coverage(sheets) == {"Included": 4 * 120, "Overage": 4 * 60}
    for contract in contracts:
        assert balances(contract) == {"Support Hours": 0}


@pytest.mark.commits
def test_the_emergency_minimum_of_one_incident_is_charged_once_to_two_people(site):
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    incident = make_issue(contract)
    night = {"issue": incident.name, "from_time": "2026-09-11 20:00", "minutes": 30}
    sheets = [make_timesheet(dict(night), submit=False).name for _ in range(2)]
    frappe.db.commit()

    assert submit_all_at_once(site, sheets) == ["submitted"] * 2
    frappe.db.rollback()
    assert coverage(sheets) == {"Emergency": 120}
