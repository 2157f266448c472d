import frappe
from frappe.utils import getdate

CONTRACT = "Retainer Contract"


def execute() -> None:
    """Missed uplifts are made up now; a running contract may have those of the past in its fee already."""
    agreed = {"docstatus": 1, "uplift_percent": [">", 0], "uplift_from": ["is", "not set"]}
    for name in frappe.get_all(CONTRACT, filters=agreed, pluck="name"):
        frappe.db.set_value(CONTRACT, name, "uplift_from", getdate(), update_modified=False)
