"""Sections of a report that other parts of the app know: sites, maintenance, backups, usage of a site.

A provider is a function named in hooks.py under `retainer_report_sections`. It is called with the contract's document,
the first and the last day of the period (both count), in the client's language, and gives a list of sections:

    {"key": "uptime", "title": "Availability",
     "figures": [{"label": "Availability", "value": "99.95 %"}],
     "columns": ["Site", "Availability"], "rows": [["erp.client.example", "99.95 %"]],
     "site": {"uptime_percent": 99.95}}

Every part but `key` and `title` may be left out; all values are text, written as the client shall read them.
`site` holds figures for the recommendations, by the names of `SiteFacts`; of several sites the worst counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from functools import partial
from typing import Any

import frappe
from frappe.model.document import Document

from support_retainer.domain.recommendations import SiteFacts

Provider = Callable[[Document, date, date], list[dict[str, Any]]]
HOOK = "retainer_report_sections"
LOWEST = ("uptime_percent", "version")  # of several sites the lowest is the worst; of all else the highest


def sections(contract: Document, first: date, last: date) -> list[dict[str, Any]]:
    """What all providers say. One that fails is logged and left out: it must not keep a client from his report."""
    found: list[dict[str, Any]] = []
    for path, load in registered():
        try:
            found += load()(contract, first, last)
        except Exception:
            frappe.log_error(
                title=f"Report section failed: {path}",
                reference_doctype=contract.doctype,
                reference_name=contract.name,
            )
    return found


def registered() -> list[tuple[str, Callable[[], Provider]]]:
    """The name of each provider, and what loads it: a module that doesn't import fails like the provider itself."""
    return [(path, partial(frappe.get_attr, path)) for path in frappe.get_hooks(HOOK)]


def site_facts(found: Iterable[Mapping[str, Any]]) -> SiteFacts:
    """The worst of each figure over all sections; a section says nothing about a figure it leaves out."""
    values: dict[str, Any] = {}
    for section in found:
        for name, value in (section.get("site") or {}).items():
            if value is not None:
                values[name] = _worse(name, value, values.get(name))
    known = {one.name for one in fields(SiteFacts)}
    return SiteFacts(**{name: value for name, value in values.items() if name in known})


def _worse(name: str, value: Any, other: Any) -> Any:
    if other is None:
        return value
    return min(value, other) if name in LOWEST else max(value, other)
