"""The contract on paper, for its print format, and what each kind of work costs: on paper and in the portal alike."""

from collections.abc import Iterator
from typing import Any

from support_retainer import amounts
from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, Treatment
from support_retainer.portal import package
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
