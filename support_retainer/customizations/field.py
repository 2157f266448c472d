"""How a field of ours on a DocType of ERPNext is written down, and the choices that several of them share."""

from support_retainer.domain import warranty

MODULE = "Retainer"

CHANNELS = "\n".join(("", "Portal", "Email", "Phone", "WhatsApp", "Video Call", "Dedicated Line", "Monitoring"))
CAUSES = "\n".join(("", *warranty.CAUSES))
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
