"""The long one: a run over two hundred contracts is killed thirty times, cut off, and left without Redis."""

import os
import random
import signal
import subprocess
import time

import frappe
import pytest

from support_retainer.billing import run as billing_run
from support_retainer.billing import run_record
from support_retainer.billing.audit import audit
from support_retainer.testing import bill, invoiced_starts, make_contract, make_customer, make_fiscal_year
from tests.support.site import bench_command
from tests.support.stories import at

pytestmark = pytest.mark.commits
ON = "2026-11-01"
CONTRACTS, KILLS = 200, 30


def crowd(count: int) -> list[str]:
    """Contracts that have one period to bill each; ten clients share them, on projects of their own."""
    at("2026-11-01 09:00")
    make_fiscal_year(ON)
    customers = [make_customer() for _ in range(10)]
    made = []
    for number in range(count):
        customer = customers[number % len(customers)]
        project = frappe.get_doc(doctype="Project", project_name=f"{customer} {number}", customer=customer).insert()
        made.append(make_contract("Growth", ON, customer=customer, project=project.name).name)
    frappe.db.commit()
    return made


def start(site: str, **env: str) -> "subprocess.Popen[str]":
    command = bench_command(site, "retainer", "bill", "--on", ON)
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **env}
    )


def invoiced() -> int:
    frappe.db.rollback()
    return frappe.db.count("Sales Invoice", {"docstatus": 1})


def assert_one_invoice_each(contracts: list[str]) -> None:
    """One submitted invoice for each period, no number missing between the first and the last, clean books."""
    frappe.db.rollback()
    made = frappe.get_all(
        "Sales Invoice",
        filters={"retainer_contract": ["in", contracts], "docstatus": 1},
        fields=["name", "retainer_contract"],
        order_by="name",
    )
    assert sorted(invoice.retainer_contract for invoice in made) == sorted(contracts)
    numbers = [int(invoice.name.rsplit("-", 1)[1]) for invoice in made]
    assert numbers == list(range(numbers[0], numbers[0] + len(contracts)))
    assert audit(ON).lines()[:-1] == []


def test_a_run_killed_thirty_times_bills_each_of_two_hundred_contracts_once(site):
    contracts = crowd(CONTRACTS)
    moments = random.Random(2026)
    for _ in range(KILLS):
        before = invoiced()
        run = start(site)
        wait_until_working(run, before)
        time.sleep(moments.uniform(0, 0.6))
        run.send_signal(signal.SIGKILL)
        run.communicate()
    bill(ON)
    assert_one_invoice_each(contracts)


def wait_until_working(run: "subprocess.Popen[str]", before: int) -> None:
    """Until the run has made an invoice more, or has ended because there is nothing left."""
    until = time.monotonic() + 60
    while run.poll() is None and invoiced() == before:
        assert time.monotonic() < until, "the run never began to bill"
        time.sleep(0.02)


def test_a_run_whose_connection_is_cut_is_made_good_by_the_next_one(site):
    contracts = crowd(20)
    run = start(site)
    wait_until_working(run, 0)
    cut_connections()
    run.communicate(timeout=120)
    bill(ON)
    assert_one_invoice_each(contracts)


def cut_connections() -> None:
    """What a restart of MariaDB is to its clients: every connection but ours is gone in the middle of its work."""
    mine = frappe.db.sql("select connection_id()")[0][0]
    for (connection,) in frappe.db.sql(
        "select id from information_schema.processlist where db = database() and id != %s", mine
    ):
        frappe.db.sql(f"kill connection {int(connection)}")


def test_billing_goes_on_without_redis(site):
    contracts = crowd(5)
    nowhere = "redis://127.0.0.1:1"
    run = start(site, FRAPPE_REDIS_CACHE=nowhere, FRAPPE_REDIS_QUEUE=nowhere)
    said = run.communicate(timeout=180)[0]
    assert run.returncode == 0, said
    assert_one_invoice_each(contracts)


def test_a_run_whose_workers_died_does_not_hold_up_the_next_one(site):
    crowd(1)
    dead = run_record.start(frappe.utils.getdate(ON), planned=1, batches=1)
    assert billing_run.bill_what_is_due() is None
    frappe.db.set_value("Retainer Billing Run", dead.name, "modified", "2026-01-01", update_modified=False)
    run_record.mark_interrupted()
    assert frappe.db.get_value("Retainer Billing Run", dead.name, "status") == "Interrupted"


@pytest.mark.parametrize(
    ("go_live", "on", "starts"),
    [
        ("2027-11-30", "2028-03-31", ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]),
        ("2027-01-31", "2027-04-30", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2026-10-20", "2026-11-27", ["2026-10-20", "2026-11-20"]),
    ],
    ids=["leap day", "month ends", "a missed week"],
)
def test_a_clock_that_jumps_bills_every_period_between(site, go_live, on, starts):
    for year in ("2026", "2027", "2028"):
        make_fiscal_year(f"{year}-06-01")
    contract = make_contract("Growth", go_live)
    bill(on, contract)
    assert invoiced_starts(contract) == starts


@pytest.mark.parametrize(
    "back", ["2026-10-25 01:30", "2026-10-24 23:59", "2026-09-01 00:00"], ids=["DST", "a day", "weeks"]
)
def test_a_clock_that_goes_back_bills_nothing_twice(site, back):
    at("2026-10-25 02:30")
    contract = make_contract("Growth", "2026-08-25")
    bill("2026-10-25", contract)
    moment = at(back)
    bill(moment.date(), contract)
    at("2026-10-25 03:30")
    bill("2026-10-25", contract)
    assert invoiced_starts(contract) == ["2026-08-25", "2026-09-25", "2026-10-25"]
