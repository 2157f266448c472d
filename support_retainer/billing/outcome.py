"""What became of a number of periods, in the figures of a run."""

from dataclasses import dataclass, field

import frappe
from frappe import _


@dataclass
class Outcome:
    """Counts are of periods; `invoices` are names, of which contracts of one customer may share one."""

    invoices: list[str] = field(default_factory=list)
    done: int = 0
    not_charged: int = 0
    skipped: int = 0
    found_later: int = 0
    failures: list[dict] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.invoices += other.invoices
        self.failures += other.failures
        self.done += other.done
        self.not_charged += other.not_charged
        self.skipped += other.skipped
        self.found_later += other.found_later

    def figures(self) -> dict[str, int]:
        return {
            "done": self.done,
            "not_charged": self.not_charged,
            "invoices": len(self.invoices),
            "failed": len(self.failures),
            "skipped": self.skipped,
            "found_later": self.found_later,
        }


def reason_of(error: Exception) -> str:
    """Why something was not billed, as a manager reads it: what a check said, or that nobody foresaw it."""
    said = frappe.utils.strip_html(str(error)).strip()
    if said and isinstance(error, frappe.ValidationError | frappe.PermissionError):
        return said
    return _(
        "Unexpected error, which an administrator can look up in the Error Log ({0}). The next run tries again."
    ).format(f"{type(error).__name__}: {said}" if said else type(error).__name__)
