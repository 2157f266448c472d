"""Changes to fields of ERPNext that a custom field can't make."""

# ERPNext shows these only beside its own Service Level Agreement; our SLA Policy fills the same fields.
EITHER_AGREEMENT = "eval:doc.service_level_agreement || doc.sla_policy"
UNTIL_REPLIED = "eval:(doc.status != 'Replied' && doc.service_level_agreement) || doc.sla_policy"

NOT_OURS = "eval:!doc.sla_policy"


def prop(doctype: str, fieldname: str, name: str, value: str, property_type: str = "Data") -> dict[str, str]:
    return {
        "doc_type": doctype,
        "field_name": fieldname,
        "property": name,
        "property_type": property_type,
        "value": value,
    }


def depends_on(doctype: str, fieldname: str, condition: str) -> dict[str, str]:
    return prop(doctype, fieldname, "depends_on", condition)


PROPERTY_SETTERS = (
    depends_on("Issue", "response_by", UNTIL_REPLIED),
    depends_on("Issue", "sla_resolution_by", UNTIL_REPLIED),
    depends_on("Issue", "agreement_status", EITHER_AGREEMENT),
    # On a ticket under contract the agreement is the contract's, and there is nothing to reset.
    depends_on("Issue", "service_level_agreement", NOT_OURS),
    depends_on("Issue", "reset_service_level_agreement", NOT_OURS),
    # The column of the list that shows our countdown, and ERPNext's own status where an issue has no contract.
    prop("Issue", "agreement_status", "in_list_view", "1", "Check"),
    prop("Issue", "agreement_status", "label", "SLA"),
)
