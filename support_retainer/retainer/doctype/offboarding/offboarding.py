import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from support_retainer.domain.offboarding import InvalidExportDays, export_days, progress
from support_retainer.exceptions import InvalidOffboarding
from support_retainer.retainer.rows import place

RUNNING = ("Open", "Transition")


class Offboarding(Document):
    """The end of a contract: duties of both sides, dates, exports, transition, deletion."""

    def validate(self) -> None:
        self.follow_contract()
        self.refuse_second()
        self.validate_export_days()
        self.stamp_tasks()
        self.progress = progress(bool(row.done) for row in self.tasks)

    def follow_contract(self) -> None:
        """Dates are the contract's; nobody enters them twice."""
        contract = frappe.db.get_value(
            "Retainer Contract",
            self.contract,
            ["customer", "notice_given_on", "end_date", "account_manager"],
            as_dict=True,
        )
        self.customer = contract.customer
        self.responsible = self.responsible or contract.account_manager
        if not self.is_new():
            return
        if not contract.end_date:
            frappe.throw(
                _("{0}: {1} has no end yet. Give notice on the contract; that opens the offboarding.").format(
                    place(self, "contract"), bold(self.contract)
                ),
                InvalidOffboarding,
            )
        self.notice_given_on = getdate(contract.notice_given_on or nowdate())
        self.end_date = getdate(contract.end_date)

    def refuse_second(self) -> None:
        other = frappe.db.exists(
            "Offboarding", {"contract": self.contract, "status": ["in", RUNNING], "name": ["!=", self.name or ""]}
        )
        if other and self.status in RUNNING:
            frappe.throw(
                _("{0}: {1} is the offboarding of this contract. Open that one.").format(
                    place(self, "contract"), frappe.utils.get_link_to_form("Offboarding", other)
                ),
                InvalidOffboarding,
            )

    def validate_export_days(self) -> None:
        try:
            export_days(self.export_days or "")
        except InvalidExportDays:
            frappe.throw(
                _("{0}: enter days before the end, separated by commas, for example 14, 3, 0.").format(
                    place(self, "export_days")
                ),
                InvalidOffboarding,
            )

    def stamp_tasks(self) -> None:
        """Who ticked a task, and when; unticked, it is open again."""
        for row in self.tasks:
            if row.done and not row.done_on:
                row.done_on, row.done_by = nowdate(), frappe.session.user
            elif not row.done:
                row.done_on = row.done_by = None


def on_doctype_update() -> None:
    frappe.db.add_index("Offboarding", ["contract", "status"])
