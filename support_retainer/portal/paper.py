"""The contract and its hours on paper, for their print formats, and what each kind of work costs: on paper and in the
portal alike."""

from collections.abc import Iterator
from typing import Any

import frappe
from frappe.utils import getdate

from support_retainer import amounts, speech
from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, Treatment
from support_retainer.portal import hours, package
from support_retainer.portal.templates import render_alone
from support_retainer.site_time import site_date, utc_now
from support_retainer.speech import _


def contract_in_words(doc: Any) -> dict[str, Any]:
    """{sentences, promises, charges: [{activity_type, treatment, rate}]}; empty lists for a draft without terms."""
    if not doc.terms or not doc.terms[0].package_snapshot:
        return {"sentences": [], "promises": [], "charges": []}
    found = package.agreed(doc)
    return {
        "sentences": package.in_words(found),
        "promises": package.promises(found),
        "charges": list(charges(found.terms)),
    }


def hour_statement(doc: Any) -> str:
    """HTML of the hours of a Retainer Contract, in the period that the request's `first` falls into (else today's),
    or of those of a Retainer Billing Period. Who may print the record may read it."""
    if doc.doctype == "Retainer Contract":
        return _hours_of(doc, str(frappe.form_dict.get("first") or ""))
    if getdate(doc.period_start) > site_date(utc_now()):
        return _only(_("This period begins on {0}.").format(speech.day(doc.period_start)))
    return _hours_of(frappe.get_cached_doc("Retainer Contract", doc.contract), doc.period_start)


def _hours_of(contract: Any, first: Any) -> str:
    if contract.docstatus == 0:
        return _only(_("Hours begin when the contract is submitted."))
    return render_alone("hours_paper.html", **hours.on_paper(hours.of_contract(contract, first)))


def _only(sentence: str) -> str:
    return f"<p>{frappe.utils.escape_html(sentence)}</p>"


def charges(terms: ContractTerms) -> Iterator[dict[str, str]]:
    """{activity_type, treatment, rate} of each kind of work, `rate` in words and as invoices have it."""
    for rule in sorted(terms.rules.values(), key=lambda rule: (rule.treatment.value, rule.activity_type)):
        yield {"activity_type": rule.activity_type, "treatment": rule.treatment.value, "rate": _rate(rule, terms)}


def _rate(rule: CoverageRule, terms: ContractTerms) -> str:
    price = amounts.price(terms.discounted(rule.rate), terms.currency)
    texts = {
        Treatment.HOURLY: _("{0} an hour").format(price),
        Treatment.DAILY: _("{0} a day").format(price),
        Treatment.QUOTED: _("by estimate"),
    }
    text = texts.get(rule.treatment, "")
    if rule.plus_expenses:
        text = _("{0}, plus travel at cost").format(text)
    if rule.one_off_fee:
        fee = amounts.money(rule.one_off_fee, terms.currency)
        text = _("{0}, once {1}").format(text, fee) if text else _("once {0}").format(fee)
    if rule.limit_per_year:
        text = (
            f"{text} ({_('{0} a year included').format(rule.limit_per_year)})"
            if text
            else _("{0} a year").format(rule.limit_per_year)
        )
    return text
