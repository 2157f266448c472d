"""A contact who sees own tickets only: none of the company's money and other matters, by any door."""

import frappe
import pytest

from support_retainer.hours import approvals
from support_retainer.portal import access, contract, hours, narrowing, people
from support_retainer.testing import bill, make_contract, make_customer, make_issue
from tests.support.people import acting_as, make_client
from tests.support.stories import at
from tests.support.web import Web, with_password

SECRET = "The ledger of the director"
CLOSED = tuple(f"/support/{name}" for name in ("contract", "invoices", "estimates", "sites", "reports", "exports"))


@pytest.fixture
def agreed():
    at("2026-09-14 10:00")
    return make_contract("Growth", "2026-08-31", customer=make_customer("Quay and Sons"))


@pytest.fixture
def narrow(agreed) -> str:
    """Invited in the portal, so ERPNext finds the customer by the contact; and a portal user of ERPNext as well."""
    with acting_as(make_client(agreed, is_admin=1)):
        user = people.invite(agreed.name, "noor@quay.example", "Noor", tickets="Own")
    customer = frappe.get_doc("Customer", agreed.customer)
    customer.append("portal_users", {"user": user})
    customer.save()
    return user


def visits(agreed) -> list[tuple[str, dict]]:
    """Every way that ERPNext shows what is a customer's, in the spellings that the database takes for the same."""
    colleague = make_client(agreed.reload())
    issue = make_issue(agreed, raised_by=colleague, subject=SECRET)
    bill("2026-09-14", agreed)
    invoice = frappe.db.get_value("Sales Invoice", {"customer": agreed.customer})
    lists = [{"doctype": name} for name in ("Issue", "issue", "Issue ", "Sales Invoice")]
    papers = [{"doctype": "Issue", "name": issue.name}, {"doctype": "Sales Invoice", "name": invoice}]
    return [
        *((path, {}) for path in ("/issues", "/Issue", "/issue", "/invoices", "/Sales Invoice", "/sales invoice")),
        *((path, {}) for path in ("/issues/list", "/issues/new")),
        *((f"/issues/{issue.name}", {}), (f"/invoices/{invoice}", {})),
        *(("/list", query) for query in lists),
        *(("/api/method/frappe.www.list.get", query) for query in lists),
        *(("/api/method/frappe.www.list.get_list_data", query) for query in lists),
        *(("/printview", query) for query in papers),
        *(("/api/method/frappe.utils.print_format.download_pdf", query) for query in papers),
        ("/api/method/support_retainer.portal.invoices.download", {"invoice": invoice}),
    ]


@pytest.mark.commits
def test_pages_of_erpnext_that_know_the_customer_only_are_shut(site, agreed, narrow):
    web, tried = Web(site, with_password(narrow)), visits(agreed)
    frappe.db.commit()
    invoice = frappe.db.get_value("Sales Invoice", {"customer": agreed.customer})
    for path, query in tried:
        answer = web.get(path, query, follow_redirects=True)
        assert answer.status_code in (403, 404), (path, query, answer.status_code)
        assert SECRET not in answer.text, (path, query)
        assert invoice not in answer.text.replace(path, ""), (path, query)


@pytest.mark.commits
def test_the_same_pages_stay_open_for_a_colleague_who_sees_the_company(site, agreed):
    wide, tried = make_client(agreed), visits(agreed)
    customer = frappe.get_doc("Customer", agreed.customer)
    customer.append("portal_users", {"user": wide})
    customer.save()
    web = Web(site, with_password(wide))
    for path, query in tried:
        if path in ("/issues", "/Issue", "/invoices", "/printview") or path.startswith(("/issues/", "/invoices/")):
            assert web.get(path, query, follow_redirects=True).status_code == 200, (path, query)


@pytest.mark.commits
def test_pages_about_money_are_not_there_and_no_price_is_said(site, agreed, narrow):
    web = Web(site, with_password(narrow))
    bill("2026-09-14", agreed)
    frappe.db.commit()
    for path in CLOSED:
        answer = web.get(path)
        assert answer.status_code == 404, path
        assert f'href="{path}"' not in answer.text, path
    overview = web.get("/support").text
    assert agreed.currency not in overview
    assert "of support each month" in overview
    assert [web.get(path).status_code for path in ("/support/tickets", "/support/hours", "/support/help")] == [200] * 3


def test_an_approver_with_own_tickets_sees_what_there_is_to_decide_and_no_invoices(agreed):
    client = access.client(make_client(agreed, tickets="Own", can_approve=1, approval_limit=500))
    open_to = [path for path in CLOSED if narrowing.allows(client, path)]
    assert open_to == ["/support/contract", "/support/estimates", "/support/sites"]
    asked = approvals.request(agreed.name, 60, "Import")
    with acting_as(client.user):
        assert [row.name for row in hours.page(access.client())["requests"]] == [asked.name]


def test_an_admin_with_own_tickets_keeps_contract_and_exports(agreed):
    client = access.client(make_client(agreed, tickets="Own", is_admin=1))
    assert narrowing.allows(client, "/support/contract")
    assert narrowing.allows(client, "/support/exports")
    assert contract.page(client)["contacts"] == []
