"""Papers for a client, as HTML in his language and as PDF by WeasyPrint, which Frappe brings; only the site's own style
sheets and public files are fetched."""

import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import frappe
from frappe.utils import get_url

from support_retainer.speech import language_of, speaking


def paper(template: str, address: str | None, customer: str, facts: Callable[[], dict[str, Any]]) -> str:
    """The HTML of a template in the language of the address, else of the customer; `facts` may format and translate."""
    with speaking(language_of(address, customer)) as direction:
        told = {**facts(), "lang": frappe.local.lang, "direction": direction}
        return frappe.render_template(template, told)


def pdf_of(html: str) -> bytes:
    from weasyprint import HTML

    return HTML(string=html, base_url=get_url() + "/", url_fetcher=from_disk).write_pdf()


def from_disk(url: str, *_arguments: Any, **_keywords: Any) -> dict[str, Any]:
    """What stands under /assets and /files on this server. Raises ValueError for anything else: print formats are
    written by users, and a worker should not be led to other servers or to other files."""
    if url.startswith("data:"):
        from weasyprint import default_url_fetcher

        return default_url_fetcher(url)
    path = unquote(urlsplit(url).path)
    roots = {
        "/assets/": Path(frappe.local.sites_path, "assets"),
        "/files/": Path(frappe.get_site_path("public", "files")),
    }
    for start, root in roots.items():
        if path.startswith(start) and ".." not in path.split("/"):
            file = root / path.removeprefix(start)
            return {"string": file.read_bytes(), "mime_type": mimetypes.guess_type(file.name)[0]}
    raise ValueError(f"{url} is not fetched")
