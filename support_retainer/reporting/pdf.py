"""A report as PDF, laid out by WeasyPrint: the company's letterhead, vector charts, text that can be selected."""

import logging
import mimetypes
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import frappe
from frappe.model.document import Document

from support_retainer.reporting import fonts, rendering
from support_retainer.speech import _

PAPERS = ("A4", "Letter")
PAGE = """
@page {{
    size: {paper}; margin: 16mm 15mm 18mm;
    @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt Inter, "Noto Sans", sans-serif;
        color: #6b7280; }}
}}
html, body {{ margin: 0; font-family: Inter, "Noto Sans", "Noto Sans Arabic", "DejaVu Sans", sans-serif; }}
.letter-head {{ margin-bottom: 12pt; font-size: 9pt; color: #1f2937; }}
.letter-head img {{ max-height: 22mm; max-width: 100%; }}
.letter-foot {{ margin-top: 10pt; font-size: 8pt; color: #4b5563; }}
"""


def make(report: Document, paper: str | None = None) -> bytes:
    """The PDF of a report on A4 or Letter; the site's Print Settings decide where nothing is named."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    logging.getLogger("fontTools").setLevel(logging.WARNING)
    configuration = FontConfiguration()
    sheet = "\n".join([fonts.faces(), PAGE.format(paper=_paper(paper)), rendering.styles()])
    style = CSS(string=sheet, font_config=configuration, url_fetcher=fetch)
    document = HTML(string=_page(report), url_fetcher=fetch, base_url="site:/")
    return document.write_pdf(stylesheets=[style], font_config=configuration)


def file_name(report: Document) -> str:
    """A name that sorts and that a client recognises among others."""
    return f"{report.name} {report.customer} {report.period_start}.pdf".replace("/", "-").replace('"', "")


def _page(report: Document) -> str:
    head = rendering.letter_head(report)
    title = escape(f"{_(report.kind)} {report.customer} {report.period_start}")
    parts = [
        f"<!doctype html><html><head><meta charset='utf-8'><title>{title}</title></head><body>",
        f"<div class='letter-head'>{head['header']}</div>" if head["header"] else "",
        rendering.body(report),
        f"<div class='letter-foot'>{head['footer']}</div>" if head["footer"] else "",
        "</body></html>",
    ]
    return "".join(parts)


def _paper(wanted: str | None) -> str:
    """Only the papers that were looked at; anything else is printed on A4."""
    size = wanted or frappe.db.get_single_value("Print Settings", "pdf_page_size", cache=True)
    return size if size in PAPERS else PAPERS[0]


def fetch(url: str) -> dict[str, Any]:
    """What a report may show: files of this site, and data that is in the report itself.

    A letterhead or a summary can name any address; nothing is fetched from the network, and no other file is read.
    """
    parts = urlsplit(url)
    if parts.scheme == "data":
        from weasyprint import default_url_fetcher

        return default_url_fetcher(url)
    path = _file(parts.scheme, unquote(parts.path))
    if path is None:
        raise ValueError(_("A report shows only files of this site, not {0}").format(url[:200]))
    return {"string": path.read_bytes(), "mime_type": mimetypes.guess_type(path.name)[0] or "application/octet-stream"}


def _file(scheme: str, path: str) -> Path | None:
    if scheme == "file":
        wanted, allowed = Path(path).resolve(), fonts.folder().resolve()
        return wanted if allowed in wanted.parents and wanted.is_file() else None
    for prefix, place in (("/files/", "public"), ("/private/files/", "private")):
        if path.startswith(prefix):
            allowed = Path(frappe.get_site_path(place, "files")).resolve()
            wanted = (allowed / path.removeprefix(prefix)).resolve()
            if allowed in wanted.parents and wanted.is_file() and _may_show(path):
                return wanted
    return None


def _may_show(url: str) -> bool:
    """A private file only where it belongs to a letterhead or a report: a summary must not print another's file."""
    if not url.startswith("/private/"):
        return True
    owners = ["Letter Head", "Support Report"]
    return bool(frappe.db.exists("File", {"file_url": url, "attached_to_doctype": ["in", owners]}))
