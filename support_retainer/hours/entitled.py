"""What a contract has had of its yearly entitlements and one-off fees, counted as the simulator counts them."""

from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.domain.contract_terms import ZERO, ContractTerms, CoverageRule
from support_retainer.domain.coverage import Coverage
from support_retainer.domain.entitlement import BEARS_EXTRAS, WITHIN_PACKAGE, Entitlements

NO_TICKET = "none of them"


class Entitled:
    """The contracts of one sheet; each row sees what submitted time, and the rows before it, have taken."""

    def __init__(self, rows: list[Document]) -> None:
        self.is_final = any(cint(row.get("docstatus")) == 1 for row in rows)
        self.known: dict[tuple[str, date], Entitlements] = {}

    def used_by_others(self, row: Document, terms: ContractTerms) -> int:
        """How many other issues took the yearly entitlement of this kind of work in the running contract year."""
        if not terms.rule_for(row.activity_type or "").limit_per_year:
            return 0
        return self._of(row, terms).used_by_others(row.activity_type, row.issue or "", getdate(row.from_time))

    def take(self, row: Document, terms: ContractTerms, part: Coverage, *, may_charge: bool) -> Decimal:
        """The work is done as decided; returns the one-off fee that it makes due."""
        rule = terms.rule_for(row.activity_type or "")
        if part.kind not in BEARS_EXTRAS or not (rule.limit_per_year or rule.one_off_fee):
            return ZERO
        entitlements, issue, day = self._of(row, terms), row.issue or "", getdate(row.from_time)
        if part.kind in WITHIN_PACKAGE:
            entitlements.take(rule.activity_type, issue, day)
        return entitlements.fee_due(rule.activity_type, issue, day) if may_charge else ZERO

    def _of(self, row: Document, terms: ContractTerms) -> Entitlements:
        key = (row.retainer_contract, terms.effective_from)
        if key not in self.known:
            self.known[key] = self._load(row.retainer_contract, terms)
        return self.known[key]

    def _load(self, contract: str, terms: ContractTerms) -> Entitlements:
        """Two people who submit such work on a contract come one after the other, or both would be the first."""
        start = getdate(frappe.get_cached_value("Retainer Contract", contract, "start_date"))
        entitlements, lock = Entitlements(terms, start), "lock in share mode" if self.is_final else ""
        for job in _begun(contract, frozenset(entitlements.fees), lock):  # whoever starts a job locks it first, too
            entitlements.charge(job.activity_type, job.issue, job.day)
        if self.is_final:
            frappe.db.get_value("Retainer Contract", contract, "name", for_update=True)
        for row in _taken(contract, entitlements.tracked, lock):
            if row.within:
                entitlements.take(row.activity_type, row.issue, row.day)
            if row.fee:
                entitlements.charge(row.activity_type, row.issue, row.day)
        return entitlements


def used_in_year(contract: str, terms: ContractTerms, rule: CoverageRule, day: date, but_for: str = NO_TICKET) -> int:
    """How many tickets, but for one, took the yearly entitlement of this kind of work in the contract year of `day`."""
    if not rule.limit_per_year:
        return 0
    return Entitled([])._load(contract, terms).used_by_others(rule.activity_type, but_for, day)


def _begun(contract: str, activity_types: frozenset[str], lock: str) -> list[frappe._dict]:
    """Jobs that charge the fee of their ticket's work, or for which a manager waived it."""
    if not activity_types:
        return []
    return frappe.db.sql(
        f"""select activity_type, coalesce(issue, '') as issue, date(started_on) as day from `tabMaintenance Job`
        where contract = %(contract)s and activity_type in %(activities)s and issue is not null
            and (one_off_fee > 0 or waive_fee = 1) {lock}""",  # noqa: S608 (our own text)
        {"contract": contract, "activities": sorted(activity_types)},
        as_dict=True,
    )


def _taken(contract: str, activity_types: frozenset[str], lock: str) -> list[frappe._dict]:
    return frappe.db.sql(
        f"""select activity_type, coalesce(issue, '') as issue, date(from_time) as day,
            retainer_coverage in %(within)s as within, retainer_one_off_fee as fee
        from `tabTimesheet Detail`
        where retainer_contract = %(contract)s and docstatus = 1
            and activity_type in %(activities)s {lock}""",  # noqa: S608 (our own text)
        {
            "contract": contract,
            "activities": sorted(activity_types),
            "within": [kind.value for kind in WITHIN_PACKAGE],
        },
        as_dict=True,
    )
