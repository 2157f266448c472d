"""The client's pages of estimates: own ones only, and a mailed link that shows without a login and changes nothing."""

import frappe
import pytest

from support_retainer.hours import estimate_links, estimate_versions, estimates
from tests.support.additional_work import estimate
from tests.support.people import make_user
from tests.support.web import Web, with_password


@pytest.fixture
def client(site):
    """A portal user with a password; times are real, because the requests know no other clock."""
    frappe.flags.current_time = None
    return with_password(make_user("Customer", user_type="Website User"))


def sent(client, **values):
    quotation = estimate(client, valid_till=frappe.utils.add_days(frappe.utils.today(), 14), **values)
    quotation.reload()
    return quotation


def link(quotation, contact):
    url = estimate_links.issue(quotation, [contact])[contact]
    frappe.db.commit()
    return url[url.index("/support") :]


@pytest.mark.commits
def test_the_client_sees_own_estimates_and_answers_them(site, client):
    quotation = sent(client)
    frappe.db.commit()
    web = Web(site, client)
    assert quotation.name in web.get("/support/estimates").text
    page = web.get(f"/support/estimates/{quotation.name}")
    assert (page.status_code, "Rebuild the report" in page.text, "900.00" in page.text) == (200, True, True)
    assert web.call("support_retainer.portal.estimates.approve", estimate=quotation.name).status_code == 200
    frappe.db.rollback()
    assert frappe.db.get_value("Quotation", quotation.name, "approved_by") == client
    assert "How far the work has come" in web.get(f"/support/estimates/{quotation.name}").text


@pytest.mark.commits
def test_another_client_finds_nothing(site, client):
    quotation = sent(client)
    stranger = with_password(make_user("Customer", user_type="Website User"))
    sent(stranger)
    frappe.db.commit()
    web = Web(site, stranger)
    assert quotation.name not in web.get("/support/estimates").text
    assert web.get(f"/support/estimates/{quotation.name}").status_code == 404
    assert web.call("support_retainer.portal.estimates.approve", estimate=quotation.name).status_code == 403


@pytest.mark.commits
def test_opening_the_link_shows_the_estimate_and_changes_nothing(site, client):
    quotation = sent(client)
    path = link(quotation, client)
    before = frappe.db.get_value("Quotation", quotation.name, ["modified", "status", "retainer_links"])
    for _ in range(2):
        page = Web(site).get(path)
        assert (page.status_code, "Rebuild the report" in page.text) == (200, True)
    frappe.db.rollback()
    assert frappe.db.get_value("Quotation", quotation.name, ["modified", "status", "retainer_links"]) == before


@pytest.mark.commits
def test_the_link_answers_by_post_only_and_once(site, client):
    quotation = sent(client)
    path = link(quotation, client)
    method, token = "/api/method/support_retainer.portal.estimates.answer_by_link", path.partition("token=")[2]
    values = {"estimate": quotation.name, "token": token, "approved": 1}
    guest = Web(site)
    assert guest.get(method, values).status_code == 403
    assert guest.post(method, values).status_code == 200
    assert guest.post(method, values).status_code == 403
    assert guest.get(path).status_code == 404
    assert guest.get("/support/answered").status_code == 200
    frappe.db.rollback()
    assert frappe.db.get_value("Quotation", quotation.name, "approved_by") == client


@pytest.mark.commits
def test_without_a_link_a_guest_is_sent_to_the_login(site, client):
    quotation = sent(client)
    frappe.db.commit()
    answer = Web(site).get(f"/support/estimates/{quotation.name}")
    assert (answer.status_code, "/login" in answer.headers["Location"]) == (302, True)


@pytest.mark.commits
def test_the_page_says_what_became_of_an_estimate(site, client):
    first = sent(client)
    second = estimate_versions.new_version(first.name)
    second.submit()
    estimates.decline(second.name, client, "Too dear")
    frappe.db.commit()
    web = Web(site, client)
    assert second.name in web.get(f"/support/estimates/{first.name}").text
    assert "Declined: Too dear" in web.get(f"/support/estimates/{second.name}").text
