"""Packs of hours that an approver buys in the portal: an invoice, whose hours arrive by the site's rule."""

from typing import Any

import frappe
from frappe import bold
from frappe.utils import flt

from support_retainer import amounts
from support_retainer.exceptions import NotAnApprover
from support_retainer.portal import access
from support_retainer.site_time import site_date, utc_now
from support_retainer.speech import _

OVER = ("Ended", "Cancelled")


def on_sale(contract: frappe._dict) -> list[frappe._dict]:
    """{item, item_name, hours, days, price} of packs with a price in the contract's currency, cheapest first."""
    if contract.status in OVER:
        return []
    return frappe.db.sql(
        """select item.name as item, item.item_name, item.retainer_top_up_hours as hours,
            item.retainer_top_up_days as days, min(price.price_list_rate) as price
        from `tabItem` item join `tabItem Price` price on price.item_code = item.name and price.selling = 1
        where item.disabled = 0 and item.is_sales_item = 1 and item.retainer_top_up_hours > 0
            and price.currency = %(currency)s and price.price_list_rate > 0 and coalesce(price.customer, '') = ''
            and (price.valid_from is null or price.valid_from <= %(today)s)
            and (price.valid_upto is null or price.valid_upto >= %(today)s)
        group by item.name, item.item_name, item.retainer_top_up_hours, item.retainer_top_up_days order by price""",
        {"currency": contract.currency, "today": site_date(utc_now())},
        as_dict=True,
    )


@frappe.whitelist(methods=["POST"])
def buy(contract: str, item: str) -> str:
    """Order one pack for an own contract; returns the Sales Invoice. Raises NotAnApprover, DoesNotExistError."""
    client = access.client()
    row = access.own_contract(contract, client)
    pack = next((one for one in on_sale(row) if one.item == item), None)
    if not pack:
        raise access.NotFound(_("This pack is not on sale."))
    _refuse_beyond_limit(client, row, pack)
    return _invoice(row, pack, client.user)


def _refuse_beyond_limit(client: access.Client, contract: frappe._dict, pack: frappe._dict) -> None:
    rights = client.on(contract.name)
    if not rights.can_approve:
        frappe.throw(
            _("You may not order for {0}. Ask a colleague who may.").format(bold(contract.name)), NotAnApprover
        )
    if rights.limit_below(pack.price):
        frappe.throw(
            _("You may order up to {0}; this is {1}. Ask a colleague who may order more.").format(
                amounts.money(rights.approval_limit, contract.currency), amounts.money(pack.price, contract.currency)
            ),
            NotAnApprover,
        )


def _invoice(contract: frappe._dict, pack: frappe._dict, user: str) -> str:
    """Issued by the system on the approver's order, who has no right to invoices of their own."""
    record = frappe.get_cached_doc("Retainer Contract", contract.name)
    invoice: Any = frappe.get_doc(
        doctype="Sales Invoice",
        customer=contract.customer,
        company=contract.company,
        currency=contract.currency,
        project=contract.project,
        cost_center=record.cost_center,
        payment_terms_template=record.payment_terms_template,
        taxes_and_charges=record.taxes_and_charges,
        retainer_contract=contract.name,
        ignore_pricing_rule=1,
        remarks=_("Ordered in the portal by {0}").format(user),
        items=[{"item_code": pack.item, "qty": 1, "rate": flt(pack.price), "price_list_rate": flt(pack.price)}],
    )
    invoice.flags.ignore_permissions = True
    with _as_system():
        if record.taxes_and_charges:
            invoice.append_taxes_from_master()
        invoice.insert()
        invoice.submit()
    return invoice.name


class _as_system:  # noqa: N801 (reads as a sentence)
    """ERPNext asks for rights on accounts and parties deep inside; the order itself has been checked."""

    def __enter__(self) -> None:
        self.user = frappe.session.user
        frappe.set_user("Administrator")

    def __exit__(self, *problem: object) -> None:
        frappe.set_user(self.user)
