from frappe import _

ON_ERPNEXT = ("Issue", "Sales Invoice", "Quotation", "Warranty Claim")


def get_data() -> dict:
    """Connections of the form. Timesheets link row by row, which connections can't count: the form has a button."""
    return {
        "fieldname": "contract",
        "non_standard_fieldnames": dict.fromkeys(ON_ERPNEXT, "retainer_contract"),
        "transactions": [
            {"label": _("Support"), "items": ["Issue", "Warranty Claim"]},
            {"label": _("Hours"), "items": ["Hour Ledger", "Hour Ledger Entry"]},
            {"label": _("Billing"), "items": ["Retainer Billing Period", "Sales Invoice", "Quotation"]},
            {"label": _("Sites"), "items": ["Managed Site", "Maintenance Job"]},
            {"label": _("Handover"), "items": ["Client Data Export", "Offboarding"]},
        ],
    }
