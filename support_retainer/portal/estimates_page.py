"""The pages of a client's estimates: what waits for a word, what was answered, and how far the work has come."""

from typing import Any

import frappe
from frappe.utils import flt, getdate, strip_html

from support_retainer import speech
from support_retainer.hours import approvals, estimate_links, estimated_time, estimates
from support_retainer.portal import access
from support_retainer.portal.access import Client
from support_retainer.speech import _

FIELDS = (
    *("name", "issue", "transaction_date", "valid_till", "currency", "net_total", "total_qty", "status"),
    *("approved_by", "approved_on", "order_lost_reason", "retainer_contract", "retainer_version"),
    *("retainer_superseded_by", "retainer_replaces", "docstatus"),
)


def page(client: Client) -> dict[str, Any]:
    """Estimates of the chosen customer, newest first, each with the word for how it stands."""
    rows = _with_subjects(_rows(client, {}))
    for row in rows:
        row.standing = standing(row)
    return {
        "waiting": [row for row in rows if row.standing == "Waiting"],
        "answered": [row for row in rows if row.standing != "Waiting"],
    }


def one(client: Client, name: str) -> dict[str, Any]:
    """One estimate. Raises NotFound for others' and for drafts."""
    found = _rows(client, {"name": name})
    if not found:
        raise access.NotFound(_("There is no such estimate."))
    rights = client.on(found[0].retainer_contract)
    limit = rights.limit_below(found[0].net_total)
    return {**_shown(found[0]), "may_answer": rights.can_approve, "limit": limit, "token": ""}


def by_link(name: str) -> dict[str, Any] | None:
    """The same for the holder of a link in the mail; looking changes nothing. Raises PermissionError."""
    token = str(frappe.form_dict.get("token") or "")
    if not token:
        return None
    contact = estimate_links.holder(name, token)
    row = frappe.db.get_value(estimates.DOCTYPE, name, FIELDS, as_dict=True)
    contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
    held = approvals.approver_row(contract, contact)
    rights = access.Rights(can_approve=True, approval_limit=flt(held.approval_limit))
    return {**_shown(row), "may_answer": True, "limit": rights.limit_below(row.net_total), "token": token}


def answered(client: Client | None = None) -> dict[str, Any]:
    """Where an answer by link ends."""
    return {}


def to_decide(client: Client, mine: list[str]) -> list[frappe._dict]:
    """Estimates on these contracts that wait for an answer, with the subject of their ticket."""
    rows = _rows(client, {"retainer_contract": ["in", mine]})
    return _with_subjects([row for row in rows if standing(row) == "Waiting"])


def standing(row: frappe._dict) -> str:
    """Waiting, Approved, Declined, Replaced, Expired or Withdrawn."""
    if row.docstatus == 2:
        return "Withdrawn"
    if row.approved_by:
        return "Approved"
    if row.retainer_superseded_by:
        return "Replaced"
    if row.status == "Lost":
        return "Declined"
    is_over = row.valid_till and row.valid_till < getdate(frappe.flags.current_time)
    return "Expired" if is_over else "Waiting"


def _rows(client: Client, filters: dict[str, Any]) -> list[frappe._dict]:
    """Who sees own tickets only sees the estimates that wait for their word, and no others."""
    names = [row.name for row in client.contracts if _sees(client, row)]
    if not names:
        return []
    return frappe.get_all(
        estimates.DOCTYPE,
        filters={"docstatus": ["!=", 0], "retainer_contract": ["in", names], **filters},
        fields=FIELDS,
        order_by="creation desc",
        limit=200,
    )


def _with_subjects(rows: list[frappe._dict]) -> list[frappe._dict]:
    """The rows with the `subject` of their ticket, "" where they have none; at most one query."""
    issues = [row.issue for row in rows if row.issue]
    known = frappe.get_all("Issue", {"name": ["in", issues]}, ["name", "subject"], as_list=True) if issues else []
    subjects = dict(known)
    for row in rows:
        row.subject = subjects.get(row.issue, "")
    return rows


def _sees(client: Client, contract: frappe._dict) -> bool:
    return not client.sees_own_tickets_only(contract.customer) or client.on(contract.name).can_approve


def _shown(row: frappe._dict) -> dict[str, Any]:
    row.standing = standing(row)
    budget = estimated_time.budget_of(row.name, lock=False) if row.standing == "Approved" else None
    row.approved_by_name = speech.name_of(row.approved_by) if row.approved_by else ""
    subject = frappe.db.get_value("Issue", row.issue, "subject") if row.issue else ""
    return {"estimate": row, "tasks": _tasks(row), "budget": budget, "subject": subject}


def _tasks(row: frappe._dict) -> list[frappe._dict]:
    """The lines with what was worked on each so far."""
    lines = frappe.get_all(
        "Quotation Item", {"parent": row.name}, ["name", "description", "qty", "net_rate", "net_amount"], order_by="idx"
    )
    worked = dict(
        frappe.db.sql(
            """select task.retainer_estimate_row, sum(detail.hours) from `tabTimesheet Detail` detail
            join `tabTask` task on task.name = detail.task and task.retainer_estimate = %s
            where detail.docstatus = 1 group by task.retainer_estimate_row""",
            row.name,
        )
    )
    for line in lines:
        line.text = strip_html(line.description or "")
        line.planned, line.worked = round(flt(line.qty) * 60), round(flt(worked.get(line.name)) * 60)
    return lines
