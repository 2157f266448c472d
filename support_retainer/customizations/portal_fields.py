"""What a client says in the portal about a ticket: that an emergency may cost, and how it went."""

from support_retainer.customizations.field import field

ISSUE_IN_PORTAL = [
    field(
        "retainer_emergency_agreed",
        "Small Text",
        "Emergency Agreed",
        "security_advisory",
        read_only=1,
        no_copy=1,
        depends_on="retainer_emergency_agreed",
        description="The client was shown this price outside support hours and agreed to it.",
    ),
    field(
        "retainer_rating",
        "Rating",
        "Rating",
        "retainer_emergency_agreed",
        read_only=1,
        no_copy=1,
        depends_on="retainer_rating",
    ),
    field(
        "retainer_rating_note",
        "Small Text",
        "What the Client Says",
        "retainer_rating",
        read_only=1,
        no_copy=1,
        depends_on="retainer_rating_note",
    ),
]
