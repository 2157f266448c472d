"""A security advisory finds the sites by their version; announcements reach whom they concern."""

import frappe
import pytest

from support_retainer.maintenance import announcements
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_client
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits


def running(version, contract=None, **values):
    site = make_site(contract, **values)
    site.db_set("versions", f"erpnext {version}\nfrappe 15.72.4")
    return site


def advisory(*fixes, **values):
    values = {"title": "SQL injection", "app": "ERPNext", "severity": "Critical", **values}
    return frappe.get_doc(doctype="Security Advisory", fixes=[{"fixed_in": one} for one in fixes], **values).insert()


def announcement(**values):
    row = {"title": "A new version", "message": "Read <b>this</b>", "show_from": "2026-01-01", "published": 1}
    return frappe.get_doc(doctype="Client Announcement", **{**row, **values}).insert()


def test_each_affected_site_gets_a_job_once_and_progress_is_counted(site):
    contract = make_contract("Growth", "2026-08-31")
    old, _new = running("15.70.0", contract), running("15.71.1", contract)
    found = advisory("15.71.1")
    found.save()
    jobs = frappe.get_all("Maintenance Job", {"advisory": found.name}, ["name", "site", "customer", "kind"])
    assert [(job.site, job.customer, job.kind) for job in jobs] == [(old.name, contract.customer, "Security Advisory")]
    found.reload()
    assert (found.affected_sites, found.settled_sites) == (1, 0)
    job = frappe.get_doc("Maintenance Job", jobs[0].name)
    job.update({"status": "Not Needed", "note": "The site is switched off"}).save()
    assert found.reload().settled_sites == 1


def test_by_choice_each_affected_site_gets_a_ticket_of_its_client_once(site):
    contract = make_contract("Growth", "2026-08-31")
    old, _new = running("15.70.0", contract), running("15.71.1", contract)
    found = advisory("15.71.1", made_as="Issue", description="How <b>to</b> break in")
    found.save()
    assert frappe.db.count("Maintenance Job", {"advisory": found.name}) == 0
    (issue,) = frappe.get_all("Issue", {"security_advisory": found.name}, pluck="name")
    issue = frappe.get_doc("Issue", issue)
    assert (issue.managed_site, issue.customer, issue.retainer_contract) == (old.name, contract.customer, contract.name)
    assert (issue.priority, issue.retainer_channel, "break in" in issue.description) == (
        "P1 Critical",
        "Monitoring",
        False,
    )
    assert "erpnext 15.70.0" in issue.description
    assert (found.reload().affected_sites, found.settled_sites) == (1, 0)
    issue.status = "Resolved"
    issue.save()
    assert found.reload().settled_sites == 1
    issue.status = "Open"
    issue.save()
    assert found.reload().settled_sites == 0


def test_another_choice_leaves_what_was_made(site):
    contract = make_contract("Growth", "2026-08-31")
    running("15.70.0", contract)
    found = advisory("15.71.1")
    later = running("15.70.0", contract)
    found.made_as = "Issue"
    found.save()
    assert frappe.db.count("Maintenance Job", {"advisory": found.name}) == 1
    assert frappe.get_all("Issue", {"security_advisory": found.name}, pluck="managed_site") == [later.name]
    assert found.reload().affected_sites == 2


def test_a_fix_that_is_no_version_is_refused(site):
    with pytest.raises(frappe.ValidationError, match="version"):
        advisory("latest")


def test_an_announcement_is_for_those_whom_its_conditions_fit(site):
    growth, professional = make_contract("Growth", "2026-08-31"), make_contract("Professional", "2026-08-31")
    behind = running("15.70.0", growth)
    both = {growth.customer, professional.customer}
    assert announcements.customers_of(announcement()) == both
    assert announcements.customers_of(announcement(packages=[{"package": "Professional"}])) == {professional.customer}
    assert announcements.customers_of(announcement(sites=[{"site": behind.name}])) == {growth.customer}
    assert announcements.customers_of(announcement(app="erpnext", below_version="15.71.0")) == {growth.customer}


def test_the_portal_shows_it_in_its_time_to_its_clients_and_as_text(site):
    growth, other = make_contract("Growth", "2026-08-31"), make_contract("Professional", "2026-08-31")
    announcement(packages=[{"package": "Growth"}])
    announcement(title="Long over", show_until="2026-01-02")
    announcement(title="Only a draft", published=0)
    users = [make_client(growth), make_client(other)]
    for user in users:
        with_password(user)
    frappe.db.commit()
    page = Web(site, users[0]).get("/support").text
    assert "Read &lt;b&gt;this&lt;/b&gt;" in page
    assert "Long over" not in page
    assert "Only a draft" not in page
    assert "A new version" not in Web(site, users[1]).get("/support").text


def test_a_mail_goes_once_and_not_to_those_who_want_none_unless_it_is_about_security(site):
    contract = make_contract("Growth", "2026-08-31")
    reader, gone = make_client(contract), make_client(contract)
    settings = {"reference_doctype": "Retainer Settings", "reference_name": "Retainer Settings"}
    frappe.get_doc(doctype="Email Unsubscribe", email=gone, **settings).insert()
    news, warning = announcement(), announcement(kind="Security", title="Update now")
    assert announcements.recipients_of(news) == [reader]
    assert announcements.recipients_of(warning) == sorted([reader, gone])
    assert announcements.send_what_waits() == 2
    assert announcements.send_what_waits() == 0
    assert (news.reload().mailed_to, warning.reload().mailed_to) == (1, 2)
