"""Fields that our app adds to DocTypes of ERPNext. Each carries `module`, so that Frappe knows whose it is."""

from support_retainer.customizations.estimate_fields import QUOTATION, TASK
from support_retainer.customizations.field import CAUSES, COVERAGES, contract_link, field
from support_retainer.customizations.time_fields import TIMESHEET, TIMESHEET_DETAIL
from support_retainer.customizations.warranty_fields import WARRANTY_CLAIM

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
PAUSE_REASONS = "\nClient\nVendor\nApproval"

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
