"""A month's reports for 1,000 contracts with 50,000 tickets and 200,000 rows of time: queries, seconds and memory each.

One contract with its ticket and its time is made as users make them; the others are copies in bulk. The first reports
are made in this process, which counts the queries of its own connection; all others are queued in batches and worked
off by an RQ worker, whose memory is watched. PDFs are made from the drafts.
"""

import os
import sys
from collections.abc import Callable
from statistics import mean
from time import perf_counter

import frappe

from benchmarks.bars import verdict
from benchmarks.connection import connect, statements
from benchmarks.reports_worker import Watched, work_off

NEEDS_SITE = True
CONTRACTS = int(os.environ.get("REPORT_CONTRACTS", "1000"))
TICKETS, ROWS = 50, 200  # of each contract
WARM, COUNTED = 10, 50
PDFS = 20
ON = "2026-05-01 08:00:00.000123"
PERIOD = "2026-04-01"
MOST_SECONDS, MOST_QUERIES, MOST_PDF_SECONDS, MOST_GROWTH_MB = 0.5, 40, 2.0, 20


def template() -> str:
    """One client of Professional with a ticket and a row of time in April."""
    from support_retainer.testing import make_contract, make_issue, make_timesheet

    frappe.flags.current_time = frappe.utils.get_datetime("2026-01-31 09:00:00.000123")
    contract = make_contract("Professional", "2026-01-01", billing_anchor="Calendar Month")
    issue = make_issue(contract, opening_date="2026-04-07", opening_time="09:00:00")
    frappe.flags.current_time = frappe.utils.get_datetime("2026-04-08 19:00:00.000123")
    row = {"issue": issue.name, "from_time": "2026-04-08 09:00", "minutes": 30, "activity_type": "User Support"}
    make_timesheet(row)
    frappe.db.commit()
    return contract.name


def fill(like: str) -> list[str]:
    """The other contracts, and everybody's tickets and time spread over four months; returns all contracts."""
    issue = frappe.db.get_value("Issue", {"retainer_contract": like})
    detail = frappe.db.get_value("Timesheet Detail", {"retainer_contract": like})
    names = [like, *(f"RET-CROWD-{number:06}" for number in range(1, CONTRACTS))]
    copy("Retainer Contract", {"name": like}, names[1:], {"name": lambda row, name, n: name})
    child = {"name": lambda row, name, n: f"{row['name']}-{name}", "parent": lambda row, name, n: name}
    copy("Retainer Contract Term", {"parent": like}, names[1:], child)
    of_contract = {
        "name": lambda row, name, n: f"{row['name']}-{name}-{n}",
        "retainer_contract": lambda row, name, n: name,
    }
    days = {"opening_date": lambda row, name, n: frappe.utils.add_days(row["opening_date"], -(n * 7) % 120)}
    copy("Issue", {"name": issue}, names, {**of_contract, **days}, TICKETS)
    times = {
        time: lambda row, name, n, time=time: frappe.utils.add_days(row[time], -(n * 7) % 120)
        for time in ("from_time", "to_time")
    }
    copy("Timesheet Detail", {"name": detail}, names, {**of_contract, **times}, ROWS)
    frappe.db.commit()
    for doctype in ("Issue", "Timesheet Detail", "Retainer Contract", "Retainer Contract Term"):
        frappe.db.sql(f"analyze table `tab{doctype}`")
    return names


def copy(doctype: str, filters: dict, names: list[str], changed: dict[str, Callable], times: int = 1) -> None:
    columns = [row[0] for row in frappe.db.sql(f"show columns from `tab{doctype}`")]
    rows = frappe.db.get_all(doctype, filters=filters, fields=[f"`{column}`" for column in columns])
    values = (
        tuple(changed[column](row, name, number) if column in changed else row.get(column) for column in columns)
        for name in names
        for number in range(times)
        for row in rows
    )
    frappe.db.bulk_insert(doctype, columns, values, chunk_size=2_000)


def queries(names: list[str]) -> float:
    """Of one report, as this connection's own count has it."""
    from support_retainer.reporting.drafts import make_batch

    frappe.flags.current_time = frappe.utils.get_datetime(ON)
    wanted = [(name, "Monthly", PERIOD) for name in names[: WARM + COUNTED]]
    make_batch(wanted[:WARM])  # warms the caches, as a worker that has run before
    asked = statements()
    make_batch(wanted[WARM:])
    frappe.flags.current_time = None
    return (statements() - asked) / COUNTED


def by_worker(names: list[str]) -> tuple[float, Watched]:
    """Seconds of a report on the worker, and what was seen of it; every contract has its report then."""
    before = frappe.db.count("Support Report")
    watched = work_off(ON[:10])
    missing = len(names) - frappe.db.count("Support Report", {"period_start": PERIOD, "kind": "Monthly"})
    assert not missing, f"{missing} reports were not made"
    return watched.seconds / (frappe.db.count("Support Report") - before), watched


def pdfs() -> float:
    from support_retainer.reporting import pdf

    names = frappe.get_all("Support Report", {"period_start": PERIOD}, pluck="name", limit=PDFS)
    pdf.make(frappe.get_doc("Support Report", names[0]))  # cuts the fonts, once on each machine
    took = []
    for name in names:
        start = perf_counter()
        pdf.make(frappe.get_doc("Support Report", name))
        took.append(perf_counter() - start)
    return mean(took)


def main() -> int:
    connect()
    names = fill(template())
    print(f"{len(names):,} contracts, {len(names) * TICKETS:,} tickets, {len(names) * ROWS:,} rows of time")
    asked = queries(names)
    seconds, watched = by_worker(names)
    pdf_seconds = pdfs()
    jobs = watched.jobs
    print(
        f"{len(jobs)} jobs on one worker, {watched.seconds:.0f} s; it holds {watched.first:.0f} MB after its first job "
        f"and {watched.last:.0f} MB at the end, a job {min(jobs):.0f} to {max(jobs):.0f} MB"
    )
    grown, more = watched.last - watched.first, max(jobs[len(jobs) // 2 :]) - max(jobs[: len(jobs) // 2])
    both = seconds + pdf_seconds
    bars = [
        (f"a report takes {seconds:.3f} s on the worker, at most {MOST_SECONDS}", seconds <= MOST_SECONDS),
        (f"a report asks {asked:.1f} queries, at most {MOST_QUERIES}", asked <= MOST_QUERIES),
        (f"the worker grows by {grown:.1f} MB over all, at most {MOST_GROWTH_MB}", grown <= MOST_GROWTH_MB),
        (f"later jobs need {more:.1f} MB more than earlier ones, at most {MOST_GROWTH_MB}", more <= MOST_GROWTH_MB),
        (f"report and PDF take {both:.2f} s, at most {MOST_PDF_SECONDS}", both <= MOST_PDF_SECONDS),
    ]
    return verdict(bars)


if __name__ == "__main__":
    sys.exit(main())
