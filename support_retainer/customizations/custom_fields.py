"""Fields that our app adds to DocTypes of ERPNext. Each carries `module`, so that Frappe knows whose it is."""

from support_retainer.customizations.call_fields import CALL_LOG
from support_retainer.customizations.estimate_fields import QUOTATION, TASK
from support_retainer.customizations.field import field
from support_retainer.customizations.invoice_fields import SALES_INVOICE, SALES_INVOICE_ITEM
from support_retainer.customizations.issue_fields import ISSUE
from support_retainer.customizations.portal_fields import ISSUE_IN_PORTAL
from support_retainer.customizations.time_fields import TIMESHEET, TIMESHEET_DETAIL
from support_retainer.customizations.warranty_fields import WARRANTY_CLAIM

ITEM = [
    field(
        "retainer_section",
        "Section Break",
        "Support Retainer",
        "max_discount",
        collapsible=1,
        collapsible_depends_on="retainer_top_up_hours",
    ),
    field(
        "retainer_top_up_hours",
        "Float",
        "Top-up Hours",
        "retainer_section",
        non_negative=1,
        description="An item with hours is a top-up pack: sold on a contract, each unit adds these hours.",
    ),
    field(
        "retainer_top_up_pool",
        "Data",
        "Pool",
        "retainer_top_up_hours",
        depends_on="retainer_top_up_hours",
        description="Empty: the first pool of the contract.",
    ),
    field("retainer_column", "Column Break", "", "retainer_top_up_pool"),
    field(
        "retainer_top_up_days",
        "Int",
        "Usable for (Days)",
        "retainer_column",
        non_negative=1,
        depends_on="retainer_top_up_hours",
        description="0: the hours never expire.",
    ),
]

CUSTOM_FIELDS: dict[str, list[dict]] = {
    "Issue": [*ISSUE, *ISSUE_IN_PORTAL],
    "Timesheet": TIMESHEET,
    "Timesheet Detail": TIMESHEET_DETAIL,
    "Item": ITEM,
    "Sales Invoice": SALES_INVOICE,
    "Sales Invoice Item": SALES_INVOICE_ITEM,
    "Quotation": QUOTATION,
    "Task": TASK,
    "Warranty Claim": WARRANTY_CLAIM,
    "Call Log": CALL_LOG,
}
