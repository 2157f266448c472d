"""Factories for tests and the demo."""

from support_retainer.testing.factories import (
    bill,
    invoiced_starts,
    make_contract,
    make_customer,
    make_exchange_rate,
    make_fiscal_year,
    make_issue,
    make_timesheet,
)

__all__ = [
    "bill",
    "invoiced_starts",
    "make_contract",
    "make_customer",
    "make_exchange_rate",
    "make_fiscal_year",
    "make_issue",
    "make_timesheet",
]
