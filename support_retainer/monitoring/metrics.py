"""Our own figures in Prometheus' text format: backlog, breaches, billing, sites, and when the tasks last ran."""

from collections.abc import Iterator
from datetime import datetime

import frappe

from support_retainer.site_time import to_utc
from support_retainer.sla.sweep import last_sweep_at

NOT_OPEN = "('Resolved', 'Closed')"
COUNTED = {
    "Retainer Billing Period": "status in ('Due', 'Failed') and bill_on <= curdate()",
    "Managed Site": "enabled = 1",
}
Sample = tuple[dict[str, str], float]


def as_text() -> str:
    lines = []
    for name, kind, text, samples in families():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{labelled(labels)} {number(value)}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def families() -> Iterator[tuple[str, str, str, list[Sample]]]:
    yield "retainer_open_tickets", "gauge", "Tickets under contract that are not solved.", open_tickets()
    yield "retainer_breached_tickets", "gauge", "Open tickets that missed a target.", plain(breached())
    yield "retainer_sweep_backlog", "gauge", "Tickets whose next SLA event has come.", plain(backlog())
    yield "retainer_billing_periods", "gauge", "Billing periods that are due or failed.", by("Retainer Billing Period")
    yield "retainer_sites", "gauge", "Watched sites by status.", by("Managed Site")
    yield "retainer_incidents_open", "gauge", "Incidents that are not over.", plain(open_incidents())
    yield "retainer_last_run_timestamp_seconds", "gauge", "When a task last ran.", last_runs()


def labelled(labels: dict[str, str]) -> str:
    """Values escaped as the format wants it."""
    pairs = [f'{name}="{escaped(value)}"' for name, value in labels.items()]
    return "{" + ",".join(pairs) + "}" if pairs else ""


def number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(value)


def escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def plain(value: float) -> list[Sample]:
    return [({}, value)]


def open_tickets() -> list[Sample]:
    rows = frappe.db.sql(
        f"""select coalesce(priority, ''), count(*) from `tabIssue`
        where retainer_contract is not null and retainer_contract != '' and status not in {NOT_OPEN}
        group by 1 order by 1"""  # noqa: S608 (our own text)
    )
    return [({"priority": priority}, count) for priority, count in rows]


def breached() -> int:
    return frappe.db.count("Issue", {"agreement_status": "Failed", "status": ["not in", ["Resolved", "Closed"]]})


def backlog() -> int:
    return frappe.db.count("Issue", {"retainer_next_event_at": ["<=", frappe.utils.now_datetime()]})


def open_incidents() -> int:
    return frappe.db.count("Site Incident", {"status": "Open"})


def by(doctype: str) -> list[Sample]:
    rows = frappe.db.sql(
        f"select status, count(*) from `tab{doctype}` where {COUNTED[doctype]} group by 1 order by 1"  # noqa: S608
    )
    return [({"status": status or ""}, count) for status, count in rows]


def last_runs() -> list[Sample]:
    runs = {
        "sweep": last_sweep_at(),
        "billing": frappe.db.get_value("Retainer Billing Run", {}, "max(creation)"),
        "site_checks": frappe.db.get_value("Managed Site", {}, "max(last_checked_at)"),
    }
    return [({"task": task}, seconds(at)) for task, at in runs.items() if at]


def seconds(at: datetime) -> float:
    return float(int(to_utc(at).timestamp()))
