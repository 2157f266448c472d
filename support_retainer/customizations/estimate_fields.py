"""Additional work: the quotation that the client answers, and the tasks that come of it."""

from support_retainer.customizations.field import contract_link, field

QUOTATION = [
    field("retainer_section", "Section Break", "Support Retainer", "order_lost_reason", collapsible=1),
    contract_link("retainer_section", in_standard_filter=1),
    field("issue", "Link", "Issue", "retainer_contract", options="Issue", search_index=1),
    field("retainer_column", "Column Break", "", "issue"),
    field(
        "approved_by",
        "Link",
        "Approved by",
        "retainer_column",
        options="User",
        read_only=1,
        no_copy=1,
        allow_on_submit=1,
    ),
    field("approved_on", "Datetime", "Approved on", "approved_by", read_only=1, no_copy=1, allow_on_submit=1),
]

# Time on the task counts against what the client approved, and is charged by the order.
TASK = [
    field(
        "retainer_estimate",
        "Link",
        "Estimate",
        "issue",
        options="Quotation",
        read_only=1,
        no_copy=1,
        search_index=1,
        depends_on="retainer_estimate",
    ),
]
