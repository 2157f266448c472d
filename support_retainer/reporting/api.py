"""What the desk asks about reports: make, count anew, show, print, send, and act on a recommendation."""

from typing import Any

import frappe
from frappe import _

from support_retainer.reporting import actions, drafts, pdf, rendering, sending

DOCTYPE = "Support Report"


@frappe.whitelist(methods=["POST"])
def make_report(contract: str, kind: str, start: str) -> str:
    """A report for the period that `start` falls into. Raises DuplicateReport, PeriodNotOver."""
    frappe.has_permission(DOCTYPE, "create", throw=True)
    frappe.get_doc("Retainer Contract", contract).check_permission("read")
    return drafts.make(contract, kind, start).name


@frappe.whitelist(methods=["POST"])
def renew(report: str) -> None:
    """Count the figures of a report that isn't sent anew."""
    frappe.get_doc(DOCTYPE, report).check_permission("write")
    drafts.renew(report)


@frappe.whitelist(methods=["GET"])
def preview(report: str) -> dict[str, str]:
    """{html, styles} as the client will see it."""
    doc = frappe.get_doc(DOCTYPE, report)
    doc.check_permission("read")
    return {"html": rendering.body(doc), "styles": rendering.styles()}


@frappe.whitelist(methods=["GET"])
def download(report: str, paper: str = "") -> None:
    """The PDF, on A4 or Letter."""
    doc = frappe.get_doc(DOCTYPE, report)
    doc.check_permission("print")
    frappe.response.filename = pdf.file_name(doc)
    frappe.response.filecontent = pdf.make(doc, paper or None)
    frappe.response.type = "pdf"


@frappe.whitelist(methods=["GET"])
def readers(report: str) -> list[str]:
    """Who would get the report by mail."""
    doc = frappe.get_doc(DOCTYPE, report)
    doc.check_permission("read")
    return sending.readers(doc.contract_doc())


@frappe.whitelist(methods=["POST"])
def send(report: str) -> list[str]:
    """Mail the report and freeze its words. Raises ReportIsSent, NotAContact."""
    frappe.get_doc(DOCTYPE, report).check_permission("write")
    return sending.send(report)


@frappe.whitelist(methods=["POST"])
def act(report: str, row: str, hours: float = 0, rate: float = 0, package: str = "", on: str = "") -> dict[str, Any]:
    """Make what a recommendation's action names; {doctype, name}. Raises NothingToDo, MissingItem."""
    made = actions.take(report, row, hours=float(hours), rate=float(rate), package=package, on=on)
    frappe.msgprint(_("{0} made").format(f"{_(made.doctype)} {made.name}"), alert=True)
    return {"doctype": made.doctype, "name": made.name}
