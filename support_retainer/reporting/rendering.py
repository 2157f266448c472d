"""A report as HTML, from its snapshot and its words alone: today, and in five years, the same."""

import json
from pathlib import Path

import frappe
from frappe.model.document import Document
from frappe.utils import sanitize_html

from support_retainer.reporting import view
from support_retainer.speech import speaking

TEMPLATE = "support_retainer/templates/support_report/report.html"


def body(report: Document, *, with_charts: bool = True) -> str:
    """The report without a page around it, for the portal and the desk; charts are inline SVG without scripts."""
    with speaking(json.loads(report.snapshot)["language"]):
        return frappe.render_template(TEMPLATE, view.of(report, with_charts=with_charts))


def styles() -> str:
    """For paper and for the portal."""
    return _text("public", "portal", "report.css")


def _text(*path: str) -> str:
    return Path(frappe.get_app_path("support_retainer", *path)).read_text(encoding="utf-8")


def letter_head(report: Document) -> dict[str, str]:
    """Header and footer as they were when the figures were frozen."""
    frozen = json.loads(report.snapshot)["letter_head"]
    return {part: sanitize_html(frozen[part], linkify=False) for part in ("header", "footer")}


def mail(report: Document) -> str:
    """The whole report for a mail, in styles of the nineties: mail programs know no flexible boxes, and draw no SVG, so
    the tables that stand beside the charts are all."""
    sheet = _text("templates", "support_report", "mail.css")
    return f"<style>{sheet}</style>{body(report, with_charts=False)}"
