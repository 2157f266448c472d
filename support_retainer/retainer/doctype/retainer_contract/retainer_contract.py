from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate

from support_retainer import exceptions
from support_retainer.domain import lifecycle, suspension
from support_retainer.domain.billing_period import Anchor, BillablePeriod, Period, billable
from support_retainer.domain.changes import Change
from support_retainer.domain.charges import period_fee
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.retainer import books, figures
from support_retainer.retainer.doctype.retainer_contract import (
    agreed_terms,
    counting,
    later_terms,
    second_contract,
    yearly_uplift,
)
from support_retainer.retainer.rows import place, refuse_duplicates

NEEDED_FIRST = ("customer", "company", "package", "go_live_date")


class RetainerContract(Document):
    """What one client agreed to. Submitting it makes it active."""

    def validate(self) -> None:
        self.require_main_fields()
        self.read_figures()
        self.start_as_draft()
        self.validate_package()
        self.set_defaults_from_package()
        self.set_dates()
        self.validate_currency()
        self.validate_fee()
        self.validate_fiscal_years()
        self.validate_company_of_links()
        self.validate_project()
        self.validate_contacts()
        counting.validate(self)
        second_contract.refuse(self)
        self.validate_terms()

    def before_submit(self) -> None:
        second_contract.lock_customer(self)
        second_contract.refuse(self)
        self.add_first_terms()
        self.complete_terms()
        self.validate_first_terms()
        self.warn_of_missing_account_manager()
        self.keep_hours_rule()
        yearly_uplift.keep_day_of_agreement(self)
        self.status = "Active"

    def before_cancel(self) -> None:
        self.status = "Cancelled"

    def before_update_after_submit(self) -> None:
        self.read_figures()
        self.refuse_changed_history()
        self.refuse_end_before_start()
        self.validate_company_of_links()
        self.validate_project()
        self.validate_contacts()
        counting.validate(self)
        second_contract.refuse(self)
        later_terms.validate(self)
        self.complete_terms()
        self.validate_terms()
        yearly_uplift.keep_day_of_agreement(self)

    def require_main_fields(self) -> None:
        """Frappe looks for missing fields after `validate`, which already reads these."""
        for fieldname in NEEDED_FIRST:
            if not self.get(fieldname):
                frappe.throw(_("{0} is missing. Enter it.").format(place(self, fieldname)), frappe.MandatoryError)

    def start_as_draft(self) -> None:
        """An amended contract starts anew: notice and end belong to the one it replaces."""
        if self.docstatus.is_draft():
            self.status = "Draft"
            self.notice_given_on = self.end_date = None

    def validate_package(self) -> None:
        if not self.offer().enabled:
            frappe.throw(
                _("{0}: {1} is not sold any more. Choose another package, or enable it.").format(
                    place(self, "package"), bold(self.package)
                ),
                exceptions.PackageDisabled,
            )

    def set_defaults_from_package(self) -> None:
        """Empty means "as the package says"; a zero that was entered stays.

        The currency is always the package's, because every price of the contract comes from there.
        """
        offer = self.offer()
        self.currency = offer.currency
        if self.monthly_fee is None:
            self.monthly_fee = offer.monthly_fee
        if self.notice_days is None:
            self.notice_days = offer.notice_days
        if self.billing_lead_days is None:
            self.billing_lead_days = frappe.db.get_single_value("Retainer Settings", "billing_lead_days")
        if not self.account_manager:
            self.account_manager = frappe.get_cached_value("Customer", self.customer, "account_manager")

    def set_dates(self) -> None:
        self.go_live_date = getdate(self.go_live_date)
        self.start_date = getdate(self.start_date or self.go_live_date)
        offer = self.offer()
        self.warranty_end_date = lifecycle.warranty_end(self.go_live_date, offer.warranty_days or 0)
        self.minimum_term_end = lifecycle.minimum_term_end(self.start_date, offer.minimum_term_months or 0)

    def read_figures(self) -> None:
        figures.refuse_odd_figures([self, *self.get_all_children()])
        figures.read_dates(self, "go_live_date", "start_date", "notice_given_on", "end_date")
        figures.read_dates(self, "overdue_grace_until", "uplift_from")
        for row in self.terms:
            figures.read_dates(row, "effective_from")

    def validate_currency(self) -> None:
        where = place(self, "currency")
        first_invoice = max(self.start_date, getdate())
        books.refuse_missing_exchange_rate(self.currency, self.company, first_invoice, where)
        books.refuse_other_party_currency(self.customer, self.company, self.currency, where)

    def validate_fee(self) -> None:
        offer = self.offer()
        if offer.fee_is_minimum and flt(self.monthly_fee) < flt(offer.monthly_fee):
            frappe.throw(
                _("{0}: {1} is sold from {2} a month. Enter at least that.").format(
                    place(self, "monthly_fee"), bold(self.package), offer.get_formatted("monthly_fee")
                ),
                exceptions.FeeTooLow,
            )

    def validate_fiscal_years(self) -> None:
        for fieldname in ("go_live_date", "start_date"):
            books.refuse_closed_books(self.get(fieldname), self.company, place(self, fieldname))

    def validate_company_of_links(self) -> None:
        links = {
            "project": "Project",
            "cost_center": "Cost Center",
            "taxes_and_charges": "Sales Taxes and Charges Template",
        }
        for fieldname, doctype in links.items():
            name = self.get(fieldname)
            owner = name and frappe.get_cached_value(doctype, name, "company")
            if owner and owner != self.company:
                frappe.throw(
                    _("{0}: {1} belongs to another company than {2}. Choose one of {2}.").format(
                        place(self, fieldname), bold(name), bold(self.company)
                    ),
                    exceptions.WrongCompany,
                )

    def validate_project(self) -> None:
        owner = self.project and frappe.db.get_value("Project", self.project, "customer")
        if owner and owner != self.customer:
            frappe.throw(
                _("{0}: {1} is a project of {2}. Choose one of {3}, or leave it empty.").format(
                    place(self, "project"), bold(self.project), bold(owner), bold(self.customer)
                ),
                exceptions.WrongCustomer,
            )

    def validate_contacts(self) -> None:
        refuse_duplicates(self.contacts, "user")

    def add_first_terms(self) -> None:
        if not self.terms:
            self.append("terms", {"effective_from": self.start_date, "package": self.package})

    def complete_terms(self) -> None:
        agreed_terms.complete(self)

    def validate_terms(self) -> None:
        days = sorted(getdate(row.effective_from) for row in self.terms if row.effective_from)
        for earlier, later in pairwise(days):
            if earlier == later:
                frappe.throw(
                    _("{0}: two rows start on {1}. Keep one of them.").format(
                        place(self, "terms"), bold(formatdate(later))
                    ),
                    exceptions.InvalidTerms,
                )

    def validate_first_terms(self) -> None:
        first = self.terms_row_on(self.start_date)
        if not first or first.package != self.package:
            frappe.throw(
                _("{0}: one row has to give the terms of {1} from {2} on. Correct it, or delete all rows.").format(
                    place(self, "terms"), bold(self.package), bold(formatdate(self.start_date))
                ),
                exceptions.InvalidTerms,
            )

    def keep_hours_rule(self) -> None:
        """What a part first month grants is settled when the contract goes live; later settings don't change it."""
        self.prorate_first_hours = frappe.db.get_single_value("Retainer Settings", "prorate_first_hours")

    def warn_of_missing_account_manager(self) -> None:
        if self.offer().account_manager and not self.account_manager:
            frappe.msgprint(
                _("{0}: {1} promises a dedicated account manager. Name the person.").format(
                    place(self, "account_manager"), bold(self.package)
                ),
                indicator="orange",
                alert=True,
            )

    def refuse_end_before_start(self) -> None:
        if self.end_date and getdate(self.end_date) < getdate(self.start_date):
            frappe.throw(
                _(
                    "{0}: {1} lies before the start on {2}. Enter the last day of service, or cancel the contract."
                ).format(place(self, "end_date"), bold(formatdate(self.end_date)), bold(formatdate(self.start_date))),
                exceptions.InvalidTerms,
            )

    def refuse_changed_history(self) -> None:
        agreed_terms.refuse_changed_history(self)

    def terms_row_on(self, day: date) -> Document | None:
        """The row of `terms` in force on `day`; None before the first."""
        begun = [row for row in self.terms if getdate(row.effective_from) <= day]
        return max(begun, key=lambda row: getdate(row.effective_from), default=None)

    def terms_on(self, day: date | str) -> ContractTerms:
        """What the client agreed to, as of `day`; raises InvalidTerms for a day before the contract."""
        return agreed_terms.in_force(self, self.terms_row_on(getdate(day)), getdate(day))

    def fee_on(self, day: date | str) -> Decimal:
        """Of a month, a metered one by its quantity, by the terms of `day`; before the start by the first ones."""
        return period_fee(self.terms_on(max(getdate(day), getdate(self.start_date))))

    def terms_billed(self, day: date, since: date | None) -> ContractTerms:
        """Those that a period from `day` on was charged by, where its record says which; else those of the day."""
        row = next((row for row in self.terms if since and getdate(row.effective_from) == since), None)
        return agreed_terms.in_force(self, row, day) if row else self.terms_on(day)

    def period_on(self, day: date | str) -> BillablePeriod:
        """The billing period that `day` falls into, with the whole month it is part of."""
        return billable(getdate(self.start_date), Anchor(self.billing_anchor), getdate(day))

    def waives_fee_on(self, first_day: date) -> bool:
        """Whether a period that begins on this day is free, as far as is known today."""
        return suspension.waives_fee(self.suspended_for) and first_day >= getdate(self.suspended_on)

    def changes_in(self, period: Period, since: date | None = None) -> tuple[Change, ...]:
        """The terms that come into force within a period, after those that its fee was charged by; oldest first.

        Those are the terms that began on `since`; without it, the ones of the period's first day.
        """
        since = since or period.start
        days = sorted(getdate(row.effective_from) for row in self.terms)
        return tuple(
            Change(self._terms_before(day, period, since), self.terms_on(day), max(day, period.start))
            for day in days
            if since < day < period.end
        )

    def _terms_before(self, day: date, period: Period, since: date) -> ContractTerms:
        """Those that a change on `day` replaces; on the first day of a period the ones that it was charged by."""
        return self.terms_on(day - timedelta(days=1)) if day > period.start else self.terms_billed(period.start, since)

    def offer(self) -> Document:
        """The package as it is today; what the client agreed to is in `terms`."""
        return frappe.get_cached_doc("Support Package", self.package)


def on_doctype_update() -> None:
    frappe.db.add_index("Retainer Contract", ["customer", "status"])
    frappe.db.add_index("Retainer Contract", ["status", "end_date"])
