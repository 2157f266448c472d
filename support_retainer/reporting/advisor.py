"""Which package fits a client: his own history replayed under every package that is sold in his currency."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.domain.advice import Advice, best_fit, break_even_minutes, with_more
from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.contract_terms import ContractTerms, PricingModel
from support_retainer.domain.history import History, Offer
from support_retainer.domain.simulation import Outcome, simulate
from support_retainer.exceptions import NoHistory, NothingToDo
from support_retainer.reporting import contract_record, left_out, policies, site_history
from support_retainer.reporting.contract_record import Compared
from support_retainer.reporting.site_history import Whose
from support_retainer.site_time import site_date, utc_now

MONTHS = 12
MORE_PERCENT = 20


@dataclass(frozen=True, slots=True)
class Advised:
    """All that was tried. `more` are the same packages with a fifth more tickets, in the same order.

    `record` is the running contract replayed as it was, beside its invoices; `left_out` says what happened there that
    no other package can be tried with.
    """

    whose: Whose
    history: History
    outcomes: tuple[Outcome, ...]
    advice: Advice | None
    more: tuple[Outcome, ...]
    skipped: tuple[str, ...]
    own: str
    record: tuple[Compared, ...] = ()
    left_out: tuple[str, ...] = ()

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
    """Replay the last months of a Customer, Lead or Retainer Contract. Raises NoHistory."""
    whose, contract = whose_is(doctype, name)
    until = site_date(utc_now())
    start = _start(whose, contract, until, months)
    history = site_history.read(whose, start, until)
    if not history.tickets and not history.rows:
        frappe.throw(
            _("{0} has no tickets and no time since {1}, so there is nothing to replay.").format(
                bold(escape_html(frappe.get_doc(doctype, name).get_title())), frappe.utils.formatdate(start)
            ),
            NoHistory,
        )
    tried = try_packages(whose, contract, history)
    if not contract:
        return tried
    return replace(
        tried,
        record=contract_record.compare(contract),
        left_out=tuple(left_out.sentences(contract, start, until)),
    )


def try_packages(whose: Whose, contract: Document | None, history: History) -> Advised:
    """A history, wherever it is from, under every package that is sold in the client's currency."""
    offers, skipped = offers_for(contract, _currency(contract), history.start)
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


def offers_for(contract: Document | None, currency: str, start: date) -> tuple[list[Offer], list[str]]:
    """Every enabled package in the currency, his own at the fee that he agreed to, and the names of those that can't be
    tried without a quantity."""
    agreed = contract.terms_on(max(site_date(utc_now()), getdate(contract.start_date))) if contract else None
    quantity = agreed.quantity if agreed else Decimal(0)
    offers, skipped = [], []
    for name in frappe.get_all("Support Package", {"enabled": 1, "currency": currency}, pluck="name", order_by="name"):
        package = frappe.get_cached_doc("Support Package", name)
        policy = policies.of(package.sla_policy)
        terms = ContractTerms.from_snapshot(
            package.snapshot(),
            effective_from=start,
            quantity=quantity,
            calendar=policy.calendar,
            monthly_fee=agreed.monthly_fee if agreed and agreed.package == name else None,
        )
        if terms.pricing_model is PricingModel.METERED and not terms.quantity:
            skipped.append(name)
        else:
            offers.append(Offer(terms, policy, package.warranty_days or 0, exponent=smallest_unit(currency)))
    return offers, skipped


def whose_is(doctype: str, name: str) -> tuple[Whose, Document | None]:
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
