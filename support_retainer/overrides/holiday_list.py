"""Holiday List: a holiday more or less moves the due times of open tickets."""

import frappe
from frappe.model.document import Document

from support_retainer.retainer.doctype.sla_policy.sla_policy import look_again_at_open_issues


def on_update(doc: Document, method: str | None = None) -> None:
    for policy in frappe.get_all("SLA Policy", {"holiday_list": doc.name}, pluck="name"):
        look_again_at_open_issues(policy)
