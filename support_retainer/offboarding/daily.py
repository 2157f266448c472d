"""What the scheduler does for every offboarding that runs, one transaction each."""

from datetime import date

import frappe
from frappe.utils import getdate

from support_retainer.offboarding import after_end, checklist, reminders


def follow_all(on: date | str | None = None) -> list[str]:
    """Returns the offboardings that could not be followed; the error log says why."""
    failed = []
    for name in frappe.get_all("Offboarding", {"status": ["in", checklist.RUNNING]}, pluck="name"):
        try:
            follow(name, getdate(on))
            frappe.db.commit()
        except Exception:
            frappe.db.rollback()
            frappe.log_error(title=f"Offboarding {name}", reference_doctype="Offboarding", reference_name=name)
            failed.append(name)
    return failed


def follow(name: str, today: date) -> None:
    doc = frappe.get_doc("Offboarding", name)
    if after_end.may_wipe(doc, today):
        after_end.wipe_secrets(doc)
    checklist.follow(doc, today)
    reminders.remind(doc, today)
    doc.save(ignore_permissions=True)
