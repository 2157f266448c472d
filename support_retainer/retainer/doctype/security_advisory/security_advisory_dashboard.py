from typing import Any

from frappe import _


def get_data() -> dict[str, Any]:
    return {
        "fieldname": "advisory",
        "non_standard_fieldnames": {"Issue": "security_advisory"},
        "transactions": [{"label": _("Affected Sites"), "items": ["Maintenance Job", "Issue"]}],
    }
