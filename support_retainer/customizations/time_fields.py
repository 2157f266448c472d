"""What a row of time says about its contract, how it was decided, and what comes with it."""

from support_retainer.customizations.field import CHANNELS, COVERAGES, contract_link, field

TIMESHEET_DETAIL = [
    field("retainer_section", "Section Break", "Support Retainer", "completed"),
    contract_link("retainer_section"),
    field("issue", "Link", "Issue", "retainer_contract", options="Issue", in_list_view=0, search_index=1),
    field(
        "retainer_channel",
        "Select",
        "Channel",
        "issue",
        options=CHANNELS,
        description="How this work reached us, where it was another channel than the ticket's.",
    ),
    field("retainer_column", "Column Break", "", "retainer_channel"),
    field("retainer_coverage", "Select", "Coverage", "retainer_column", options=COVERAGES, read_only=1, no_copy=1),
    field(
        "retainer_coverage_reason",
        "Small Text",
        "Coverage Reason",
        "retainer_coverage",
        read_only=1,
        no_copy=1,
    ),
    # What the reason is made of, so that the client reads it in another language than whoever booked the time.
    field(
        "retainer_coverage_facts",
        "Small Text",
        "Facts behind the Coverage",
        "retainer_coverage_reason",
        read_only=1,
        hidden=1,
        no_copy=1,
        print_hide=1,
    ),
    field(
        "retainer_billed_minutes",
        "Int",
        "Billed Minutes",
        "retainer_coverage_facts",
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
    field(
        "retainer_one_off_fee",
        "Currency",
        "One-off Fee",
        "retainer_rate",
        read_only=1,
        no_copy=1,
        options="Retainer Contract:retainer_contract:currency",
        depends_on="retainer_one_off_fee",
    ),
    field(
        "retainer_expenses",
        "Currency",
        "Travel Expenses",
        "retainer_one_off_fee",
        no_copy=1,
        non_negative=1,
        options="Retainer Contract:retainer_contract:currency",
        depends_on="retainer_contract",
        description="Charged at cost, where the package says so: visits on site.",
    ),
    field(
        "retainer_expenses_note",
        "Data",
        "Expenses for",
        "retainer_expenses",
        no_copy=1,
        depends_on="retainer_expenses",
        mandatory_depends_on="eval:doc.retainer_expenses > 0",
        description="The client reads it on the invoice: train Dubai to Abu Dhabi and back.",
    ),
    # A manager's word against the rules; who may write here is checked when the sheet is saved.
    field("retainer_override_section", "Section Break", "Manager's Decision", "retainer_expenses_note", collapsible=1),
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
    # For a look back: when the row was decided and perhaps taken back, and of which typed row it is a part.
    *(
        field(name, kind, label, before, read_only=1, hidden=1, no_copy=1, print_hide=1)
        for name, kind, label, before in (
            ("retainer_decided_at", "Datetime", "Decided at", "retainer_override_by"),
            ("retainer_reversed_at", "Datetime", "Taken back at", "retainer_decided_at"),
            ("retainer_split_from", "Data", "Split from", "retainer_reversed_at"),
        )
    ),
]

# The sheet that timer and quick entry write to: one per user and day. Hidden, because it is found, not chosen.
TIMESHEET = [
    field("retainer_day", "Date", "Sheet of the Day", "user", read_only=1, hidden=1, no_copy=1, print_hide=1),
]
