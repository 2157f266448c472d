"""What the contracts will bring in: not what is on hold, not after a term that nobody renews, and with uplifts."""

import pytest

from support_retainer.billing import suspension
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.retainer.report.billing_forecast.billing_forecast import execute
from support_retainer.testing import make_contract

pytestmark = pytest.mark.commits


def forecast(contract, months=12):
    _columns, rows = execute({"customer": contract.customer, "from_month": "2026-12-01", "months": months})
    (row,) = rows
    return [value for name, value in row.items() if name.startswith("month_")]


def test_a_contract_on_hold_by_agreement_brings_nothing_until_it_is_resumed(site):
    contract = make_contract("Growth", "2026-12-01")
    suspension.suspend(contract, SuspendedFor.AGREED, on="2026-12-01")
    assert forecast(contract, 2) == [0, 0]
    suspension.resume(contract)
    assert forecast(contract, 2) == [450, 450]


def test_an_overdue_contract_still_owes_its_fees(site):
    contract = make_contract("Growth", "2026-12-01")
    suspension.suspend(contract, SuspendedFor.OVERDUE, on="2026-12-01")
    assert forecast(contract, 2) == [450, 450]


def test_a_term_that_is_not_renewed_ends_the_forecast(site):
    contract = make_contract("Growth", "2026-12-01", auto_renew=0)
    contract.db_set("minimum_term_end", "2027-11-30")
    assert forecast(contract, 13) == [450] * 12 + [0]


def test_an_agreed_uplift_counts_from_the_anniversary(site):
    contract = make_contract("Growth", "2026-12-01", uplift_percent=10)
    assert forecast(contract, 25) == [450] * 12 + [495] * 12 + [544.5]
