"""Which contract serves a customer on a given day."""

from datetime import date

import frappe

SERVING = ("Active", "Suspended", "Notice Given")
FIELDS = ["name", "project", "package", "start_date", "end_date"]


def contract_serving(customer: str | None, day: date, project: str | None = None) -> frappe._dict | None:
    """The contract of the issue's project, else one for no project in particular, else None; one query."""
    if not customer:
        return None
    rows = frappe.get_all(
        "Retainer Contract",
        filters={"customer": customer, "status": ["in", SERVING], "docstatus": 1, "start_date": ["<=", day]},
        fields=FIELDS,
        order_by="start_date desc, name desc",
    )
    serving = [row for row in rows if not row.end_date or row.end_date >= day]
    return next((row for row in serving if project and row.project == project), None) or next(
        (row for row in serving if not row.project or not project), None
    )
