from datetime import date, timedelta

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer.domain.contract_terms import PricingModel
from support_retainer.exceptions import InvalidTerms, TooLateForPeriod
from support_retainer.retainer import figures
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import SETTLED
from support_retainer.retainer.rows import place


class MeteredReading(Document):
    """How many of what a contract is priced by there are, from one billing period on until the next reading."""

    def validate(self) -> None:
        figures.refuse_odd_figures([self])
        figures.read_dates(self, "effective_from")
        contract = frappe.get_doc("Retainer Contract", self.contract)
        self.set_period(contract)
        self.refuse_invoiced_period()
        self.refuse_flat_price(contract)
        self.refuse_second_reading()

    def on_trash(self) -> None:
        self.refuse_invoiced_period()

    def set_period(self, contract: Document) -> None:
        """A reading counts for whole periods: a day within one means the next."""
        if not self.effective_from:
            self.effective_from = first_open_period(contract)
        day = max(getdate(self.effective_from), getdate(contract.start_date))
        period = contract.period_on(day).period
        self.effective_from = day if day == period.start else period.end

    def refuse_invoiced_period(self) -> None:
        before = self.get_doc_before_save() or self
        for day in {getdate(before.effective_from), getdate(self.effective_from)}:
            if day < first_open_period(frappe.get_doc("Retainer Contract", self.contract)):
                frappe.throw(
                    _("{0}: the period from {1} is invoiced. Leave it empty to count from the next one.").format(
                        place(self, "effective_from"), bold(formatdate(day))
                    ),
                    TooLateForPeriod,
                )

    def refuse_flat_price(self, contract: Document) -> None:
        terms = contract.terms_on(self.effective_from)
        if terms.pricing_model is not PricingModel.METERED:
            frappe.throw(
                _("{0}: {1} has a flat fee. Choose a contract that is priced by quantity.").format(
                    place(self, "contract"), bold(terms.package)
                ),
                InvalidTerms,
            )
        self.metric = terms.metric

    def refuse_second_reading(self) -> None:
        other = frappe.db.get_value(
            "Metered Reading",
            {"contract": self.contract, "effective_from": self.effective_from, "name": ["!=", self.name or ""]},
        )
        if other:
            frappe.throw(
                _("There is a reading from {0} already: {1}. Change that one.").format(
                    bold(formatdate(self.effective_from)), frappe.utils.get_link_to_form(self.doctype, other)
                ),
                frappe.DuplicateEntryError,
            )


def first_open_period(contract: Document) -> date:
    """The first day that no settled period of the contract covers."""
    last = frappe.db.get_value(
        "Retainer Billing Period",
        {"contract": contract.name, "status": ["in", SETTLED]},
        "period_end",
        order_by="period_start desc",
    )
    return last + timedelta(days=1) if last else getdate(contract.start_date)


def on_doctype_update() -> None:
    frappe.db.add_unique("Metered Reading", ["contract", "effective_from"], constraint_name="unique_contract_reading")
