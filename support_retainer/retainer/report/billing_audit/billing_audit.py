"""The audit as a report: everything on record that differs from what the contracts say. Empty is good."""

from dataclasses import asdict
from typing import Any

import frappe
from frappe import _

from support_retainer.retainer.columns import CONTRACT, column, translated


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str]:
    filters = frappe._dict(filters or {})
    # The records know no service: the audit is named in hooks.py, as a jinja method or a scheduler event is.
    audit = frappe.get_attr(frappe.get_hooks("retainer_audit")[-1])
    found = audit(filters.get("on"), filters.get("contract"))
    return columns(), [asdict(difference) for difference in found.differences], message(found)


def message(found: Any) -> str:
    if found.is_clean:
        return _("{0} contracts compared: everything is as it should be.").format(found.contracts)
    return _("{0} contracts compared, {1} differences.").format(found.contracts, len(found.differences))


def columns() -> list[dict]:
    return translated(
        [
            column("kind", "Kind", width=100),
            CONTRACT,
            column("what", "What", width=320),
            column("expected", "Expected", width=180),
            column("found", "Found", width=320),
        ]
    )
