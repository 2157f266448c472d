"""How far an export is: a field for everybody, an event for who looks at the form, a sign of life for the scheduler."""

import time

import frappe
from frappe import _
from frappe.utils import now_datetime

EVERY = 2.0  # seconds between two writes


class Progress:
    """Percent over phases of different weight."""

    def __init__(self, export: str, weights: dict[str, int]) -> None:
        self.export, self.weights = export, weights
        self.whole = sum(weights.values())
        self.before, self.phase, self.told_at = 0, "", 0.0

    def begin(self, phase: str, step: str) -> None:
        """The next phase; phases come in the order of the weights."""
        self.before = sum(weight for name, weight in self.weights.items() if self._earlier(name, phase))
        self.phase = phase
        self.tell(0, step, always=True)

    def _earlier(self, name: str, phase: str) -> bool:
        names = list(self.weights)
        return names.index(name) < names.index(phase)

    def tell(self, part: float, step: str, always: bool = False) -> None:
        """`part` is the share of this phase that is done, 0 to 1."""
        if not always and time.monotonic() - self.told_at < EVERY:
            return
        self.told_at = time.monotonic()
        percent = round(100 * (self.before + min(part, 1) * self.weights[self.phase]) / self.whole, 1)
        values = {"progress": percent, "step": step[:140], "heartbeat_at": now_datetime()}
        frappe.db.set_value("Client Data Export", self.export, values, update_modified=False)
        frappe.db.commit()
        frappe.publish_progress(
            percent, title=_("Client Data Export"), description=step, doctype="Client Data Export", docname=self.export
        )
