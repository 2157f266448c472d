"""What a Call Log says about the time that was booked for it."""

from support_retainer.customizations.field import field

CALL_LOG = [
    field(
        "retainer_timesheet",
        "Link",
        "Timesheet",
        "call_received_by",
        options="Timesheet",
        read_only=1,
        no_copy=1,
        description="The time of the call is booked there.",
        depends_on="retainer_timesheet",
    ),
    field(
        "retainer_note",
        "Small Text",
        "Ticket and Time",
        "retainer_timesheet",
        read_only=1,
        no_copy=1,
        depends_on="retainer_note",
    ),
]
