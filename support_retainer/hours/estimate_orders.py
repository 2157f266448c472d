"""What a client's approval sets going: the Sales Order, and a Task for each line with people on it."""

import frappe
from erpnext.selling.doctype.quotation.quotation import _make_sales_order
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, strip_html


def order(quotation: Document) -> Document:
    """The client's word is the authority here: the caller has checked the contact."""
    made = _make_sales_order(quotation.name, ignore_permissions=True)
    today = getdate(frappe.flags.current_time)
    made.update({"transaction_date": today, "delivery_date": max(getdate(quotation.valid_till or today), today)})
    made.flags.ignore_permissions = True
    made.insert()
    made.submit()
    return made


def order_of(quotation: str) -> str | None:
    """The submitted Sales Order of an estimate; None before its approval."""
    found = frappe.get_all(
        "Sales Order Item", {"prevdoc_docname": quotation, "docstatus": 1}, pluck="parent", order_by="creation", limit=1
    )
    return found[0] if found else None


def assign(quotation: Document) -> None:
    """A Task for each line; work that an earlier version began goes on in its own Task."""
    begun = _tasks_of(quotation.retainer_replaces) if quotation.retainer_replaces else {}
    for line in quotation.items:
        known = begun.pop(_subject(line), None)
        if known:
            _carry_on(known, quotation, line)
        else:
            _begin(quotation, line)
    for task in begun.values():  # dropped from the new version: what was worked on it still counts
        frappe.db.set_value("Task", task, "retainer_estimate", quotation.name)


def close_order(quotation: str) -> None:
    """The order of the version before: what is not invoiced of it goes on the new one's."""
    name = order_of(quotation)
    if name:
        before = frappe.get_doc("Sales Order", name)
        before.flags.ignore_permissions = True
        if before.status != "Completed":
            before.update_status("Closed")


def _tasks_of(quotation: str) -> dict[str, str]:
    tasks = frappe.get_all("Task", {"retainer_estimate": quotation}, ["name", "subject"])
    return {task.subject: task.name for task in tasks}


def _subject(line: Document) -> str:
    return strip_html(line.description or line.item_name)[:140]


def _carry_on(task: str, quotation: Document, line: Document) -> None:
    values = {"retainer_estimate": quotation.name, "retainer_estimate_row": line.name, "expected_time": line.qty}
    frappe.db.set_value("Task", task, values)


def _begin(quotation: Document, line: Document) -> None:
    text = strip_html(line.description or line.item_name)
    task = frappe.get_doc(
        doctype="Task",
        subject=_subject(line),
        description=_("Estimate {0}, row {1}: {2}").format(quotation.name, line.idx, text),
        expected_time=line.qty,
        issue=quotation.issue,
        retainer_estimate=quotation.name,
        retainer_estimate_row=line.name,
        company=quotation.company,
        project=frappe.get_cached_value("Retainer Contract", quotation.retainer_contract, "project"),
    ).insert(ignore_permissions=True)
    for user in _workers(quotation):
        frappe.get_doc(
            doctype="ToDo",
            allocated_to=user,
            reference_type="Task",
            reference_name=task.name,
            description=task.subject,
            assigned_by=quotation.owner,
        ).insert(ignore_permissions=True)


def _workers(quotation: Document) -> list[str]:
    """Who works on the ticket; without anybody, who wrote the estimate."""
    filters = {"reference_type": "Issue", "reference_name": quotation.issue, "status": "Open"}
    assigned = frappe.get_all("ToDo", filters, pluck="allocated_to") if quotation.issue else []
    return sorted(set(assigned)) or [quotation.owner]
