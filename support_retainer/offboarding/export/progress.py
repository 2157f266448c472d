"""How far an export is: a field for everybody, an event for who looks at the form, a sign of life for the scheduler."""

import time

import frappe
from frappe import _, bold
from frappe.utils import now_datetime

from support_retainer import speech
from support_retainer.exceptions import ExportRefused, ExportStopped
from support_retainer.offboarding.export import trail, working_folder

EVERY = 2.0  # seconds between two writes


class Progress:
    """Percent over phases of different weight. Telling raises ExportStopped once the export is not wanted any more."""

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
        self.refuse_if_stopped()
        frappe.publish_progress(
            percent, title=_("Client Data Export"), description=step, doctype="Client Data Export", docname=self.export
        )

    def refuse_if_stopped(self) -> None:
        """Raises ExportStopped: somebody has no use for it any more. After a stop what is staged stays for a retry."""
        if frappe.db.get_value("Client Data Export", self.export, "status") != "Running":
            raise ExportStopped(_("Stopped. Retry goes on where it was."))


def stop(export: str) -> None:
    """Mark a running export; its worker ends at its next step. Raises ExportRefused where none runs."""
    if frappe.db.get_value("Client Data Export", export, "status", for_update=True) != "Running":
        frappe.throw(_("{0} is not being made now, so there is nothing to stop.").format(bold(export)), ExportRefused)
    values = {"status": "Failed", "error": _("Stopped by {0}.").format(speech.name_of(frappe.session.user))}
    frappe.db.set_value("Client Data Export", export, values)
    working_folder.forget_passphrase(export)
    trail.note(export, "Failed", values["error"])
