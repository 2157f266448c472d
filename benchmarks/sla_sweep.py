"""A sweep with 100 issues due, among 100,000 open ones and among 200,000: its time and its statements.

Both crowds are kept in tables of their own that trade places between the rounds, so that drift of the machine falls on
both alike. The due issues have reached 75 % of their response time; one round tells of them in a digest, and another
with a mail for each. Judged by the quieter half of the rounds. Statements are the server's own count.
"""

import json
import sys
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import frappe
from frappe.utils import get_datetime

from benchmarks.bars import Bars, verdict
from benchmarks.connection import connect, statements
from support_retainer.sla import sweep
from support_retainer.testing import make_contract, make_issue

NEEDS_SITE = True

OPEN, DUE = 100_000, 100
ROUNDS = 16
OPENED, NOW, LATER = "2026-09-14 10:00:00", "2026-09-14 10:50:00", "2026-12-01 09:00:00"

MOST_SECONDS = 2.0
MOST_STATEMENTS = 60 + 12 * DUE
MOST_GROWTH = 1.10


@dataclass
class Side:
    label: str
    is_double: bool
    digest_above: int
    seconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def measure(self) -> None:
        make_due()
        frappe.db.set_single_value("Retainer Settings", "digest_above", self.digest_above)
        frappe.db.commit()
        asked, began = statements(), perf_counter()
        done = sweep.sweep()
        self.seconds.append(perf_counter() - began)
        self.statements.append(statements() - asked - 1)
        assert (done.issues, done.levels, done.failed) == (DUE, DUE, 0), done
        assert done.mails == (1 if self.digest_above < DUE else DUE), done


def prepare() -> None:
    frappe.flags.current_time = get_datetime(OPENED).replace(microsecond=123456)
    account = {"email_account_name": "Outbox", "email_id": "support@retainer.example", "smtp_server": "127.0.0.1"}
    frappe.get_doc(
        doctype="Email Account", enable_outgoing=1, default_outgoing=1, no_smtp_authentication=1, **account
    ).db_insert()
    agent = frappe.get_doc(doctype="User", email="agent@retainer.example", first_name="Agent", send_welcome_email=0)
    agent.append_roles("Retainer Agent")
    agent.insert()
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    frappe.db.sql("update tabIssue set retainer_next_event_at = %s", LATER)
    crowd(issue.name, 1, OPEN)
    frappe.db.sql_ddl("create table `Benchmark Half` like tabIssue")
    frappe.db.sql("insert into `Benchmark Half` select * from tabIssue")
    crowd(issue.name, OPEN + 1, 2 * OPEN)
    frappe.db.commit()
    for table in ("tabIssue", "Benchmark Half", "tabSLA Event"):
        frappe.db.sql_ddl(f"analyze table `{table}`")
    frappe.flags.current_time = get_datetime(NOW).replace(microsecond=123456)


def crowd(original: str, first: int, last: int) -> None:
    """Copies of an open issue, each with the opening in its history."""
    columns = [name for name in frappe.db.get_table_columns("Issue") if name != "name"]
    fields = ", ".join(f"`{name}`" for name in columns)
    numbers = f"seq_{first}_to_{last}"
    frappe.db.sql(
        f"""insert into tabIssue (name, {fields}) select concat('CROWD-', lpad(seq, 7, '0')), {fields}
        from tabIssue, {numbers} where name = %s""",  # noqa: S608
        original,
    )
    opened = json.dumps({"policy": "Enterprise SLA", "priority": "P3 Medium"})
    frappe.db.sql(
        f"""insert into `tabSLA Event` (name, creation, issue, at, event, value)
        select concat('CROWD-', seq), now(), concat('CROWD-', lpad(seq, 7, '0')), '2026-09-14 06:00:00', 'Opened', %s
        from {numbers}""",  # noqa: S608
        opened,
    )
    frappe.db.commit()


def make_due() -> None:
    """A hundred issues spread over the crowd come to their moment, as if they had never been told of."""
    names = [f"CROWD-{number * (OPEN // DUE):07}" for number in range(1, DUE + 1)]
    frappe.db.sql("delete from `tabSLA Event` where issue in %s and event = 'Escalated'", (names,))
    frappe.db.sql("update tabIssue set retainer_next_event_at = %s where name in %s", ("2026-09-14 10:45:00", names))
    frappe.db.commit()


def trade_places() -> None:
    frappe.db.commit()
    frappe.db.sql_ddl(
        "rename table tabIssue to `Benchmark Aside`, `Benchmark Half` to tabIssue,"
        " `Benchmark Aside` to `Benchmark Half`"
    )


def take_turns(sides: list[Side]) -> None:
    is_double = True
    for turn in range(ROUNDS + 2):
        for side in sides if turn % 2 else sides[::-1]:
            if side.is_double != is_double:
                trade_places()
                is_double = side.is_double
            side.measure()
    for side in sides:  # the first two rounds warm up
        side.seconds, side.statements = side.seconds[2:], side.statements[2:]


def report(sides: list[Side]) -> Bars:
    rounds = range(ROUNDS)
    quiet = sorted(rounds, key=lambda turn: sum(side.seconds[turn] for side in sides))[: ROUNDS // 2]
    print(f"Sweep with {DUE} issues due: median of the quieter {len(quiet)} of {ROUNDS} rounds")
    bars: Bars = []
    for side in sides:
        times = sorted(side.seconds[turn] for turn in quiet)
        print(
            f"  {side.label:<34} {median(times):6.3f} s ({times[0]:.3f} to {times[-1]:.3f})"
            f" {max(side.statements):5d} statements"
        )
        bars.append((f"{side.label}: {median(times):.3f} s <= {MOST_SECONDS} s", median(times) <= MOST_SECONDS))
        most = max(side.statements)
        bars.append((f"{side.label}: {most} statements <= {MOST_STATEMENTS}", most <= MOST_STATEMENTS))
    for half, double in ((sides[0], sides[1]), (sides[2], sides[3])):
        growth = median(double.seconds[turn] / half.seconds[turn] for turn in quiet)
        bars.append((f"twice as many open: {growth:.2f}x <= {MOST_GROWTH}x ({half.label})", growth <= MOST_GROWTH))
    return bars


def main() -> int:
    connect()
    prepare()
    sides = [
        Side(f"{size:,} open, {how}", size > OPEN, above)
        for how, above in (("one digest", 5), ("a mail each", 10 * DUE))
        for size in (OPEN, 2 * OPEN)
    ]
    take_turns(sides)
    return verdict(report(sides))


if __name__ == "__main__":
    sys.exit(main())
