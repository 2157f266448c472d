from collections.abc import Sequence

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime

from support_retainer.domain import maintenance
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.maintenance import Approval, Missing, Upgrade
from support_retainer.exceptions import InvalidTime, JobNotReady, WrongCustomer
from support_retainer.retainer.rows import place

OVER = ("Done", "Rolled Back", "Not Needed")
# Where on the form what is missing is entered.
FIELDS = {
    Missing.STEPS: "steps",
    Missing.EVIDENCE: "evidence",
    Missing.RESTORE_TEST: "restore_test",
    Missing.STAGING: "staging_result",
    Missing.ROLLBACK: "rollback_plan",
    Missing.APPROVAL: "approval",
    Missing.WINDOW: "window_starts",
    Missing.VERIFICATION: "verification",
}


class MaintenanceJob(Document):
    """One occurrence of maintenance: due on a day, done by steps, proven by evidence."""

    def before_insert(self) -> None:
        self.take_over_activity()

    def validate(self) -> None:
        self.validate_site()
        self.validate_window()
        self.sign_steps()
        self.forget_approval_of_another_plan()
        self.refuse_unready()
        self.set_done_on()

    def take_over_activity(self) -> None:
        """The checklist of a job is a copy: a later change of the activity leaves it as it was agreed."""
        if not self.activity:
            return
        activity = frappe.get_cached_doc("Maintenance Activity", self.activity)
        self.kind, self.needs_evidence = activity.kind, activity.needs_evidence
        self.title = self.title or activity.activity_name
        self.activity_type = self.activity_type or activity.activity_type
        self.responsible = self.responsible or activity.responsible or self.account_manager()
        if not self.steps:
            self.extend("steps", [{"step": row.step} for row in activity.steps])

    def account_manager(self) -> str | None:
        return self.contract and frappe.db.get_value("Retainer Contract", self.contract, "account_manager")

    def validate_site(self) -> None:
        if not self.site:
            return
        contract, customer = frappe.db.get_value("Managed Site", self.site, ["contract", "customer"])
        self.contract = self.contract or contract
        self.customer = (
            self.contract and frappe.db.get_value("Retainer Contract", self.contract, "customer")
        ) or customer
        if customer and customer != self.customer:
            frappe.throw(
                _("{0}: {1} is a site of {2}. Choose one of {3}.").format(
                    place(self, "site"), bold(self.site), bold(customer), bold(self.customer)
                ),
                WrongCustomer,
            )

    def validate_window(self) -> None:
        starts, ends = self.window_starts, self.window_ends
        if starts and not (ends and get_datetime(ends) > get_datetime(starts)):
            frappe.throw(
                _("{0}: enter a time after the start of the window.").format(place(self, "window_ends")), InvalidTime
            )

    def sign_steps(self) -> None:
        for row in self.steps:
            if row.done and not row.done_at:
                row.done_by, row.done_at = frappe.session.user, now_datetime()
            elif not row.done:
                row.done_by = row.done_at = None

    def forget_approval_of_another_plan(self) -> None:
        """The client approved a version, a way back and a time; another one is another question."""
        plan = ("target_version", "rollback_plan", "window_starts", "window_ends")
        if self.is_new():
            self.approval = "Not Asked"
        elif self.approval != "Not Asked" and self.status == "Planned" and any(map(self.has_value_changed, plan)):
            self.approval, self.approved_by, self.approved_on = "Not Asked", None, None

    def refuse_unready(self) -> None:
        if self.status in ("Rolled Back", "Not Needed") and not self.note:
            frappe.throw(_("{0}: say why, the client reads it.").format(place(self, "note")), JobNotReady)
        if self.status == "In Progress":
            self.refuse_missing(self.missing_to_start())
        if self.status == "Done":
            self.refuse_missing(self.missing_to_finish())
            self.refuse_uncounted()

    def refuse_uncounted(self) -> None:
        """A yearly entitlement is that of the first time on the ticket."""
        terms = self.upgrade_terms()
        if not terms:
            return
        rule = terms.rule_for(self.activity_type)
        logged = {"issue": self.issue or "", "activity_type": self.activity_type, "docstatus": ["<", 2]}
        if rule.limit_per_year and not frappe.db.exists("Timesheet Detail", logged):
            frappe.throw(
                _("{0}: log its time first. The contract counts upgrades by it.").format(bold(self.title)),
                JobNotReady,
                title=_("Job not ready"),
            )

    def upgrade_terms(self) -> ContractTerms | None:
        """Those by which this work counts; a contract that starts later is read as on its first day."""
        if self.kind not in maintenance.ON_ONE_TICKET or not (self.contract and self.activity_type):
            return None
        contract = frappe.get_cached_doc("Retainer Contract", self.contract)
        return contract.terms_on(max(getdate(), getdate(contract.start_date)))

    def missing_to_ask(self) -> list[Missing]:
        if self.kind == "Upgrade":
            return maintenance.missing_to_ask(self.upgrade())
        return maintenance.missing_to_ask_window(has_window=bool(self.window_starts))

    def missing_to_start(self) -> list[Missing]:
        if self.kind == "Upgrade":
            return maintenance.missing_to_start(self.upgrade())
        return maintenance.missing_to_start_window(Approval(self.approval))

    def missing_to_finish(self) -> list[Missing]:
        return maintenance.missing_to_finish(
            [bool(row.done) for row in self.steps],
            needs_evidence=bool(self.needs_evidence),
            has_evidence=bool(self.evidence),
            needs_restore_test=self.kind == "Restore Test",
            has_restore_test=self.has_passed_restore_test(),
            upgrade=self.upgrade() if self.kind == "Upgrade" else None,
        )

    def has_passed_restore_test(self) -> bool:
        if not self.restore_test:
            return False
        found = frappe.db.get_value("Restore Test", self.restore_test, ["site", "status"])
        return found == (self.site, "Passed")

    def upgrade(self) -> Upgrade:
        return Upgrade(
            staging_passed=self.staging_result == "Passed",
            has_rollback_plan=bool(self.rollback_plan),
            is_approved=self.approval == "Approved",
            has_window=bool(self.window_starts and self.window_ends),
            is_verified=bool(self.verification),
        )

    def refuse_missing(self, missing: Sequence[Missing]) -> None:
        if missing:
            fields = ", ".join(bold(_(self.meta.get_label(FIELDS[one]))) for one in missing)
            frappe.throw(
                _("{0} cannot be {1} yet. Complete first: {2}.").format(bold(self.title), _(self.status), fields),
                JobNotReady,
                title=_("Job not ready"),
            )

    def set_done_on(self) -> None:
        self.done_on = (self.done_on or now_datetime()) if self.status in OVER else None


def on_doctype_update() -> None:
    frappe.db.add_index("Maintenance Job", ["status", "due_date"])
