"""Which package fits a client: his own history replayed under every package that is sold in his currency."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.billing.invoice import smallest_unit
from support_retainer.domain.advice import Advice, best_fit, break_even_minutes, with_more
from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.contract_terms import ContractTerms, PricingModel
from support_retainer.domain.history import History, Offer
from support_retainer.domain.simulation import Outcome, simulate
from support_retainer.domain.sla_clock import ROUND_THE_CLOCK, Policy
from support_retainer.exceptions import NothingToDo
from support_retainer.reporting import site_history
from support_retainer.reporting.site_history import Whose
from support_retainer.site_time import site_date, utc_now

MONTHS = 12
MORE_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Advised:
    """All that was tried. `more` are the same packages with a fifth more tickets, in the same order."""

    whose: Whose
    history: History
    outcomes: tuple[Outcome, ...]
    advice: Advice | None
    more: tuple[Outcome, ...]
    skipped: tuple[str, ...]
    own: str

    def break_even(self) -> list[tuple[str, str, int]]:
        """(package, dearer package, minutes a month) where the dearer one begins to pay; neighbours by price."""
        ranked = sorted(self.outcomes, key=lambda outcome: outcome.offer.terms.monthly_fee)
        pairs = pairwise(ranked)
        found = [(one, other, break_even_minutes(one, other)) for one, other in pairs]
        return [
            (one.offer.terms.package, other.offer.terms.package, minutes)
            for one, other, minutes in found
            if minutes is not None
        ]

    def best_with_more(self) -> str:
        best = best_fit(self.more)
        return best.best.offer.terms.package if best else ""


def advise(doctype: str, name: str, months: int = MONTHS) -> Advised:
    """Replay the last months of a Customer, Lead or Retainer Contract. Raises NothingToDo without any history."""
    whose, contract = _whose(doctype, name)
    until = site_date(utc_now())
    start = _start(whose, contract, until, months)
    history = site_history.read(whose, start, until)
    if not history.tickets and not history.rows:
        frappe.throw(
            _("{0} has no tickets and no time since {1}, so there is nothing to replay.").format(
                bold(name), frappe.utils.formatdate(start)
            ),
            NothingToDo,
        )
    offers, skipped = offers_for(contract, _currency(contract), start)
    outcomes = tuple(simulate(offer, history, Anchor.START_DAY) for offer in offers)
    more = with_more(history, MORE_PERCENT)
    return Advised(
        whose=whose,
        history=history,
        outcomes=outcomes,
        advice=best_fit(outcomes),
        more=tuple(simulate(offer, more, Anchor.START_DAY) for offer in offers),
        skipped=tuple(skipped),
        own=contract.package if contract else "",
    )


def replay(contract: Document, until: date) -> Outcome:
    """A contract under its own terms from its first day to `until`: gives the invoices that billing has made."""
    start = getdate(contract.start_date)
    last = min(until, getdate(contract.end_date)) if contract.end_date else until
    history = site_history.read(Whose(contract.customer, contract.name), start, last)
    return simulate(own_offer(contract), history, Anchor(contract.billing_anchor))


def own_offer(contract: Document) -> Offer:
    """The terms as agreed, with those agreed for later days."""
    rows = sorted(contract.terms, key=lambda row: getdate(row.effective_from))
    terms = [contract.terms_on(getdate(row.effective_from)) for row in rows]
    return Offer(
        terms=terms[0],
        policy=_policy(json.loads(rows[0].package_snapshot).get("sla_policy")),
        later=tuple(terms[1:]),
        end_date=getdate(contract.end_date) if contract.end_date else None,
        exponent=smallest_unit(contract.currency),
    )


def offers_for(contract: Document | None, currency: str, start: date) -> tuple[list[Offer], list[str]]:
    """Every enabled package in the currency, and the names of those that can't be tried without a quantity."""
    quantity = contract.terms_on(contract.period_on(start).period.start).quantity if contract else Decimal(0)
    offers, skipped = [], []
    for name in frappe.get_all("Support Package", {"enabled": 1, "currency": currency}, pluck="name", order_by="name"):
        package = frappe.get_cached_doc("Support Package", name)
        policy = _policy(package.sla_policy)
        terms = ContractTerms.from_snapshot(
            package.snapshot(), effective_from=start, quantity=quantity, calendar=policy.calendar
        )
        if terms.pricing_model is PricingModel.METERED and not terms.quantity:
            skipped.append(name)
        else:
            offers.append(Offer(terms, policy, package.warranty_days or 0, exponent=smallest_unit(currency)))
    return offers, skipped


def _policy(name: str | None) -> Policy:
    if not name:
        return Policy("", ROUND_THE_CLOCK, {})
    doc = frappe.get_cached_doc("SLA Policy", name)
    return Policy(name, doc.calendar(), doc.targets_by_priority())


def _whose(doctype: str, name: str) -> tuple[Whose, Document | None]:
    """Whose history, and the contract that serves him, if one does."""
    if doctype == "Retainer Contract":
        contract = frappe.get_doc(doctype, name)
        return Whose(contract.customer, contract.name), contract
    if doctype == "Lead":
        return Whose(lead=name), None
    if doctype != "Customer":
        raise ValueError(f"nobody to advise: {doctype}")
    serving = {"customer": name, "docstatus": 1, "status": ["in", ("Active", "Suspended", "Notice Given")]}
    found = frappe.get_all("Retainer Contract", serving, pluck="name", order_by="start_date desc", limit=1)
    return Whose(name), frappe.get_doc("Retainer Contract", found[0]) if found else None


def _start(whose: Whose, contract: Document | None, until: date, months: int) -> date:
    """Whole months back, but not before the first ticket, and for a contract not before it began."""
    start = site_history.months_back(until, months)
    first = getdate(contract.start_date) if whose.contract and contract else site_history.first_day(whose)
    return max(start, first) if first and first <= until else start


def _currency(contract: Document | None) -> str:
    """That of the contract, else the one in which most packages are sold."""
    if contract:
        return str(contract.currency)
    rows: Sequence[tuple[str, int]] = frappe.db.sql(
        """select currency, count(*) as sold from `tabSupport Package` where enabled = 1
        group by currency order by sold desc, currency"""
    )
    if not rows:
        frappe.throw(_("No Support Package is enabled, so there is nothing to compare."), NothingToDo)
    return rows[0][0]
