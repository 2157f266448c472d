"""What the client was invoiced and still owes, each invoice with its PDF. For who sees the whole company's matters.

ERPNext's own page of invoices opens only to those whom its table of portal users names, so a colleague whom the client
invited would find nothing there.
"""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import cint, flt, getdate

from support_retainer.billing.follow_up import PRINT_FORMAT
from support_retainer.offboarding.export import printing
from support_retainer.portal import access, files, tickets
from support_retainer.portal.access import Client
from support_retainer.site_time import site_date, utc_now
from support_retainer.speech import _

COLUMNS = """name, posting_date, due_date, currency, grand_total, rounded_total, outstanding_amount, is_return,
    conversion_rate, party_account_currency, retainer_contract"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of the list; anything that is no number is the first."""

    page: int

    def path(self, page: int) -> str:
        return f"/support/invoices?page={page}"


def page(client: Client) -> dict[str, Any]:
    _refuse_narrowed(client)
    asked = Asked(max(1, cint(frappe.form_dict.get("page"))))
    found = frappe.db.count("Sales Invoice", {"customer": client.customer, "docstatus": 1})
    paging = tickets.paging(asked, found)
    first = (paging["page"] - 1) * tickets.PER_PAGE
    rows = frappe.db.sql(
        f"""select {COLUMNS} from `tabSales Invoice` where customer = %s and docstatus = 1
        order by posting_date desc, name desc limit {tickets.PER_PAGE} offset {first}""",  # noqa: S608 (our own text)
        client.customer,
        as_dict=True,
    )
    return {"invoices": [shown(row) for row in rows], "paging": paging, "pays_here": _has_erpnexts_page(client)}


def due(client: Client, limit: int) -> list[frappe._dict]:
    """What is owed, the oldest first; one query. For who sees the whole company's matters."""
    rows = frappe.db.sql(
        f"""select {COLUMNS} from `tabSales Invoice`
        where customer = %s and docstatus = 1 and outstanding_amount > 0 order by due_date limit %s""",  # noqa: S608
        (client.customer, limit),
        as_dict=True,
    )
    return [shown(row) for row in rows]


def shown(row: frappe._dict) -> frappe._dict:
    """With `amount`, what is `owed` and in which currency, and the word for how it stands."""
    row.amount = flt(row.rounded_total) or flt(row.grand_total)
    row.owed, row.owed_in = flt(row.outstanding_amount), row.party_account_currency or row.currency
    row.is_late = bool(row.owed > 0 and row.due_date and getdate(row.due_date) < site_date(utc_now()))
    row.standing = "Credit Note" if row.is_return else _standing(row)
    return row


def _standing(row: frappe._dict) -> str:
    if row.is_late:
        return "Overdue"
    return "Unpaid" if row.owed > 0 else "Paid"


@frappe.whitelist(methods=["GET"])
def download(invoice: str) -> None:
    """An invoice of the chosen customer's as PDF, as it was mailed. Raises NotFound for every other."""
    client = access.client()
    _refuse_narrowed(client)
    wanted = {"name": str(invoice), "customer": client.customer, "docstatus": 1}
    row = frappe.db.get_value("Sales Invoice", wanted, ["name", "retainer_contract"], as_dict=True)
    if not row:
        raise access.NotFound(_("There is no such invoice."))
    files.send(printing.pdf_of(_printed(row)), row.name + ".pdf")


def _printed(row: frappe._dict) -> str:
    """Frappe asks ERPNext whether the reader is a portal user of the customer; who may read it was decided above."""
    frappe.flags.ignore_print_permissions = True
    try:
        return frappe.get_print("Sales Invoice", row.name, PRINT_FORMAT if row.retainer_contract else None)
    finally:
        frappe.flags.ignore_print_permissions = False


def _refuse_narrowed(client: Client) -> None:
    if client.sees_own_tickets_only(client.customer):
        raise access.NotFound(_("There is no such invoice."))


def _has_erpnexts_page(client: Client) -> bool:
    """Whether ERPNext shows the invoices too, where they can be paid if the site takes payments."""
    named = {"parenttype": "Customer", "parent": client.customer, "user": client.user}
    return bool(frappe.db.exists("Portal User", named))
