"""An SLA Policy of the site as the replay of tickets reads it."""

import frappe

from support_retainer.domain.sla_clock import ROUND_THE_CLOCK, Policy


def of(name: str | None) -> Policy:
    """One without promises where a package names none."""
    if not name:
        return Policy("", ROUND_THE_CLOCK, {})
    doc = frappe.get_cached_doc("SLA Policy", name)
    return Policy(name, doc.calendar(), doc.targets_by_priority())
