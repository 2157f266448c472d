"""A report as HTML, from its snapshot and its words alone: today, and in five years, the same."""

import json

import frappe
from frappe.model.document import Document
from frappe.utils import sanitize_html

from support_retainer.reporting import view
from support_retainer.reporting.drafts import spoken

TEMPLATE = "support_retainer/templates/support_report/report.html"


def body(report: Document, *, with_charts: bool = True) -> str:
    """The report without a page around it, for the portal and the desk; charts are inline SVG without scripts."""
    with spoken(json.loads(report.snapshot)["language"]):
        return frappe.render_template(TEMPLATE, view.of(report, with_charts=with_charts))


def styles() -> str:
    with open(frappe.get_app_path("support_retainer", "public", "portal", "report.css")) as file:
        return file.read()


def letter_head(report: Document) -> dict[str, str]:
    """Header and footer as they were when the figures were frozen."""
    frozen = json.loads(report.snapshot)["letter_head"]
    return {part: sanitize_html(frozen[part], linkify=False) for part in ("header", "footer")}


def mail(report: Document) -> str:
    """The whole report for a mail: mail programs draw no SVG, so the tables that stand beside the charts are all."""
    return f"<style>{styles()}</style>{body(report, with_charts=False)}"
