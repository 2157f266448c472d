"""How much a client's site is used: who was active and what was made in the days before it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

LOOKS_BACK = timedelta(days=30)

# What people make in ERPNext, by module. A list, because a remote site is asked once for each of them.
DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "Accounts": ("Sales Invoice", "Purchase Invoice", "Payment Entry", "Journal Entry"),
    "Selling": ("Quotation", "Sales Order"),
    "Buying": ("Purchase Order",),
    "Stock": ("Delivery Note", "Purchase Receipt", "Stock Entry"),
    "CRM": ("Lead", "Opportunity"),
    "Projects": ("Task", "Timesheet"),
    "Support": ("Issue",),
    "Manufacturing": ("Work Order",),
}
MODULE_OF = {doctype: module for module, doctypes in DOCUMENTS.items() for doctype in doctypes}


@dataclass(frozen=True, slots=True)
class Use:
    """Users who were active and documents made, by DocType, in the days that LOOKS_BACK spans; no DocType at all where
    documents could not be counted."""

    active_users: int
    documents: Mapping[str, int] = field(default_factory=dict)

    @property
    def made(self) -> int | None:
        return sum(self.documents.values()) if self.documents else None

    def busiest(self, most: int = 3) -> list[tuple[str, int]]:
        """Modules with what was made in them, the busiest first; none in which nothing was made."""
        counts: dict[str, int] = {}
        for doctype, count in self.documents.items():
            module = MODULE_OF.get(doctype)
            if module and count:
                counts[module] = counts.get(module, 0) + count
        return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:most]
