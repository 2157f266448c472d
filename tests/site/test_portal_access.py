"""Who gets into the portal, and whose records they find there."""

import frappe
import pytest

from support_retainer.portal import access, pages
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_client, make_user
from tests.support.web import Web, with_password


def test_a_portal_user_and_a_contact_of_the_contract_are_clients_of_the_customer():
    contract = make_contract()
    for user in (make_client(contract, can_approve=1, approval_limit=500), make_client(customer=contract.customer)):
        client = access.client(user)
        assert (client.customer, [row.name for row in client.contracts]) == (contract.customer, [contract.name])


def test_rights_are_those_of_the_contract_and_none_without_one():
    contract = make_contract()
    approver = access.client(make_client(contract, can_approve=1, approval_limit=500, is_admin=1))
    assert approver.on(contract.name) == access.Rights(can_approve=True, approval_limit=500.0, is_admin=True)
    assert approver.is_admin
    assert access.client(make_client(customer=contract.customer)).on(contract.name) == access.Rights()


def test_a_contact_of_a_draft_or_cancelled_contract_is_nobody():
    draft = make_contract(submit=False)
    user = make_client(draft)
    with pytest.raises(access.NotAClient):
        access.client(user)
    draft.submit()
    assert access.client(user).customers == (draft.customer,)
    draft.cancel()
    with pytest.raises(access.NotAClient):
        access.client(user)


def test_a_disabled_user_is_nobody():
    user = make_client(make_contract())
    frappe.db.set_value("User", user, "enabled", 0)
    with pytest.raises(access.NotAClient):
        access.client(user)


def test_the_switcher_shows_another_own_customer_and_never_a_strangers():
    one, two, strange = make_contract(), make_contract(), make_contract()
    user = make_client(one)
    two.append("contacts", {"user": user})
    two.save()
    other = next(name for name in access.client(user).customers if name != access.client(user).customer)
    with acting_as(user):
        access.choose(other)
        assert access.client().customer == other
        with pytest.raises(access.NotFound):
            access.choose(strange.customer)
    frappe.defaults.set_user_default(access.CHOSEN, strange.customer, user)
    assert access.client(user).customer in (one.customer, two.customer)


def test_a_contact_with_own_tickets_only_does_not_see_a_colleagues_ticket():
    contract = make_contract()
    colleague, narrow = make_client(contract), make_client(contract, tickets="Own")
    theirs = make_issue(contract, raised_by=colleague)
    own = make_issue(contract, raised_by=narrow)
    assert access.ticket(own.name, access.client(narrow)).name == own.name
    with pytest.raises(access.NotFound):
        access.ticket(theirs.name, access.client(narrow))
    assert access.ticket(own.name, access.client(colleague)).name == own.name


def test_another_clients_ticket_is_as_absent_as_one_that_never_was():
    user = make_client(make_contract())
    strange = make_issue(make_contract())
    answers = []
    for name in (strange.name, "ISS-0000-00000", {"name": ["like", "%"]}):
        with pytest.raises(access.NotFound) as refusal:
            access.ticket(name, access.client(user))
        answers.append(str(refusal.value))
    assert len(set(answers)) == 1


def test_a_client_lands_in_the_portal_and_a_user_without_customer_where_the_site_says():
    assert pages.home_page(make_client(make_contract())) == "support"
    assert pages.home_page(make_user("Customer", user_type="Website User")) is None


@pytest.mark.commits
def test_pages_send_guests_to_the_login_and_refuse_strangers(site):
    contract = make_contract()
    user, stranger = make_client(contract), make_user("Customer", user_type="Website User")
    guest = Web(site).get("/support")
    with_password(user)
    assert (guest.status_code, guest.headers["Location"]) == (302, "/login?redirect-to=/support")
    shown = Web(site, user).get("/support")
    assert shown.status_code == 200
    assert contract.customer in shown.text
    assert Web(site, user).get("/support/no-such-page").status_code == 404
    assert Web(site, with_password(stranger)).get("/support").status_code == 403
