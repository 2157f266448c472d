"""Eight processes log time against one contract's last hour, fifty times over; the books balance every time."""

import subprocess
import sys
from pathlib import Path

import frappe
import pytest

from support_retainer.hours import audit
from support_retainer.testing import make_contract, make_timesheet

PEOPLE = 8
ROUNDS = 50
MINUTES = 20  # each; the hour is enough for three of them

# Each keeps its connection over all rounds, as a web worker does; it loads the draft before it waits for the others.
WORKER = """
import sys
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
for sheet in sys.stdin:
    frappe.db.rollback()
    frappe.local.flags = frappe._dict(currently_saving=[])
    frappe.flags.current_time = frappe.utils.get_datetime("2026-09-14 19:30:00.123456")
    doc = frappe.get_doc("Timesheet", sheet.strip())
    print("ready", flush=True)
    sys.stdin.readline()
    for attempt in range(8):
        try:
            doc.submit()
            frappe.db.commit()
            print("submitted", flush=True)
            break
        except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
            frappe.db.rollback()
            doc = frappe.get_doc("Timesheet", sheet.strip())
    else:
        print("gave up", flush=True)
"""


@pytest.fixture
def people(site):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, site],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=Path.cwd(),
        )
        for _ in range(PEOPLE)
    ]
    yield started
    for person in started:
        person.stdin.close()
        person.wait(timeout=30)


def all_at_once(people, sheets):
    for person, sheet in zip(people, sheets, strict=True):
        person.stdin.write(f"{sheet}\n")
    assert [person.stdout.readline() for person in people] == ["ready\n"] * PEOPLE
    for person in people:
        person.stdin.write("go\n")
    return [person.stdout.readline().strip() for person in people]


def give_an_hour(contract):
    values = {"pool": "Support Hours", "hours": 1, "reason": "The hour they race for"}
    frappe.get_doc(doctype="Hour Adjustment", contract=contract.name, **values).insert().submit()


def minutes_by_coverage(sheets):
    rows = frappe.get_all(
        "Timesheet Detail", {"parent": ["in", sheets]}, ["retainer_coverage", "retainer_billed_minutes"]
    )
    kinds = {row.retainer_coverage for row in rows}
    return {kind: sum(row.retainer_billed_minutes for row in rows if row.retainer_coverage == kind) for kind in kinds}


@pytest.mark.commits
def test_the_last_hour_is_given_once_fifty_times_over(site, people):
    frappe.flags.current_time = frappe.utils.get_datetime("2026-09-14 19:30:00.123456")
    contract = make_contract("Growth", "2026-08-31")
    row = {"retainer_contract": contract.name, "from_time": "2026-09-14 14:00:00"}
    make_timesheet({**row, "minutes": 240})
    for _ in range(ROUNDS):
        give_an_hour(contract)
        sheets = [make_timesheet({**row, "minutes": MINUTES}, submit=False).name for _ in range(PEOPLE)]
        frappe.db.commit()

        assert all_at_once(people, sheets) == ["submitted"] * PEOPLE
        frappe.db.rollback()
        assert minutes_by_coverage(sheets) == {"Included": 60, "Overage": PEOPLE * MINUTES - 60}
        assert [found.sentence() for found in audit.differences(contract)] == []
        assert frappe.db.get_value("Hour Ledger", {"contract": contract.name}, "balance_minutes") == 0
