"""A pass over 500 sites on loopback that answer after 200 ms, some of which hang and some refuse, in one worker;
and the client's page on 90 days of samples of them.

The sites are served by a process of their own. The bars: the pass takes less than 60 s and 250 MB, and one whose
hanging sites are many takes no longer for the others; the page takes less than 300 ms and at most 15 statements.
"""

import multiprocessing
import os
import resource
import sys
from statistics import median
from time import perf_counter

import frappe
from frappe.model.document import Document

from benchmarks.bars import Bars, verdict
from benchmarks.checks_servers import serve
from benchmarks.connection import connect
from benchmarks.statements import counted_statements
from support_retainer.monitoring import rollup
from support_retainer.monitoring.run import check_sites
from support_retainer.testing import make_contract
from tests.support.web import Web, with_password

NEEDS_SITE = True

SITES, HANGING, REFUSING = 500, 25, 25
DAYS = 90
ROUNDS = 15
USER = "benchmark@client.example"

MOST_SECONDS = 60.0
MOST_MEGABYTES = 250
MOST_PAGE_SECONDS = 0.3
MOST_STATEMENTS = 15


def prepare(port: int, silent: int, refusing: int) -> str:
    """Sites in the table, as one contract's; written straight, as 500 forms are not what is measured. Returns one."""
    contract = make_contract("Enterprise", "2026-01-31")
    first = frappe.get_doc(
        doctype="Managed Site", site_name="pattern.example", url="http://127.0.0.1/", internal=1, contract=contract.name
    ).insert()
    columns = [name for name in frappe.db.get_table_columns("Managed Site") if name not in ("name", "site_name", "url")]
    listed = ", ".join(f"`{name}`" for name in columns)
    ports = [silent] * HANGING + [refusing] * REFUSING + [port] * (SITES - HANGING - REFUSING)
    for number, own in enumerate(ports):
        name, url = f"site-{number:03}.client.example", f"http://127.0.0.1:{own}/"
        frappe.db.sql(
            f"insert into `tabManaged Site` (name, site_name, url, {listed}) select %s, %s, %s, {listed}"  # noqa: S608
            " from `tabManaged Site` where name = %s",
            (name, name, url, first.name),
        )
    frappe.db.sql("update `tabManaged Site` set enabled = 0 where name = %s", first.name)
    admit(contract)
    frappe.db.commit()
    return f"site-{SITES - 1:03}.client.example"


def admit(contract: Document) -> None:
    """A person of the client who opens the portal."""
    user = frappe.get_doc(doctype="User", email=USER, first_name="Kim", user_type="Website User", send_welcome_email=0)
    user.append_roles("Customer")
    user.insert(ignore_if_duplicate=True)
    contract.append("contacts", {"user": USER, "can_approve": 1})
    contract.save()
    customer = frappe.get_doc("Customer", contract.customer)
    customer.append("portal_users", {"user": USER})
    customer.save()


def reset() -> None:
    frappe.db.sql("update `tabManaged Site` set last_checked_at = null")
    frappe.db.commit()


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def samples_of(days: int) -> None:
    """A visit each five minutes for all sites: the samples of 14 days, and before them the days' sums alone."""
    for day in range(min(days, rollup.SAMPLES_KEPT_DAYS)):
        frappe.db.sql(
            """insert into `tabSite Check` (name, creation, modified, site, at, is_up, response_ms, http_status, bad)
            select concat(site.name, '-', %(day)s, '-', visit.seq), now(), now(), site.name,
                timestamp(curdate() - interval %(day)s day) + interval visit.seq * 5 minute, visit.seq != 17,
                150 + visit.seq, 200, ''
            from `tabManaged Site` site, seq_0_to_287 visit where site.enabled = 1""",
            {"day": day},
        )
        frappe.db.commit()
    frappe.db.sql(
        """insert into `tabSite Check Rollup`
            (name, creation, modified, site, day, up, down, excused, timed, response_ms, slowest_ms)
        select concat(site.name, '-', day.seq), now(), now(), site.name, curdate() - interval day.seq day,
            287, 1, 0, 288, 288 * 290, 437
        from `tabManaged Site` site, seq_1_to_400 day where site.enabled = 1"""
    )
    frappe.db.commit()
    for table in ("tabSite Check", "tabSite Check Rollup"):
        frappe.db.sql_ddl(f"analyze table `{table}`")


def measure_pass(bars: Bars) -> None:
    before, done = megabytes(), check_sites()
    print(f"  {done.lines()[0]}; memory {megabytes():.0f} MB (before the pass {before:.0f} MB)")
    well = SITES - HANGING - REFUSING
    bars.append((f"{done.sites} sites visited, {done.up} up, {done.down} down", (done.sites, done.up) == (SITES, well)))
    bars.append((f"the pass: {done.seconds:.1f} s <= {MOST_SECONDS:.0f} s", done.seconds <= MOST_SECONDS))
    bars.append((f"memory: {megabytes():.0f} MB <= {MOST_MEGABYTES} MB", megabytes() <= MOST_MEGABYTES))


def measure_alone(bars: Bars) -> None:
    """The same sites without those that hang: what hanging costs is at most its own time-out."""
    from support_retainer.monitoring.fetch import TOTAL_SECONDS

    reset()
    frappe.db.sql("update `tabManaged Site` set last_checked_at = now() where name < %s", (f"site-{HANGING:03}",))
    frappe.db.commit()
    alone = check_sites().seconds
    reset()
    together = check_sites().seconds
    print(f"  without the hanging ones {alone:.1f} s, with them {together:.1f} s")
    more = together - alone
    most = TOTAL_SECONDS + 3
    bars.append((f"the hanging ones cost {more:.1f} s <= {most:.0f} s, their time-out and a little", more <= most))


def measure_page(site: str, bars: Bars) -> None:
    """The whole request as the client's browser makes it: session, rights, facts, HTML."""
    rollup.sum_up()
    with_password(USER)
    web, seconds, asked = Web(os.environ["RETAINER_SITE"], USER), [], 0
    for _warming_up in range(2):
        open_page(web, site)
    with counted_statements() as statements:
        for _round in range(ROUNDS):
            statements.clear()
            began = perf_counter()
            open_page(web, site)
            seconds.append(perf_counter() - began)
            asked = max(asked, len(statements))
    print(f"  page: median {median(seconds) * 1000:.0f} ms, {asked} statements")
    bars.append((f"page: {median(seconds) * 1000:.0f} ms <= 300 ms", median(seconds) <= MOST_PAGE_SECONDS))
    bars.append((f"page: {asked} statements <= {MOST_STATEMENTS}", 0 < asked <= MOST_STATEMENTS))


def open_page(web: Web, site: str) -> None:
    answer = web.get(f"/support/sites/{site}")
    assert answer.status_code == 200, answer.status_code
    assert "<polyline" in answer.text, "no history on the page"


def main() -> int:
    connect()
    ports = multiprocessing.get_context("spawn").Queue()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(ports,), daemon=True)
    server.start()
    bars: Bars = []
    try:
        site = prepare(*ports.get(timeout=20))
        print(f"{SITES} sites of 200 ms, {HANGING} hanging, {REFUSING} refusing")
        measure_pass(bars)
        measure_alone(bars)
        samples_of(DAYS)
        measure_page(site, bars)
    finally:
        server.terminate()
    return verdict(bars)


if __name__ == "__main__":
    sys.exit(main())
