from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, Treatment
from support_retainer.domain.entitlement import Entitlements

UPGRADE = CoverageRule("Upgrade", Treatment.INCLUDED, limit_per_year=1)
TERMS = replace(ContractTerms("Any", "SEK", date(2024, 2, 29), Decimal(0)), rules={"Upgrade": UPGRADE})


@pytest.mark.parametrize(
    ("start", "last_day", "first_day"),
    [
        (date(2024, 2, 29), date(2025, 2, 27), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 28), date(2028, 2, 29)),
        (date(2026, 3, 15), date(2027, 3, 14), date(2027, 3, 15)),
    ],
)
def test_a_year_ends_with_the_minimum_term_also_for_a_start_on_a_leap_day(start, last_day, first_day):
    taken = Entitlements(TERMS, start)
    taken.take("Upgrade", "first", last_day)

    assert taken.used_by_others("Upgrade", "second", last_day) == 1
    assert taken.used_by_others("Upgrade", "second", first_day) == 0
