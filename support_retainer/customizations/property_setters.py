"""Changes to fields of ERPNext that a custom field can't make."""

# ERPNext shows these only beside its own Service Level Agreement; our SLA Policy fills the same fields.
EITHER_AGREEMENT = "eval:doc.service_level_agreement || doc.sla_policy"
UNTIL_REPLIED = "eval:(doc.status != 'Replied' && doc.service_level_agreement) || doc.sla_policy"

NOT_OURS = "eval:!doc.sla_policy"


def depends_on(doctype: str, fieldname: str, condition: str) -> dict[str, str]:
    return {
        "doc_type": doctype,
        "field_name": fieldname,
        "property": "depends_on",
        "property_type": "Data",
        "value": condition,
    }


PROPERTY_SETTERS = (
    depends_on("Issue", "response_by", UNTIL_REPLIED),
    depends_on("Issue", "sla_resolution_by", UNTIL_REPLIED),
    depends_on("Issue", "agreement_status", EITHER_AGREEMENT),
    # On a ticket under contract the agreement is the contract's, and there is nothing to reset.
    depends_on("Issue", "service_level_agreement", NOT_OURS),
    depends_on("Issue", "reset_service_level_agreement", NOT_OURS),
)
