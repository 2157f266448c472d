"""Loading an offer from the list of packages."""

import frappe
import pytest

from support_retainer.catalogues import api
from support_retainer.exceptions import RetainerError
from tests.support.people import acting_as, make_user


def test_a_manager_chooses_among_the_five_offers(site):
    with acting_as(make_user("Retainer Manager")):
        offers = api.offered()
    assert [offer["name"] for offer in offers] == ["000", "001", "002", "003", "004"]
    assert [package["package_name"] for package in offers[0]["packages"]][:2] == ["Starter", "Growth"]


def test_loading_tells_what_was_made_and_a_second_time_makes_nothing(site):
    with acting_as(make_user("Retainer Manager")):
        first, second = api.load("004"), api.load("004")
    assert frappe.db.exists("Support Package", {"catalogue": "004"})
    assert len(first) > 1
    assert second == ["Catalogue 004: 0 created, 0 updated, 0 of your edits kept"]


@pytest.mark.parametrize("name", ["999", "../000", ""])
def test_a_name_that_is_no_offer_is_refused_with_those_there_are(site, name):
    with pytest.raises(RetainerError, match="choose one of 000, 001"):
        api.load(name)


@pytest.mark.parametrize("role", ["Retainer Agent", "Customer"])
def test_others_may_not(site, role):
    with acting_as(make_user(role)):
        with pytest.raises(frappe.PermissionError):
            api.offered()
        with pytest.raises(frappe.PermissionError):
            api.load("000")
