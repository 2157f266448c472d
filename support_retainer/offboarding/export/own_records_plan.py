"""Which of our records are about a contract, and which of their columns a client gets.

Every condition leads to the contract; there is no list of names that could be another client's. Documents of ERPNext
give the columns named here, because the others hold what the work cost us. Of our own records each with a link to the
contract or to one of its sites goes in, so that a later capability is exported without anybody remembering it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import frappe

# Those of the contract's life, and those of the transition after it.
TICKETS = """(retainer_contract = %(contract)s
    or offboarding in (select name from tabOffboarding where contract = %(contract)s))"""
OF_TICKETS = f"in (select name from tabIssue where {TICKETS})"  # noqa: S608
INVOICES = "retainer_contract = %(contract)s and docstatus = 1"
OF_INVOICES = "parent in (select name from `tabSales Invoice` where retainer_contract = %(contract)s and docstatus = 1)"
SITES = "in (select name from `tabManaged Site` where contract = %(contract)s)"
EXPORTS = "in (select name from `tabClient Data Export` where contract = %(contract)s)"
# Not about the client: who of us runs a timer or is on call. Of exports only the record, no key to them.
NOT_THEIRS = ("Retainer Timer", "On Call Shift", "Data Export Link", "Data Export Part")
LAYOUT = ("Section Break", "Column Break", "Tab Break", "HTML", "Heading", "Button", "Fold", "Image")
SECRET = ("Password",)


@dataclass(frozen=True, slots=True)
class Section:
    """A CSV file: rows of a DocType under a condition on %(contract)s; no columns means all that are not secret."""

    doctype: str
    where: str
    columns: str = ""
    attachments: bool = True


ERPNEXT = (
    Section(
        "Issue",
        TICKETS,
        """name creation subject description status priority issue_type raised_by contact opening_date opening_time
            first_responded_on response_by sla_resolution_by sla_resolution_date resolution_details agreement_status
            total_hold_time retainer_contract offboarding sla_policy retainer_channel retainer_cause retainer_coverage
            retainer_coverage_reason managed_site""",
    ),
    Section(
        "Communication",
        f"reference_doctype = 'Issue' and reference_name {OF_TICKETS} and communication_type = 'Communication'",
        """name creation reference_name subject sender sender_full_name recipients cc communication_date
            sent_or_received communication_medium content""",
    ),
    Section("SLA Event", f"issue {OF_TICKETS}"),
    Section(
        "Timesheet Detail",
        "retainer_contract = %(contract)s and docstatus = 1",
        """name parent idx activity_type from_time to_time hours description issue retainer_contract
            retainer_coverage retainer_coverage_reason retainer_billed_minutes retainer_rate""",
        attachments=False,
    ),
    Section(
        "Sales Invoice",
        INVOICES,
        """name customer posting_date due_date currency net_total total_taxes_and_charges grand_total rounded_total
            outstanding_amount status is_return return_against retainer_contract retainer_billing_period""",
    ),
    Section(
        "Sales Invoice Item",
        OF_INVOICES,
        "name parent idx item_code item_name description qty uom rate amount",
        attachments=False,
    ),
    Section(
        "Sales Taxes and Charges",
        f"parenttype = 'Sales Invoice' and {OF_INVOICES}",
        "name parent idx description rate tax_amount total",
        attachments=False,
    ),
    Section(
        "Quotation",
        "retainer_contract = %(contract)s and docstatus = 1",
        "name transaction_date valid_till currency grand_total status issue approved_by approved_on",
    ),
    Section(
        "Warranty Claim",
        "retainer_contract = %(contract)s",
        "name complaint_date complaint status issue cause decision decision_reason evidence",
    ),
)


def sections() -> Iterator[Section]:
    """Every file of records/, a child table after its parent."""
    for section in (*ERPNEXT, *ours()):
        known = set(frappe.db.get_table_columns(section.doctype))
        wanted = section.columns.split() or columns(section.doctype)
        kept = [column for column in wanted if column in known]
        yield Section(section.doctype, section.where, " ".join(kept), section.attachments)


def ours() -> Iterator[Section]:
    named = {section.doctype for section in ERPNEXT} | set(NOT_THEIRS)
    for doctype in frappe.get_all(
        "DocType", {"module": "Retainer", "istable": 0, "issingle": 0}, pluck="name", order_by="name"
    ):
        where = condition(doctype)
        if not where or doctype in named:
            continue
        yield Section(doctype, where, attachments=doctype != "Client Data Export")
        for table in frappe.get_meta(doctype).get_table_fields():
            if table.options not in NOT_THEIRS:
                inner = f"select name from `tab{doctype}` where {where}"  # noqa: S608 - names of our own DocTypes
                of_parent = f"parenttype = '{doctype}' and parentfield = '{table.fieldname}' and parent in ({inner})"
                yield Section(table.options, of_parent, attachments=False)


def condition(doctype: str) -> str | None:
    """How a record of ours leads to the contract; None where it does not."""
    if doctype == "Retainer Contract":
        return "name = %(contract)s"
    links = {field.options: field.fieldname for field in frappe.get_meta(doctype).get_link_fields()}
    if fieldname := links.get("Retainer Contract"):
        return f"`{fieldname}` = %(contract)s"
    if fieldname := links.get("Managed Site"):
        return f"`{fieldname}` {SITES}"
    if fieldname := links.get("Client Data Export"):
        return f"`{fieldname}` {EXPORTS}"
    return None


def columns(doctype: str) -> tuple[str, ...]:
    meta = frappe.get_meta(doctype)
    first = ("name", "parent", "parentfield", "idx") if meta.istable else ("name", "creation", "modified")
    not_shown = (*LAYOUT, *SECRET, "Table", "Table MultiSelect")
    return (*first, *(field.fieldname for field in meta.fields if field.fieldtype not in not_shown))
