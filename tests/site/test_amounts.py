"""Money in sentences: as many decimals as the currency has and ERPNext keeps, in the site's number format."""

import frappe
import pytest

from support_retainer import amounts

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def number_format(monkeypatch):
    def choose(text, precision=""):
        defaults = {"number_format": text, "currency_precision": precision}
        known = frappe.db.get_default
        monkeypatch.setattr(
            frappe.db, "get_default", lambda key, *parent: defaults[key] if key in defaults else known(key, *parent)
        )

    return choose


@pytest.mark.parametrize(
    ("text", "precision", "currency", "said"),
    [
        ("#,###.##", "", "AED", "AED 1,234.50"),
        ("#,###.##", "", "KWD", "KWD 1,234.50"),
        ("#,###.##", "", "JPY", "JPY 1,235"),
        ("#,###.##", "3", "KWD", "KWD 1,234.500"),
        ("#,###.##", "3", "AED", "AED 1,234.50"),
        ("#,###.###", "", "BHD", "BHD 1,234.500"),
        ("#.###,##", "3", "BHD", "BHD 1.234,500"),
        ("#,###", "", "JPY", "JPY 1,235"),
        ("#,###", "", "AED", "AED 1,235"),
        ("#.###", "3", "KWD", "KWD 1.234,500"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency_as_far_as_the_site_keeps_them(
    number_format, text, precision, currency, said
):
    number_format(text, precision)
    assert amounts.money(1234.5, currency) == said


def test_the_price_of_one_unit_keeps_its_decimals(number_format):
    number_format("#,###.##", "3")
    assert amounts.price(0.0625, "KWD") == "KWD 0.0625"
    assert amounts.price(12.5, "KWD") == "KWD 12.500"
    assert amounts.number(12500) == "12,500"
    assert amounts.number(-0.25) == "-0.25"


def test_nothing_is_never_less_than_nothing(number_format):
    number_format("#,###.##")
    assert amounts.money(-0.004, "AED") == "AED 0.00"
    assert amounts.money(-1.005, "AED") == "AED -1.01"
