from typing import Any

from frappe import _


def get_data() -> dict[str, Any]:
    return {
        "fieldname": "site",
        "non_standard_fieldnames": {"Issue": "managed_site"},
        "transactions": [
            {"label": _("What Happened"), "items": ["Site Incident", "Issue"]},
            {"label": _("What is Done"), "items": ["Maintenance Job", "Restore Test"]},
        ],
    }
