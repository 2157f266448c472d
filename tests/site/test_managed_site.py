"""A client's site as a record: what it takes over from the contract, and what it refuses."""

import frappe
import pytest

from support_retainer.exceptions import InvalidSite, InvalidTime, ManagersOnly, WrongCustomer
from support_retainer.site_time import to_utc
from support_retainer.testing import make_contract, make_customer
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user


def test_a_site_is_watched_as_the_contract_s_package_says(site):
    watched = make_site(make_contract("Professional", "2026-08-31"))
    assert watched.monitoring_level == "Advanced"
    assert watched.backup_retention_days == 90
    assert (watched.fail_after, watched.releases_behind) == (2, 8)


def test_a_later_edit_of_the_package_changes_no_site(site):
    contract = make_contract("Growth", "2026-08-31")
    frappe.db.set_value("Support Package", "Growth", "monitoring_level", "24x7")
    assert make_site(contract).monitoring_level == "Standard"


def test_choosing_a_level_brings_its_limits_and_limits_of_one_s_own_stay(site):
    watched = make_site(monitoring_level="24x7", slow_after_ms=900)
    assert (watched.slow_after_ms, watched.fail_after, watched.certificate_days) == (900, 1, 30)
    watched.slow_after_ms = 1200
    watched.save()
    assert watched.slow_after_ms == 1200
    watched.monitoring_level = "Basic"
    watched.save()
    assert watched.slow_after_ms == 8000


@pytest.mark.parametrize(
    "url", ["ftp://client.example", "file:///etc/passwd", "client.example", "https://", "gopher://x"]
)
def test_an_address_of_another_scheme_is_refused(site, url):
    with pytest.raises((InvalidSite, frappe.ValidationError)):
        make_site(url=url)


def test_a_password_in_the_address_is_refused(site):
    with pytest.raises(InvalidSite, match="API key"):
        make_site(url="https://admin:secret@client.example")


def test_only_a_system_manager_marks_a_site_as_internal_or_moves_one(site):
    manager = make_user("Retainer Manager")
    with acting_as(manager), pytest.raises(ManagersOnly, match="Internal"):
        make_site(internal=1)
    inside = make_site(internal=1, url="http://127.0.0.1:8000")
    with acting_as(manager):
        inside.url = "http://169.254.169.254/latest"
        with pytest.raises(ManagersOnly):
            inside.save()


def test_a_site_of_this_bench_is_named_by_a_system_manager_and_exists(site):
    with pytest.raises(InvalidSite, match="no site"):
        make_site(local_site="../../etc")
    with acting_as(make_user("Retainer Manager")), pytest.raises(ManagersOnly):
        make_site(local_site=frappe.local.site)
    assert make_site(local_site=frappe.local.site).local_site == frappe.local.site


def test_a_site_belongs_to_the_customer_of_its_contract(site):
    contract = make_contract("Growth", "2026-08-31")
    assert make_site(contract).customer == contract.customer
    with pytest.raises(WrongCustomer):
        make_site(contract, customer=make_customer())


def test_the_key_is_stored_encrypted_and_shown_to_nobody(site):
    watched = make_site(api_key="the-key", api_secret="the-secret")
    row = frappe.db.sql("select * from `tabManaged Site` where name = %s", watched.name, as_dict=True)[0]
    assert "the-key" not in str(row)
    assert "the-secret" not in str(row)
    shown = frappe.get_doc("Managed Site", watched.name).as_json()
    assert "the-key" not in shown
    assert "the-secret" not in shown
    assert frappe.get_doc("Managed Site", watched.name).get_password("api_secret") == "the-secret"
    assert "the-secret" not in str(frappe.get_all("Version", {"docname": watched.name}, pluck="data"))


def test_a_window_ends_after_it_starts(site):
    with pytest.raises(InvalidTime, match="Row 1"):
        make_site(windows=[{"starts_at": "2026-09-14 02:00:00", "ends_at": "2026-09-14 01:00:00"}])
    watched = make_site(windows=[{"starts_at": "2026-09-14 02:00:00", "ends_at": "2026-09-14 04:00:00"}])
    assert watched.in_maintenance(to_utc("2026-09-14 03:00:00"))
    assert not watched.in_maintenance(to_utc("2026-09-14 04:00:00"))
