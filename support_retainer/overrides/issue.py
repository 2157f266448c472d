"""Issue: the contract that serves it, and the clock that its policy sets."""

from datetime import datetime

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from support_retainer.exceptions import WrongCustomer
from support_retainer.monitoring import incidents
from support_retainer.offboarding import transition
from support_retainer.site_time import to_utc, utc_now
from support_retainer.sla import assignment, channels, clock, intake, senders, suspension
from support_retainer.sla.contracts import contracts_of, policy_on, serving

OURS = (
    "retainer_contract",
    "sla_policy",
    "offboarding",
    "retainer_channel_note",
    "retainer_coverage",
    "retainer_coverage_reason",
    "retainer_next_event_at",
    "retainer_pause_reason",
    "retainer_vendor",
    "retainer_vendor_reference",
    "retainer_follow_up_of",
    "retainer_merged_into",
)
OVER = ("Resolved", "Closed")
CLOCK = (
    *("response_by", "sla_resolution_by", "first_responded_on", "sla_resolution_date", "on_hold_since"),
    *("first_response_time", "resolution_time", "user_resolution_time"),
)


def before_insert(doc: Document, method: str | None = None) -> None:
    if doc.issue_split_from:
        forget_the_other_issue(doc)
    senders.name_customer(doc)


def before_validate(doc: Document, method: str | None = None) -> None:
    """ERPNext's own agreement fills an empty priority with one that the contract's policy need not know."""
    doc.flags.priority_was_given = bool(doc.priority)


def before_save(doc: Document, method: str | None = None) -> None:
    link_contract(doc)
    channels.mark(doc)
    intake.read_words(doc)
    if doc.sla_policy:
        run_clock(doc)
    else:
        leave_clock(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
    assignment.assign_new(doc)


def on_update(doc: Document, method: str | None = None) -> None:
    clock.write(doc.name, doc.flags.pop("sla_events", []))
    assignment.wake_up(doc)
    if doc.get("security_advisory") and doc.has_value_changed("status"):
        frappe.get_doc("Security Advisory", doc.security_advisory).count()
    if doc.retainer_channel == "Monitoring" and doc.status in OVER and doc.has_value_changed("status"):
        incidents.end_with_ticket(doc.name)


def forget_the_other_issue(doc: Document) -> None:
    """Splitting copies the whole issue; the contract is found anew and the clock starts with the new one."""
    for fieldname in OURS + CLOCK:
        doc.set(fieldname, None)
    now = site_now()
    doc.opening_date, doc.opening_time = now.date(), now.time()


def link_contract(doc: Document) -> None:
    """Find the contract once; a contract chosen by hand stays, and so does that of an issue under way."""
    moved = not doc.is_new() and doc.has_value_changed("customer")
    if moved and not doc.has_value_changed("retainer_contract"):
        doc.retainer_contract = None
    if not doc.retainer_contract and (doc.is_new() or moved):
        day = opened_on(doc).date()
        contracts = contracts_of(doc.customer, day)
        found = serving(contracts, doc.project) or frappe._dict()
        doc.retainer_contract, doc.sla_policy = found.name, found.sla_policy
        has_left = contracts and not found
        doc.offboarding = transition.offboarding_of(doc.customer, day) if has_left else None
    elif not doc.retainer_contract:
        doc.sla_policy = None
    elif not doc.sla_policy or doc.has_value_changed("retainer_contract"):
        refuse_other_customers_contract(doc)
        doc.sla_policy = policy_on(doc.retainer_contract, opened_on(doc).date())


def refuse_other_customers_contract(doc: Document) -> None:
    """Raises WrongCustomer: one client's time and promises never count on another's contract.

    An issue that names no customer is the contract's.
    """
    customer, docstatus = frappe.db.get_value("Retainer Contract", doc.retainer_contract, ["customer", "docstatus"])
    doc.customer = doc.customer or customer
    if customer == doc.customer and docstatus == 1:
        return
    text = _("{0}: {1} is not active. Choose another one, or submit it first.")
    if customer != doc.customer:
        text = _("{0}: {1} is a contract of {2}. Choose one of {3}, or leave it empty.")
    frappe.throw(
        text.format(
            bold(_(doc.meta.get_label("retainer_contract"))),
            bold(doc.retainer_contract),
            bold(customer),
            bold(doc.customer),
        ),
        WrongCustomer,
        title=_("Contract of the issue"),
    )


def run_clock(doc: Document) -> None:
    """Collect the new facts, replay, and keep the facts for `on_update`, when the issue has its row."""
    before = doc.get_doc_before_save()
    known = clock.history(doc.name) if before else []
    if known:
        new = clock.changes(doc, before, utc_now())
    else:
        doc.priority = doc.priority if doc.flags.priority_was_given else default_priority(doc.sla_policy)
        new = first_events(doc)
    new = suspension.through_hold(known, new, doc.retainer_contract)
    doc.update(clock.as_fields(clock.state(known + new)))
    # Nobody shall read two promises off one form, and ERPNext's dashboards go by this link.
    doc.service_level_agreement = None
    doc.flags.sla_events = new


def leave_clock(doc: Document) -> None:
    """An issue that went to a customer without contract keeps its history; its times are ERPNext's again."""
    before = doc.get_doc_before_save()
    if not before or not before.sla_policy:
        return
    doc.flags.sla_events = [clock.Event(utc_now(), clock.EventKind.POLICY_CHANGED, "")]
    doc.retainer_next_event_at = None
    if not doc.service_level_agreement:
        for fieldname in CLOCK:
            doc.set(fieldname, None)
        doc.agreement_status = ""


def first_events(doc: Document) -> list[clock.Event]:
    """The opening, and what already happened to an issue that comes in closed or on hold."""
    at = to_utc(opened_on(doc))
    opening = clock.opened(at, doc.sla_policy, doc.priority)
    since = max(at, utc_now())
    return [opening, *clock.status_changes(doc.sla_policy, "Open", doc.status, since, clock.waits_for(doc))]


def opened_on(doc: Document) -> datetime:
    """When the client's report reached us, in site time: the opening on the form, never later than now."""
    now = site_now()
    if not doc.opening_date:
        return now
    opening = get_datetime(f"{getdate(doc.opening_date)} {doc.opening_time or '00:00:00'}")
    return min(opening, now)


def site_now() -> datetime:
    return get_datetime(frappe.flags.current_time or frappe.utils.now_datetime())


def default_priority(policy_name: str) -> str | None:
    """What an issue without a priority gets: P3 Medium where the policy has it, else the policy's last row."""
    targets = [row.priority for row in frappe.get_cached_doc("SLA Policy", policy_name).targets]
    return "P3 Medium" if "P3 Medium" in targets else (targets[-1] if targets else None)
