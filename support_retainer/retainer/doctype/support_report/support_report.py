from datetime import date

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer.domain.billing_period import Anchor, anchor_of
from support_retainer.domain.support_report import ReportKind, period_of
from support_retainer.exceptions import DuplicateReport, PeriodNotOver, ReportIsSent
from support_retainer.retainer.rows import place

FIXED_ONCE_SENT = ("summary", "account_manager", "snapshot")
FIXED_IN_ROWS = ("recommendation", "fact", "shown")


class SupportReport(Document):
    """What a client was told about one period. The figures are frozen when it is made, the words when it is sent."""

    def validate(self) -> None:
        self.set_from_contract()
        self.set_period()
        self.refuse_period_that_runs()
        self.refuse_second_report()
        self.refuse_other_figures()
        self.refuse_other_words()
        self.note_review()

    def on_trash(self) -> None:
        if self.status == "Sent":
            frappe.throw(_("{0} was sent to the client and stays on record.").format(bold(self.name)), ReportIsSent)

    def set_from_contract(self) -> None:
        contract = self.contract_doc()
        self.customer, self.company = contract.customer, contract.company
        if self.is_new() and not self.account_manager:
            self.account_manager = contract.account_manager

    def set_period(self) -> None:
        """The whole week, month or quarter of the contract that the first day falls into."""
        period = period_of(ReportKind(self.kind), months_from(self.contract_doc()), getdate(self.period_start))
        self.period_start, self.period_end = period.start, period.last_day

    def refuse_period_that_runs(self) -> None:
        if self.is_new() and getdate(self.period_end) >= getdate(frappe.flags.current_time):
            frappe.throw(
                _("{0}: the period lasts until {1}. Make the report on the day after.").format(
                    place(self, "period_start"), bold(formatdate(self.period_end))
                ),
                PeriodNotOver,
            )

    def refuse_second_report(self) -> None:
        same = {"contract": self.contract, "kind": self.kind, "period_start": self.period_start}
        other = self.is_new() and frappe.db.get_value("Support Report", same)
        if other:
            frappe.throw(
                _("{0}: {1} tells of this period already. Open that one.").format(
                    place(self, "period_start"), frappe.utils.get_link_to_form("Support Report", other)
                ),
                DuplicateReport,
            )

    def refuse_other_figures(self) -> None:
        """A snapshot is taken once; only a report that isn't sent may be counted anew, by `reporting.drafts.renew`."""
        before = self.get_doc_before_save()
        if before and before.snapshot and before.snapshot != self.snapshot and not self.flags.renewed:
            frappe.throw(_("The figures of {0} are frozen.").format(bold(self.name)), ReportIsSent)

    def refuse_other_words(self) -> None:
        """Decisions go on after the report was sent; what the client has read stays."""
        before = self.get_doc_before_save()
        if not before or before.status != "Sent":
            return
        rows = {row.name: row for row in self.recommendations}
        kept = all(
            row.name in rows and _same(row, rows[row.name], FIXED_IN_ROWS) for row in before.recommendations
        ) and len(rows) == len(before.recommendations)
        if not kept or not _same(before, self, FIXED_ONCE_SENT):
            frappe.throw(
                _("{0} was sent, so its words stay. Decisions, documents and the minutes can still change.").format(
                    bold(self.name)
                ),
                ReportIsSent,
            )

    def note_review(self) -> None:
        """The first change by a person makes a draft one in review."""
        if not self.is_new() and self.status == "Draft" and not self.flags.by_machine:
            self.status = "In Review"

    def contract_doc(self) -> Document:
        return frappe.get_cached_doc("Retainer Contract", self.contract)


def months_from(contract: Document) -> date:
    """The day that the months of a contract are counted from."""
    return anchor_of(getdate(contract.start_date), Anchor(contract.billing_anchor))


def _same(one: Document, other: Document, fieldnames: tuple[str, ...]) -> bool:
    return all((one.get(name) or "") == (other.get(name) or "") for name in fieldnames)


def on_doctype_update() -> None:
    frappe.db.add_unique("Support Report", ["contract", "kind", "period_start"], "one_report_per_period")
