import frappe
from frappe.model.document import Document

from support_retainer.retainer.append_only import AppendOnlyRecord


class SLAEvent(AppendOnlyRecord, Document):
    """One fact about one issue. `at` is UTC whatever the zone of the site: the clock is a replay of these rows."""


def on_doctype_update() -> None:
    frappe.db.add_index("SLA Event", ["issue", "at"])
