"""Fields that our app adds to DocTypes of ERPNext. Each carries `module`, so that Frappe knows whose it is."""

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
CAUSES = "\n".join(
    (
        "",
        "Our Implementation",
        "Data Migration",
        "Our Integration",
        "Our Configuration",
        "Client Change",
        "ERPNext Core",
        "Third Party",
        "User Error",
        "Unknown",
    )
)
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
    field("sla_policy", "Link", "SLA Policy", "retainer_contract", options="SLA Policy", read_only=1, no_copy=1),
    field("retainer_channel", "Select", "Channel", "sla_policy", options=CHANNELS, in_standard_filter=1),
    field("retainer_column", "Column Break", "", "retainer_channel"),
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
]

SALES_INVOICE = [
    contract_link("subscription", in_standard_filter=1, read_only=1, no_copy=1, print_hide=1),
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
]

CUSTOM_FIELDS: dict[str, list[dict]] = {
    "Issue": ISSUE,
    "Timesheet Detail": TIMESHEET_DETAIL,
    "Sales Invoice": SALES_INVOICE,
    "Quotation": QUOTATION,
    "Warranty Claim": WARRANTY_CLAIM,
}
