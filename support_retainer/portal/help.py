"""The knowledge base for clients: published articles by category, and a search in them."""

from itertools import groupby
from typing import Any

import frappe

from support_retainer.portal.access import Client
from support_retainer.sla import knowledge

MOST = 500


def page(client: Client) -> dict[str, Any]:
    """Frappe shows one article and one category, but has no page that lists them all."""
    text = str(frappe.form_dict.get("text") or "").strip()[:140]
    return {"text": text, "found": knowledge.suggest(text) if text else [], "shelves": [] if text else shelves()}


def shelves() -> list[dict[str, Any]]:
    """[{category, articles: [{title, route}]}] of what is published, in the order of the alphabet; one query."""
    rows = frappe.db.sql(
        """select category, title, route from `tabHelp Article` where published = 1
        order by category, title limit %s""",
        MOST,
        as_dict=True,
    )
    return [{"category": name, "articles": list(group)} for name, group in groupby(rows, lambda row: row.category)]
