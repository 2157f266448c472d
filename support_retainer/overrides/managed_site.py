"""Managed Site: what its form tells beside the record."""

from frappe.model.document import Document

from support_retainer.monitoring import releases


def onload(doc: Document, method: str | None = None) -> None:
    doc.set_onload("newest_releases", releases.told(doc.versions))
    doc.set_onload("basis_of_releases", releases.basis())
