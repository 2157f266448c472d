"""Issue: the contract that serves it, and the clock that its policy sets."""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from support_retainer.site_time import to_utc, utc_now
from support_retainer.sla import clock
from support_retainer.sla.contracts import contract_serving, policy_on

OURS = (
    "retainer_contract",
    "sla_policy",
    "retainer_coverage",
    "retainer_coverage_reason",
    "retainer_next_event_at",
)
CLOCK = ("response_by", "sla_resolution_by", "first_responded_on", "sla_resolution_date", "on_hold_since")


def before_insert(doc: Document, method: str | None = None) -> None:
    if doc.issue_split_from:
        forget_the_other_issue(doc)


def before_save(doc: Document, method: str | None = None) -> None:
    link_contract(doc)
    if doc.sla_policy:
        run_clock(doc)


def on_update(doc: Document, method: str | None = None) -> None:
    clock.write(doc.name, doc.flags.pop("sla_events", []))


def forget_the_other_issue(doc: Document) -> None:
    """Splitting copies the whole issue; the contract is found anew and the clock starts with the new one."""
    for fieldname in OURS + CLOCK:
        doc.set(fieldname, None)


def link_contract(doc: Document) -> None:
    """Find the contract once; a contract chosen by hand stays, and so does that of an issue under way."""
    if not doc.retainer_contract and (doc.is_new() or doc.has_value_changed("customer")):
        found = contract_serving(doc.customer, opened_on(doc).date(), doc.project) or frappe._dict()
        doc.retainer_contract, doc.sla_policy = found.name, found.sla_policy
    elif not doc.retainer_contract:
        doc.sla_policy = None
    elif not doc.sla_policy or doc.has_value_changed("retainer_contract"):
        doc.sla_policy = policy_on(doc.retainer_contract, opened_on(doc).date())


def run_clock(doc: Document) -> None:
    """Collect the new facts, replay, and keep the facts for `on_update`, when the issue has its row."""
    before = doc.get_doc_before_save()
    if before and before.sla_policy:
        new = clock.changes(doc, before, utc_now())
        known = clock.history(doc.name)
    else:
        doc.priority = doc.priority or default_priority(doc.sla_policy)
        new, known = first_events(doc), []
    doc.update(clock.as_fields(clock.state(known + new)))
    doc.flags.sla_events = new


def first_events(doc: Document) -> list[clock.Event]:
    """The opening, and what already happened to an issue that comes in closed or on hold."""
    at = to_utc(opened_on(doc))
    opening = clock.opened(at, doc.sla_policy, doc.priority)
    return [opening, *clock.status_changes(doc.sla_policy, "Open", doc.status, max(at, utc_now()))]


def opened_on(doc: Document) -> datetime:
    """When the client's report reached us, in site time: the opening on the form, never later than now."""
    now = get_datetime(frappe.flags.current_time or frappe.utils.now_datetime())
    if not doc.opening_date:
        return now
    opening = get_datetime(f"{getdate(doc.opening_date)} {doc.opening_time or '00:00:00'}")
    return min(opening, now)


def default_priority(policy_name: str) -> str | None:
    """What an issue without a priority gets: P3 Medium where the policy has it, else the policy's last row."""
    targets = [row.priority for row in frappe.get_cached_doc("SLA Policy", policy_name).targets]
    return "P3 Medium" if "P3 Medium" in targets else (targets[-1] if targets else None)
