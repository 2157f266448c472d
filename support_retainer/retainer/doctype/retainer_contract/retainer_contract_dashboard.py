from frappe import _


def get_data() -> dict:
    """Connections of the form: what was worked, granted and billed under this contract."""
    return {
        "fieldname": "contract",
        "non_standard_fieldnames": dict.fromkeys(
            ("Issue", "Timesheet", "Sales Invoice", "Quotation", "Warranty Claim"), "retainer_contract"
        ),
        "transactions": [
            {"label": _("Support"), "items": ["Issue", "Timesheet", "Warranty Claim"]},
            {"label": _("Hours"), "items": ["Hour Ledger", "Hour Ledger Entry"]},
            {"label": _("Billing"), "items": ["Retainer Billing Period", "Sales Invoice", "Quotation"]},
        ],
    }
