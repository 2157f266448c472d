"""MariaDB goes down in the middle of a run and comes up again: a server of the test's own, killed and started."""

import os
import subprocess
import time

import frappe
import pytest

from support_retainer.testing import make_contract, make_fiscal_year
from tests.support.site import bench_command
from tests.support.stories import at

pytestmark = pytest.mark.commits
ON = "2026-11-01"
CONTRACTS = 25


@pytest.fixture
def elsewhere(server):
    """The environment in which a bench command works on the private server's copy of the site."""
    at("2026-11-01 09:00")
    make_fiscal_year(ON)
    for _ in range(CONTRACTS):
        make_contract("Growth", ON)
    frappe.db.commit()
    server.copy(frappe.conf)
    return {**os.environ, "FRAPPE_DB_HOST": "127.0.0.1", "FRAPPE_DB_PORT": str(server.port)}


def run(site, elsewhere, *words):
    return subprocess.run(
        bench_command(site, "retainer", *words), env=elsewhere, capture_output=True, text=True, check=False, timeout=180
    )


def of_invoices(server, what):
    return server.ask(f"select {what} from `{frappe.conf.db_name}`.`tabSales Invoice` where docstatus = 1")


def test_a_run_whose_database_is_killed_and_restarted_is_made_good_by_the_next_one(site, server, elsewhere):
    interrupted = subprocess.Popen(
        bench_command(site, "retainer", "bill", "--on", ON),
        env=elsewhere,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    until = time.monotonic() + 60
    while int(of_invoices(server, "count(*)")) < 5:
        assert time.monotonic() < until, "the run never began to bill"
        time.sleep(0.02)
    server.kill()
    server.start()
    interrupted.communicate(timeout=120)
    assert int(of_invoices(server, "count(*)")) < CONTRACTS, "the run was to be cut off in its middle"

    again = run(site, elsewhere, "bill", "--on", ON)
    assert again.returncode == 0, again.stdout + again.stderr
    count, contracts = of_invoices(server, "count(*), count(distinct retainer_contract)").split()
    numbers = of_invoices(server, "max(right(name, 5)) - min(right(name, 5)) + 1")
    assert (int(count), int(contracts), float(numbers)) == (CONTRACTS, CONTRACTS, CONTRACTS)
    audited = run(site, elsewhere, "audit", "--on", ON)
    assert audited.returncode == 0, audited.stdout + audited.stderr
