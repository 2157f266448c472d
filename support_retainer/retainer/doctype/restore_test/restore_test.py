import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.exceptions import InvalidRestoreTest
from support_retainer.retainer.rows import place

PRIVATE = "/private/files/"


class RestoreTest(Document):
    """One backup restored into a scratch database and compared: the evidence that it can be done."""

    def validate(self) -> None:
        if not self.flags.ignore_permissions:
            self.refuse_written_evidence()
            self.validate_upload()

    def refuse_written_evidence(self) -> None:
        """What a person may not enter on the form is evidence, which only a test itself writes."""
        before = self.get_doc_before_save() or frappe._dict(status="Ready", source="File")
        for field in self.meta.get("fields", {"read_only": 1}):
            self.set(field.fieldname, before.get(field.fieldname))
        if before.status != "Ready":
            frappe.throw(_("A test that was started cannot be changed. Make a new one."), InvalidRestoreTest)

    def validate_upload(self) -> None:
        """A client's database is no public file, and nothing is fetched from an address."""
        if not (self.upload or "").startswith(PRIVATE):
            frappe.throw(
                _("{0}: attach the file of the database as a private file.").format(place(self, "upload")),
                InvalidRestoreTest,
            )

    def on_trash(self) -> None:
        if self.status != "Ready":
            frappe.throw(
                _("A restore test is evidence and stays. Only one that was not started can be deleted."),
                InvalidRestoreTest,
            )


def on_doctype_update() -> None:
    frappe.db.add_index("Restore Test", ["site", "started_at"])
