"""Fields that our app adds to DocTypes of ERPNext. Each carries `module`, so that Frappe knows whose it is."""

from support_retainer.domain import warranty

MODULE = "Retainer"

CHANNELS = "\n".join(
    (
        "",
        "Portal",
        "Email",
        "Phone",
        "WhatsApp",
        "Video Call",
        "Dedicated Line",
        "Monitoring",
    )
)
CAUSES = "\n".join(("", *warranty.CAUSES))
PAUSE_REASONS = "\nClient\nVendor\nApproval"
COVERAGES = "\n".join(
    (
        "",
        "Warranty",
        "Included",
        "Free",
        "Overage",
        "Emergency",
        "Hourly",
        "Daily",
        "Quoted",
        "Not Offered",
        "Awaiting Approval",
        "Stopped",
    )
)


def field(fieldname: str, fieldtype: str, label: str, insert_after: str, **properties: object) -> dict:
    """One custom field; what a user may not translate or what a row takes from the contract is said once, here."""
    return {
        "fieldname": fieldname,
        "fieldtype": fieldtype,
        "label": label,
        "insert_after": insert_after,
        "module": MODULE,
        "translatable": 0,
        **properties,
    }


def contract_link(insert_after: str, **properties: object) -> dict:
    return field(
        "retainer_contract",
        "Link",
        "Retainer Contract",
        insert_after,
        options="Retainer Contract",
        search_index=1,
        **properties,
    )


# Splitting an issue copies the whole document, so what the clock or a decision has written is `no_copy`
# and the override of Issue clears it as well: deepcopy() does not look at this flag.
ISSUE = [
    field("retainer_section", "Section Break", "Support Retainer", "issue_type", collapsible=0),
    contract_link("retainer_section", in_standard_filter=1, no_copy=1),
    field(
        "sla_policy",
        "Link",
        "SLA Policy",
        "retainer_contract",
        options="SLA Policy",
        read_only=1,
        no_copy=1,
        search_index=1,
    ),
    field(
        "retainer_pause_reason",
        "Select",
        "Waiting for",
        "sla_policy",
        options=PAUSE_REASONS,
        no_copy=1,
        depends_on="eval:doc.sla_policy && !['Open', 'Resolved', 'Closed'].includes(doc.status)",
        description="Why the clock is paused.",
    ),
    field("retainer_channel", "Select", "Channel", "retainer_pause_reason", options=CHANNELS, in_standard_filter=1),
    field(
        "retainer_channel_note",
        "Small Text",
        "Channel and Package",
        "retainer_channel",
        read_only=1,
        no_copy=1,
        depends_on="retainer_channel_note",
    ),
    field("retainer_column", "Column Break", "", "retainer_channel_note"),
    field("retainer_cause", "Select", "Cause", "retainer_column", options=CAUSES, in_standard_filter=1),
    field("retainer_coverage", "Select", "Coverage", "retainer_cause", options=COVERAGES, read_only=1, no_copy=1),
    field(
        "retainer_coverage_reason",
        "Small Text",
        "Coverage Reason",
        "retainer_coverage",
        read_only=1,
        no_copy=1,
        depends_on="retainer_coverage_reason",
    ),
    # Only the sweep reads this; the index makes its cost follow the events due, not the open issues.
    field(
        "retainer_next_event_at",
        "Datetime",
        "Next SLA Event at",
        "retainer_coverage_reason",
        read_only=1,
        hidden=1,
        no_copy=1,
        search_index=1,
        print_hide=1,
        report_hide=1,
    ),
    field(
        "retainer_follow_up_of",
        "Link",
        "Follow-up of",
        "retainer_next_event_at",
        options="Issue",
        read_only=1,
        no_copy=1,
        search_index=1,
        depends_on="retainer_follow_up_of",
    ),
    field(
        "retainer_merged_into",
        "Link",
        "Merged into",
        "retainer_follow_up_of",
        options="Issue",
        read_only=1,
        no_copy=1,
        search_index=1,
        depends_on="retainer_merged_into",
    ),
]

TIMESHEET_DETAIL = [
    field("retainer_section", "Section Break", "Support Retainer", "completed"),
    contract_link("retainer_section"),
    field("issue", "Link", "Issue", "retainer_contract", options="Issue", in_list_view=0, search_index=1),
    field("retainer_column", "Column Break", "", "issue"),
    field("retainer_coverage", "Select", "Coverage", "retainer_column", options=COVERAGES, read_only=1, no_copy=1),
    field(
        "retainer_coverage_reason",
        "Small Text",
        "Coverage Reason",
        "retainer_coverage",
        read_only=1,
        no_copy=1,
    ),
    field(
        "retainer_billed_minutes",
        "Int",
        "Billed Minutes",
        "retainer_coverage_reason",
        read_only=1,
        no_copy=1,
    ),
    field(
        "retainer_rate",
        "Currency",
        "Rate (Contract Currency)",
        "retainer_billed_minutes",
        read_only=1,
        no_copy=1,
        options="Retainer Contract:retainer_contract:currency",
    ),
    # A manager's word against the rules; who may write here is checked when the sheet is saved.
    field("retainer_override_section", "Section Break", "Manager's Decision", "retainer_rate", collapsible=1),
    field(
        "retainer_override",
        "Select",
        "Decide as",
        "retainer_override_section",
        options="\nIncluded\nFree\nHourly",
        no_copy=1,
        description="Only a Retainer Manager; replaces what the contract would say.",
    ),
    field(
        "retainer_override_rate",
        "Currency",
        "Rate per Hour",
        "retainer_override",
        no_copy=1,
        options="Retainer Contract:retainer_contract:currency",
        depends_on="eval:doc.retainer_override == 'Hourly'",
        description="Empty: the contract's own rate.",
    ),
    field("retainer_override_column", "Column Break", "", "retainer_override_rate"),
    field(
        "retainer_override_reason",
        "Small Text",
        "Reason for the Decision",
        "retainer_override_column",
        no_copy=1,
        depends_on="retainer_override",
        mandatory_depends_on="retainer_override",
    ),
    field(
        "retainer_override_by",
        "Link",
        "Decided by",
        "retainer_override_reason",
        options="User",
        read_only=1,
        no_copy=1,
        depends_on="retainer_override",
    ),
]

# The sheet that timer and quick entry write to: one per user and day. Hidden, because it is found, not chosen.
TIMESHEET = [
    field("retainer_day", "Date", "Sheet of the Day", "user", read_only=1, hidden=1, no_copy=1, print_hide=1),
]

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

SALES_INVOICE = [
    # Billing fills it; by hand it says which contract a top-up pack is for.
    contract_link(
        "subscription",
        in_standard_filter=1,
        read_only_depends_on="eval:doc.retainer_billing_period",
        no_copy=1,
        print_hide=1,
    ),
    field(
        "retainer_billing_period",
        "Link",
        "Retainer Billing Period",
        "retainer_contract",
        options="Retainer Billing Period",
        read_only=1,
        no_copy=1,
        print_hide=1,
        search_index=1,
    ),
]

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

WARRANTY_CLAIM = [
    field("retainer_section", "Section Break", "Support Retainer", "complaint"),
    contract_link("retainer_section", in_standard_filter=1),
    field("issue", "Link", "Issue", "retainer_contract", options="Issue", search_index=1),
    field("cause", "Select", "Cause", "issue", options=CAUSES),
    field(
        "evidence", "Small Text", "Evidence", "cause", description="What shows the cause: commit, log, reproduction."
    ),
    field("retainer_column", "Column Break", "", "evidence"),
    field(
        "decision",
        "Select",
        "Decision",
        "retainer_column",
        options="Pending\nCovered\nNot Covered",
        default="Pending",
        in_standard_filter=1,
        no_copy=1,
    ),
    field("decision_reason", "Small Text", "Decision Reason", "decision", no_copy=1),
    field("retainer_proposal", "Small Text", "The Warranty Says", "decision_reason", read_only=1, no_copy=1),
    field(
        "retainer_goodwill",
        "Check",
        "Goodwill of a Manager",
        "retainer_proposal",
        read_only=1,
        no_copy=1,
        depends_on="retainer_goodwill",
    ),
    field(
        "retainer_decided_by",
        "Link",
        "Decided by",
        "retainer_goodwill",
        options="User",
        read_only=1,
        no_copy=1,
        depends_on="retainer_decided_by",
    ),
    field(
        "retainer_decided_on",
        "Datetime",
        "Decided on",
        "retainer_decided_by",
        read_only=1,
        no_copy=1,
        depends_on="retainer_decided_by",
    ),
    field(
        "retainer_dispute",
        "Small Text",
        "Client Disputes",
        "retainer_decided_on",
        read_only=1,
        no_copy=1,
        depends_on="retainer_disputed_by",
    ),
    field(
        "retainer_disputed_by",
        "Link",
        "Disputed by",
        "retainer_dispute",
        options="User",
        read_only=1,
        no_copy=1,
        depends_on="retainer_disputed_by",
    ),
    field(
        "retainer_disputed_on",
        "Datetime",
        "Disputed on",
        "retainer_disputed_by",
        read_only=1,
        no_copy=1,
        depends_on="retainer_disputed_by",
    ),
]

CUSTOM_FIELDS: dict[str, list[dict]] = {
    "Issue": ISSUE,
    "Timesheet": TIMESHEET,
    "Timesheet Detail": TIMESHEET_DETAIL,
    "Item": ITEM,
    "Sales Invoice": SALES_INVOICE,
    "Quotation": QUOTATION,
    "Task": TASK,
    "Warranty Claim": WARRANTY_CLAIM,
}
