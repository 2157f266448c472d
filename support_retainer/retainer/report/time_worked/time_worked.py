"""The rows of submitted time behind the figures of the owner's reports."""

from typing import Any

import frappe
from frappe.utils import getdate

from support_retainer.domain.coverage import CHARGED
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, column, money, translated
from support_retainer.retainer.report import staff_time

CONDITIONS = {
    "user": "coalesce(nullif(sheet.user, ''), sheet.owner) = %(user)s",
    "contract": "detail.retainer_contract = %(contract)s",
    "customer": "contract.customer = %(customer)s",
}
KINDS = {
    "On Contracts": "coalesce(detail.retainer_contract, '') != ''",
    "Included": "detail.retainer_coverage = 'Included'",
    "Charged": "detail.retainer_coverage in %(charged)s",
    "Warranty": "detail.retainer_coverage = 'Warranty'",
}


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict]]:
    filters = frappe._dict(filters or {})
    return columns(), rows(filters)


def rows(filters: frappe._dict) -> list[frappe._dict]:
    """Oldest first; time on contracts that the reader may not see is left out. Costs are in the company's currency."""
    first, last = staff_time.span(filters)
    wanted = [text for name, text in CONDITIONS.items() if filters.get(name)]
    wanted += [KINDS[filters.kind]] if filters.get("kind") in KINDS else []
    wanted += ["sheet.company = %(company)s"] if filters.get("company") else []
    return frappe.db.sql(
        f"""select date(detail.from_time) as day, coalesce(nullif(sheet.user, ''), sheet.owner) as user,
            contract.customer, detail.retainer_contract as contract, detail.issue, detail.activity_type,
            detail.retainer_coverage as coverage, detail.hours, detail.retainer_billed_minutes / 60 as billed,
            detail.base_costing_amount as cost, company.default_currency as currency, detail.parent as sheet,
            detail.sales_invoice as invoice
        from `tabTimesheet Detail` detail
        join `tabTimesheet` sheet on sheet.name = detail.parent
        left join `tabRetainer Contract` contract on contract.name = detail.retainer_contract
        left join `tabCompany` company on company.name = sheet.company
        where detail.docstatus = 1 and detail.from_time >= %(first)s and detail.from_time < %(end)s
            and (coalesce(detail.retainer_contract, '') = '' or detail.retainer_contract in %(readable)s)
            {"".join(f" and {text}" for text in wanted)}
        order by detail.from_time, detail.name""",  # noqa: S608 (our own text)
        {
            **filters,
            "first": first,
            "end": getdate(frappe.utils.add_days(last, 1)),
            "charged": [kind.value for kind in CHARGED],
            "readable": frappe.get_list("Retainer Contract", pluck="name", limit_page_length=0) or [""],
        },
        as_dict=True,
    )


def columns() -> list[dict]:
    return translated(
        [
            column("day", "Day", "Date", 115),
            column("user", "Person", "Link", 180, options="User"),
            CUSTOMER,
            CONTRACT,
            column("issue", "Ticket", "Link", 140, options="Issue"),
            column("activity_type", "Activity", "Link", 140, options="Activity Type"),
            column("coverage", "Coverage", width=110),
            column("hours", "Worked (h)", "Float", 100, precision=2),
            column("billed", "Counted (h)", "Float", 110, precision=2),
            money("cost", "Cost", 110),
            CURRENCY,
            column("sheet", "Timesheet", "Link", 140, options="Timesheet"),
            column("invoice", "Invoice", "Link", 150, options="Sales Invoice"),
        ]
    )
