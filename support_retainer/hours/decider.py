"""Coverage decisions for the rows of one timesheet: facts load once, each row sees what those before it drew."""

from datetime import date, datetime
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, getdate

from support_retainer.domain.contract_terms import ContractTerms, OveragePolicy, decimal
from support_retainer.domain.coverage import Claim, Coverage, CoverageKind, Reason, Work, decide, worked_so_far
from support_retainer.domain.estimate import decide_on_estimate
from support_retainer.domain.hour_ledger import Lot, less
from support_retainer.domain.late_time import is_late
from support_retainer.domain.lifecycle import is_after_warranty
from support_retainer.domain.override import OverrideKind, decide_by_override
from support_retainer.hours import allotment, approvals, estimated_time, ledger, reasons
from support_retainer.hours.entitled import Entitled
from support_retainer.hours.manager_decision import override_of
from support_retainer.site_time import to_utc

EMERGENCY = CoverageKind.EMERGENCY.value
URGENT = "P1 Critical"
NO_ISSUE = frappe._dict()


class Decider:
    """Decides row after row; nothing is written. Create it after locking where the decision will be posted."""

    def __init__(self, rows: list[Document]) -> None:
        self.issues = _issues(rows)
        self.claims = _claims(rows)
        self.incidents = _incidents(rows)
        self.entitled = Entitled(rows)
        self.estimated = estimated_time.estimates_of(rows)
        self.contracts = tuple(sorted({row.retainer_contract for row in rows}))
        self.is_final = any(cint(row.get("docstatus")) == 1 for row in rows)
        self.invoiced_until: dict[str, date | None] | None = None
        self.approved: dict[str, int] = {}
        self.terms: dict[tuple[str, date], ContractTerms] = {}
        self.lots: dict[str, Lot] = {}
        self.found: dict[str, Lot] = {}  # as they were before the first row, for the posting
        self.loaded: dict[tuple[str, date], list[str]] = {}

    def decide(self, row: Document) -> tuple[Coverage, ...]:
        """The parts of a row in time order; what they draw is gone for the next row."""
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        day = self.draw_day(row)
        terms = self._terms_of(contract, row)
        parts = self._parts(row, terms, contract, self._lots_on(contract.name, day))
        for part in parts:
            self._remember(row, part)
        return parts

    def fee_of(self, row: Document, part: Coverage) -> Decimal:
        """The one-off fee that a row makes due; asked once for each row, after it was decided on."""
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        override = override_of(row)
        is_given = bool(override and override.kind is OverrideKind.FREE)
        return self.entitled.take(row, self._terms_of(contract, row), part, may_charge=not is_given)

    def _terms_of(self, contract: Document, row: Document) -> ContractTerms:
        key = (contract.name, getdate(row.from_time))
        if key not in self.terms:
            self.terms[key] = contract.terms_on(key[1])
        return self.terms[key]

    def _parts(
        self, row: Document, terms: ContractTerms, contract: Document, lots: tuple[Lot, ...]
    ) -> tuple[Coverage, ...]:
        work, override = self._work(row, terms), override_of(row)
        if override:
            return decide_by_override(work, terms, override, lots)
        if row.get("task") in self.estimated:
            return decide_on_estimate(work, decimal(self.estimated[row.task].rate) or None)
        return decide(work, terms, self._claim(row, contract), lots)

    def draw_day(self, row: Document) -> date:
        """The day whose hours the row uses: its own, or today where its own period's usage is already invoiced."""
        worked = getdate(row.from_time)
        return getdate(frappe.flags.current_time) if self.is_after_invoice(row) else worked

    def is_after_invoice(self, row: Document) -> bool:
        contract = row.retainer_contract
        if self.invoiced_until is None:
            self.invoiced_until = _invoiced_until(self.contracts)
        until = self.invoiced_until.get(contract)
        if until is None:
            return False
        running = frappe.get_cached_doc("Retainer Contract", contract).period_on(getdate(frappe.flags.current_time))
        return is_late(getdate(row.from_time), until, running.period)

    def reason(self, row: Document, part: Coverage) -> reasons.Facts:
        """The facts behind a decision; see reasons.sentence."""
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        known = reasons.facts(part, self._terms_of(contract, row), tuple(self.lots.values()))
        if row.get("retainer_override"):
            known.update(reasons.decision(row, part))
        if part.draws and self.is_after_invoice(row):
            known["is_late"] = True
        return known

    def _work(self, row: Document, terms: ContractTerms) -> Work:
        billed, worked = self.incidents.get(row.issue, (0, 0)) if row.issue else (0, 0)
        return Work(
            activity_type=row.activity_type or "",
            start=to_utc(row.from_time),
            end=to_utc(row.to_time),
            channel=self.channel_of(row),
            incident_worked_minutes=worked_so_far(worked, billed, terms.emergency_minimum_minutes),
            incident_billed_minutes=billed,
            used_this_year=self.entitled.used_by_others(row, terms),
            approved_minutes=self._approved(row.retainer_contract, terms),
            is_urgent=self._issue(row).priority == URGENT,
            after_warranty=terms.only_during_warranty and _is_after_warranty(row),
        )

    def channel_of(self, row: Document) -> str:
        """The row's own, else its ticket's."""
        return row.get("retainer_channel") or self._issue(row).retainer_channel or ""

    def _issue(self, row: Document) -> frappe._dict:
        return self.issues.get(row.issue) or NO_ISSUE

    def _approved(self, contract: str, terms: ContractTerms) -> int:
        if terms.overage_policy is not OveragePolicy.ASK_APPROVAL:
            return 0
        if contract not in self.approved:
            self.approved[contract] = sum(minutes for _name, minutes in approvals.open_on(contract))
        return self.approved[contract]

    def _claim(self, row: Document, contract: Document) -> Claim | None:
        claim = self.claims.get(row.issue)
        if not claim:
            return None
        end = contract.warranty_end_date
        in_time = bool(end and getdate(claim.complaint_date) <= getdate(end))
        return Claim(claim.decision == "Covered", in_time or bool(claim.retainer_goodwill))

    def _lots_on(self, contract: str, day: date) -> tuple[Lot, ...]:
        if (contract, day) not in self.loaded:
            for name, lots in ledger.lots_by_contract(self.contracts, day).items():
                self._keep(name, day, lots if self.is_final else lots + self._coming(name, day))
        return tuple(self.lots[key] for key in self.loaded[contract, day] if self.lots[key].available)

    def _coming(self, contract: str, day: date) -> tuple[Lot, ...]:
        """A preview sees the hours of a period that has begun and that no job has turned yet."""
        return allotment.coming_lots(frappe.get_cached_doc("Retainer Contract", contract), day)

    def _keep(self, contract: str, day: date, lots: tuple[Lot, ...]) -> None:
        self.loaded[contract, day] = [lot.key for lot in lots]
        for lot in lots:
            self.lots.setdefault(lot.key, lot)
            self.found.setdefault(lot.key, lot)

    def _remember(self, row: Document, part: Coverage) -> None:
        for taken in part.draws:
            self.lots[taken.lot] = less(self.lots[taken.lot], taken.minutes)
        if part.reason is Reason.APPROVED:
            self.approved[row.retainer_contract] -= part.minutes
        if part.kind is CoverageKind.EMERGENCY and row.issue:
            billed, worked = self.incidents.get(row.issue, (0, 0))
            self.incidents[row.issue] = (billed + part.minutes, worked + part.clock_minutes)


def _is_after_warranty(row: Document) -> bool:
    ends = frappe.get_cached_value("Retainer Contract", row.retainer_contract, "warranty_end_date")
    return is_after_warranty(getdate(row.from_time), getdate(ends) if ends else None)


def _invoiced_until(contracts: tuple[str, ...]) -> dict[str, date]:
    """First day of the latest invoiced period by contract; one query."""
    return dict(
        frappe.db.sql(
            """select contract, max(period_start) from `tabRetainer Billing Period`
            where contract in %s and status = 'Invoiced' group by contract""",
            [contracts],
        )
    )


def _named(rows: list[Document]) -> list[str]:
    return sorted({row.issue for row in rows if row.issue})


def _issues(rows: list[Document]) -> dict[str, frappe._dict]:
    """The channel and priority of each issue."""
    issues = _named(rows)
    if not issues:
        return {}
    found = frappe.db.sql(
        "select name, retainer_channel, priority from `tabIssue` where name in %s", [issues], as_dict=True
    )
    return {issue.name: issue for issue in found}


def _claims(rows: list[Document]) -> dict[str, frappe._dict]:
    """The decided warranty claim of each issue; a pending claim decides nothing yet."""
    issues = _named(rows)
    if not issues:
        return {}
    found = frappe.db.sql(
        """select issue, decision, complaint_date, retainer_goodwill from `tabWarranty Claim`
        where issue in %s and decision in ('Covered', 'Not Covered') order by creation""",
        [issues],
        as_dict=True,
    )
    return {claim.issue: claim for claim in found}


def _incidents(rows: list[Document]) -> dict[str, tuple[int, int]]:
    """Emergency minutes of each issue so far: billed, and worked by the clock."""
    issues = _named(rows)
    if not issues:
        return {}
    found = frappe.db.sql(
        f"""select issue, sum(retainer_billed_minutes), sum(hours) * 60 from `tabTimesheet Detail`
        where issue in %(issues)s and docstatus = 1 and retainer_coverage = %(emergency)s
        group by issue {_alone_with(issues, rows)}""",  # noqa: S608 (our own text)
        {"issues": issues, "emergency": EMERGENCY},
    )
    return {issue: (cint(billed), round(worked or 0)) for issue, billed, worked in found}


def _alone_with(issues: list[str], rows: list[Document]) -> str:
    """Two people who submit time on one incident come one after the other, or both would be charged the minimum.

    A plain read could show the state from before the lock was had, so what is read under it is read with a lock too.
    """
    if cint(rows[0].get("docstatus")) != 1:  # the preview decides on plain rows
        return ""
    frappe.db.sql("select name from `tabIssue` where name in %s order by name for update", [issues])
    return "lock in share mode"


def stretch(row: Document, part: Coverage) -> tuple[datetime, datetime]:
    """A part's times as the sheet stores them; the outer edges keep the microseconds that were typed."""
    offset = get_datetime(row.from_time) - to_utc(row.from_time).replace(tzinfo=None)
    return part.start.replace(tzinfo=None) + offset, part.end.replace(tzinfo=None) + offset
