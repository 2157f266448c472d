"""Erasing what we hold of a client: texts, files and archives go; what the law makes us keep stays and is named."""

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.offboarding.export import deletion, printing, publish

GONE = "[deleted on the client's request]"
TEMPLATE = "support_retainer/templates/handover/erasure_certificate.html"
OF_TICKETS = "(select name from tabIssue where retainer_contract = %(contract)s)"


def erase(contract: str) -> dict[str, int]:
    """What was erased -> how many. Repeating it erases nothing more."""
    return {
        "archives": erase_archives(contract),
        "files": erase_files(contract),
        "messages": erase_messages(contract),
        "tickets": erase_tickets(contract),
        "checks": erase_checks(contract),
    }


def erase_archives(contract: str) -> int:
    names = frappe.get_all("Client Data Export", {"contract": contract, "status": "Ready"}, pluck="name")
    for name in names:
        deletion.delete_archive(
            frappe.get_doc("Client Data Export", name), _("the client asked for the deletion of all data")
        )
    return len(names)


def erase_files(contract: str) -> int:
    """Attachments of tickets and of their messages."""
    names = frappe.db.sql_list(
        f"""select name from tabFile where (attached_to_doctype = 'Issue' and attached_to_name in {OF_TICKETS})
        or (attached_to_doctype = 'Communication' and attached_to_name in (
            select name from tabCommunication where reference_doctype = 'Issue' and reference_name in {OF_TICKETS}))""",  # noqa: S608
        {"contract": contract},
    )
    for name in names:
        frappe.delete_doc("File", name, ignore_permissions=True, force=True)
    return len(names)


def erase_messages(contract: str) -> int:
    return changed(
        f"""update tabCommunication set content = %(gone)s, text_content = %(gone)s, subject = %(gone)s
        where reference_doctype = 'Issue' and reference_name in {OF_TICKETS} and content != %(gone)s""",  # noqa: S608
        contract,
    ) + changed(
        f"""update tabComment set content = %(gone)s
        where reference_doctype = 'Issue' and reference_name in {OF_TICKETS} and content != %(gone)s""",  # noqa: S608
        contract,
    )


def erase_tickets(contract: str) -> int:
    """Number, dates and promises stay: they prove how the contract was kept."""
    return changed(
        """update tabIssue set subject = %(gone)s, description = %(gone)s, resolution_details = null
        where retainer_contract = %(contract)s and subject != %(gone)s""",
        contract,
    )


def erase_checks(contract: str) -> int:
    sites = frappe.get_all("Managed Site", {"contract": contract}, pluck="name")
    count = frappe.db.count("Site Check", {"site": ["in", sites or [""]]})
    frappe.db.delete("Site Check", {"site": ["in", sites or [""]]})
    return count


def changed(statement: str, contract: str) -> int:
    frappe.db.sql(statement, {"contract": contract, "gone": GONE})
    return int(frappe.db._cursor.rowcount)


def certify(doc: Document, counts: dict[str, int]) -> str:
    """The url of the certificate, a private file of the offboarding."""
    labels = {
        "archives": _("Archives of exports"),
        "files": _("Attachments of tickets"),
        "messages": _("Messages and comments"),
        "tickets": _("Subjects and descriptions of tickets"),
        "checks": _("Readings of sites"),
    }
    facts = {"doc": doc, "counts": [(labels[key], count) for key, count in counts.items()], "by": frappe.session.user}
    html = frappe.render_template(TEMPLATE, facts)
    return publish.attach_text(doc, "erasure.pdf", printing.pdf_of(html), "deletion_certificate").file_url
