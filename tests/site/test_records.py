"""Packages, policies and contracts: what they keep, what they refuse, and what the refusal says."""

import json

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_retainer import exceptions
from support_retainer.domain.sla_clock import Target, TargetClock
from support_retainer.domain.working_calendar import WorkingCalendar
from support_retainer.testing.factories import company, make_customer
from tests.site.record_factories import make_activity_type, new_contract, new_package, new_policy, window


@pytest.fixture(autouse=True)
def settings_as_stored():
    """A rollback does not reach what the connection remembers of single values."""
    yield
    frappe.db.value_cache.clear()


def refused(document, exception) -> str:
    """The message of the refusal, as a user reads it."""
    with pytest.raises(exception) as error:
        document.insert()
    return frappe.utils.strip_html(str(error.value))


# Support Package


@pytest.mark.parametrize(
    ("values", "exception", "says"),
    [
        ({"monthly_fee": -1}, exceptions.NegativeAmount, "Monthly Fee"),
        ({"emergency_rate": -1}, exceptions.NegativeAmount, "Emergency Rate"),
        ({"notice_days": -1}, exceptions.NegativeAmount, "Notice (Days)"),
        ({"hour_pools": [{"pool": "A", "hours": -1}]}, exceptions.NegativeAmount, "Row 1 of Included Hours"),
        ({"discount_percent": 101}, exceptions.InvalidDiscount, "Enter 0 to 100"),
        ({"overage_rate": 0}, exceptions.NoOverageRate, "Ask Approval or Stop"),
        ({"hour_pools": [{"pool": "A", "hours": 1, "rollover_cap_hours": 2}]}, exceptions.InvalidRollover, "Rollover"),
        ({"hour_pools": [{"pool": "A", "hours": 1}] * 2}, exceptions.DuplicateRow, "Row 2 of Included Hours"),
        ({"channels": [{"channel": "Email"}] * 2}, exceptions.DuplicateRow, "Email is listed twice"),
        ({"pricing_model": "Metered"}, exceptions.NoMetric, "Metric"),
        ({"pricing_model": "Metered", "metric": "Users"}, exceptions.InvalidTiers, "Price Tiers"),
    ],
)
def test_a_package_is_refused_with_the_field_and_the_way_out(values, exception, says):
    assert says in refused(new_package(**values), exception)


@pytest.mark.parametrize("treatment", ["Hourly", "Daily"])
def test_an_exclusion_without_a_charge_rule_is_refused(treatment):
    coverage = [{"activity_type": make_activity_type("Training"), "treatment": treatment}]

    message = refused(new_package(coverage=coverage), exceptions.NoChargeRule)
    assert message.startswith("Row 1 of Coverage by Activity Type, Rate: Training is not included")


@pytest.mark.parametrize("treatment", ["Included", "Free", "Quoted", "Not Offered"])
def test_what_is_not_charged_by_time_needs_no_rate(treatment):
    coverage = [{"activity_type": make_activity_type("Training"), "treatment": treatment}]

    assert new_package(coverage=coverage).insert().name


@pytest.mark.parametrize("second", [0, 100])
def test_tiers_have_to_rise(second):
    tiers = [{"from_quantity": 100, "unit_price": 2}, {"from_quantity": second, "unit_price": 1}]

    message = refused(new_package(pricing_model="Metered", metric="Users", tiers=tiers), exceptions.InvalidTiers)
    assert "Row 2 of Price Tiers, From Quantity" in message


def test_a_package_with_pools_but_without_billed_overage_needs_no_rate():
    assert new_package(overage_rate=0, overage_policy="Ask Approval").insert().name


def test_a_snapshot_is_the_package_in_the_shape_of_a_catalogue_entry():
    tiers = [{"from_quantity": 0, "unit_price": "0.125"}]
    package = new_package(pricing_model="Metered", metric="Users", tiers=tiers, weekly_report=1, sla_policy=None)
    snapshot = frappe.get_doc("Support Package", package.insert().name).snapshot()

    assert snapshot["monthly_fee"] == "450.00"
    assert snapshot["weekly_report"] is True
    assert snapshot["sla_policy"] == ""
    assert snapshot["tiers"] == [{"from_quantity": 0, "unit_price": "0.125"}]
    assert snapshot["hour_pools"][0]["hours"] == 4
    assert not {"name", "owner", "enabled", "catalogue_source"} & set(snapshot)
    assert json.loads(json.dumps(snapshot)) == snapshot


# SLA Policy


@pytest.mark.parametrize(
    "windows",
    [
        [window("Monday", "09:00", "13:00"), window("Monday", "12:59", "18:00")],
        [window("Monday", "22:00", "03:00"), window("Tuesday", "02:00", "04:00")],
        [window("Sunday", "22:00", "03:00"), window("Monday", "00:00", "01:00")],
        [window("Monday", "09:00", "13:00"), window("Monday", "09:00", "13:00")],
    ],
    ids=["same day", "past midnight", "into the next week", "twice the same"],
)
def test_overlapping_windows_are_refused_by_their_rows(windows):
    message = refused(new_policy(windows=windows), exceptions.OverlappingWindows)

    assert message.startswith("Windows: rows 1 and 2 overlap.")


def test_a_week_that_never_opens_is_refused():
    assert "tick Always Open" in refused(new_policy(windows=[]), exceptions.NeverOpen)


def test_always_open_needs_no_windows():
    assert new_policy(windows=[], always_open=1).insert().calendar() == WorkingCalendar("Asia/Dubai", always_open=True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Dubai", "../etc/passwd", None])
def test_an_unknown_time_zone_is_refused(zone):
    assert "Time Zone" in refused(new_policy(time_zone=zone), exceptions.UnknownTimeZone)


@pytest.mark.parametrize(
    "broken",
    [window("Someday", "09:00", "18:00"), window("Monday", "25:00", "18:00"), window("Monday", "nine", "18:00")],
)
def test_a_window_that_is_no_time_of_the_week_is_refused(broken):
    assert "Row 1 of Windows" in refused(new_policy(windows=[broken]), exceptions.InvalidWindow)


@pytest.mark.parametrize(
    ("values", "exception"),
    [
        ({"targets": [{"priority": "High", "response_time": 60}] * 2}, exceptions.DuplicateRow),
        ({"targets": [{"priority": "High"}]}, exceptions.NoTarget),
        ({"targets": [{"priority": "High", "response_time": -60}]}, exceptions.NegativeAmount),
        ({"targets": [{"priority": "High", "resolution_time": 11 * 365 * 86400}]}, exceptions.TargetTooLong),
        (
            {"escalations": [{"target": "Response", "at_percent": 1001, "notify_account_manager": 1}]},
            exceptions.InvalidEscalation,
        ),
        ({"pause_on": [{"status": "Open"}]}, exceptions.InvalidPauseStatus),
        ({"pause_on": [{"status": "Sleeping"}]}, exceptions.InvalidPauseStatus),
        ({"escalations": [{"target": "Response", "at_percent": 100}]}, exceptions.InvalidEscalation),
        (
            {"escalations": [{"target": "Response", "at_percent": 0, "notify_account_manager": 1}]},
            exceptions.InvalidEscalation,
        ),
        ({"intake_rules": [{"contains": "down"}]}, exceptions.InvalidIntakeRule),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(values, exception):
    refused(new_policy(**values), exception)


def test_a_response_after_the_resolution_is_questioned_but_allowed():
    targets = [{"priority": "High", "response_time": 7200, "resolution_time": 3600}]
    new_policy(targets=targets).insert()

    assert any("Is that meant?" in json.dumps(message) for message in frappe.get_message_log())


def test_a_policy_becomes_a_calendar_and_targets():
    holidays = make_holiday_list("2026-12-02")
    policy = new_policy(
        holiday_list=holidays,
        windows=[window("Monday", "22:00", "00:00"), window("Tuesday", "09:00:30", "18:00")],
        targets=[{"priority": "High", "response_time": 3600, "clock": "Always"}],
    ).insert()
    policy = frappe.get_doc("SLA Policy", policy.name)
    calendar = policy.calendar()

    assert [(row.day, row.start, row.end) for row in calendar.windows] == [(0, 79200, 0), (1, 32430, 64800)]
    assert calendar.holidays == frozenset([getdate("2026-12-02")])
    assert policy.targets_by_priority() == {"High": Target(3600, None, TargetClock.ALWAYS)}


def test_a_known_calendar_costs_no_query():
    policy = new_policy(holiday_list=make_holiday_list("2026-12-02")).insert()
    first = frappe.get_cached_doc("SLA Policy", policy.name).calendar()
    before = queries()
    second = frappe.get_cached_doc("SLA Policy", policy.name).calendar()

    assert second is first
    assert queries() - before == 1  # the question itself


def test_a_new_holiday_is_a_new_calendar():
    name = make_holiday_list("2026-12-02")
    policy = new_policy(holiday_list=name).insert()
    policy.calendar()
    holidays = frappe.get_doc("Holiday List", name)
    holidays.append("holidays", {"holiday_date": "2026-12-03", "description": "Second day"})
    holidays.save()

    assert getdate("2026-12-03") in policy.calendar().holidays


# Retainer Contract


def test_submit_activates_and_keeps_the_package_of_the_day():
    package = new_package(minimum_term_months=12).insert()
    contract = new_contract(package).insert()
    assert contract.status == "Draft"
    contract.submit()
    package.monthly_fee = 999
    package.save()
    contract.reload()

    assert (contract.status, contract.currency, contract.monthly_fee, contract.notice_days) == (
        "Active",
        "AED",
        450,
        30,
    )
    assert (contract.start_date, contract.warranty_end_date) == (getdate("2026-02-01"), getdate("2026-05-02"))
    assert contract.minimum_term_end == getdate("2027-01-31")
    [row] = contract.terms
    assert (row.effective_from, row.package, row.monthly_fee) == (getdate("2026-02-01"), package.name, 450)
    assert json.loads(row.package_snapshot)["monthly_fee"] == "450.00"


def test_a_zero_that_was_entered_is_not_a_default():
    contract = new_contract(monthly_fee=0, notice_days=0).insert()

    assert (contract.monthly_fee, contract.notice_days) == (0, 0)


def test_the_account_manager_comes_from_the_customer():
    customer = make_customer(account_manager="Administrator")

    assert new_contract(customer=customer).insert().account_manager == "Administrator"


@pytest.mark.parametrize("fieldname", ["customer", "package", "go_live_date"])
def test_a_contract_names_what_is_missing(fieldname):
    contract = new_contract()
    contract.set(fieldname, None)

    assert refused(contract, frappe.MandatoryError).endswith("is missing. Enter it.")


def test_a_second_contract_for_the_same_project_and_dates_is_refused():
    first = new_contract().insert()
    first.submit()

    message = refused(new_contract(customer=first.customer, go_live_date="2026-06-01"), exceptions.DuplicateContract)
    assert message.startswith("Customer: ")
    assert first.name in message


def test_two_drafts_can_not_both_become_active():
    first = new_contract().insert()
    second = new_contract(customer=first.customer).insert()
    first.submit()

    with pytest.raises(exceptions.DuplicateContract):
        second.submit()


def test_another_project_of_the_same_customer_is_another_contract():
    first = new_contract().insert()
    first.submit()
    project = make_project(first.customer)

    assert new_contract(customer=first.customer, project=project).insert().submit().status == "Active"


def test_a_contract_may_follow_one_that_ends_before():
    first = new_contract().insert()
    first.submit()
    first.db_set({"status": "Ended", "end_date": "2026-05-31"})

    assert new_contract(customer=first.customer, go_live_date="2026-06-01").insert().submit().status == "Active"
    refused(new_contract(customer=first.customer, go_live_date="2026-05-31"), exceptions.DuplicateContract)


def test_a_project_given_later_is_checked_as_well():
    first = new_contract().insert()
    project = make_project(first.customer)
    first.project = project
    first.submit()
    second = new_contract(customer=first.customer).insert()
    second.submit()
    second.project = project

    with pytest.raises(exceptions.DuplicateContract):
        second.save()


def test_a_project_of_another_customer_is_refused():
    contract = new_contract(project=make_project(make_customer()))

    assert "is a project of" in refused(contract, exceptions.WrongCustomer)


def test_a_currency_without_exchange_rate_is_refused():
    package = new_package(currency="CHF").insert()

    message = refused(new_contract(package), exceptions.MissingExchangeRate)
    assert message.startswith("Currency: there is no exchange rate from CHF to AED. Add a Currency Exchange")


def test_the_exchange_rate_is_never_asked_for_on_the_internet(monkeypatch):
    monkeypatch.setattr("requests.get", lambda *args, **kwargs: pytest.fail("a web service was asked"))

    refused(new_contract(new_package(currency="CHF").insert()), exceptions.MissingExchangeRate)


def test_a_customer_who_cannot_be_invoiced_in_the_currency_is_refused():
    add_rate("CHF")
    package = new_package(currency="CHF").insert()

    message = refused(new_contract(package), exceptions.CurrencyMismatch)
    assert "an account in AED, so invoices in CHF would be refused" in message
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    assert new_contract(package).insert().currency == "CHF"


def test_the_currency_is_that_of_the_prices():
    assert new_contract(currency="USD").insert().currency == "AED"


@pytest.mark.parametrize("fieldname", ["go_live_date", "start_date"])
def test_a_date_in_no_fiscal_year_is_refused(fieldname):
    message = refused(new_contract(**{fieldname: "2019-06-01"}), exceptions.ClosedFiscalYear)

    assert "is in no fiscal year of" in message


def test_a_go_live_in_a_disabled_fiscal_year_is_refused():
    frappe.get_doc(
        doctype="Fiscal Year", year="2021", year_start_date="2021-01-01", year_end_date="2021-12-31", disabled=1
    ).insert()

    message = refused(new_contract(go_live_date="2021-06-01"), exceptions.ClosedFiscalYear)
    assert message.startswith("Go-live Date: 01-06-2021 is in the disabled fiscal year 2021.")


def test_a_go_live_before_closed_books_is_refused():
    close_books("2026-03-31")

    message = refused(new_contract(go_live_date="2026-03-31"), exceptions.ClosedFiscalYear)
    assert "the books are closed up to 31-03-2026" in message
    assert new_contract(go_live_date="2026-04-01").insert().name


def test_a_go_live_in_frozen_accounts_is_refused():
    frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", "2026-03-31")

    assert "accounts are frozen" in refused(new_contract(go_live_date="2026-03-31"), exceptions.ClosedFiscalYear)
    assert new_contract(go_live_date="2026-04-01").insert().name


def test_a_package_that_is_not_sold_any_more_is_refused():
    package = new_package(enabled=0).insert()

    assert "is not sold any more" in refused(new_contract(package), exceptions.PackageDisabled)


def test_a_fee_from_is_a_floor():
    package = new_package(fee_is_minimum=1, monthly_fee=3000).insert()

    refused(new_contract(package, monthly_fee=2999), exceptions.FeeTooLow)
    assert new_contract(package, monthly_fee=3500).insert().monthly_fee == 3500


def test_a_metered_contract_needs_a_quantity():
    tiers = [{"from_quantity": 0, "unit_price": 2}]
    package = new_package(pricing_model="Metered", metric="Users", tiers=tiers).insert()
    contract = new_contract(package).insert()
    with pytest.raises(exceptions.InvalidTerms, match="priced by"):
        contract.submit()

    contract = new_contract(package, terms=[{"quantity": 25}]).insert()
    contract.submit()
    assert (contract.terms[0].quantity, contract.terms[0].package) == (25, package.name)


def test_an_uplift_keeps_the_package_the_client_agreed_to():
    package = new_package().insert()
    contract = new_contract(package).insert()
    contract.submit()
    package.overage_rate = 999
    package.save()
    contract.append("terms", {"effective_from": "2027-02-01", "monthly_fee": 500})
    contract.save()

    assert json.loads(contract.terms[1].package_snapshot)["overage_rate"] == "150.00"
    assert contract.terms_row_on(getdate("2027-01-31")).monthly_fee == 450
    assert contract.terms_row_on(getdate("2027-02-01")).monthly_fee == 500
    assert contract.terms_row_on(getdate("2026-01-31")) is None


def test_another_package_brings_its_own_fee_and_snapshot():
    contract = new_contract().insert()
    contract.submit()
    bigger = new_package(monthly_fee=800).insert()
    contract.append("terms", {"effective_from": add_days(today(), 30), "package": bigger.name})
    contract.save()

    assert contract.terms[1].monthly_fee == 800
    assert json.loads(contract.terms[1].package_snapshot)["package_name"] == bigger.name


def test_terms_in_force_are_history_and_later_ones_are_plans():
    contract = new_contract().insert()
    contract.submit()
    contract.append("terms", {"effective_from": add_days(today(), 30), "monthly_fee": 500})
    contract.save()
    contract.terms[1].monthly_fee = 550
    contract.save()
    contract.terms[0].monthly_fee = 1

    with pytest.raises(exceptions.TermsAreFixed):
        contract.save()


def test_terms_in_force_cannot_be_deleted():
    contract = new_contract().insert()
    contract.submit()
    contract.terms = []

    with pytest.raises(exceptions.TermsAreFixed):
        contract.save()


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ([{"effective_from": "2026-02-01"}, {"effective_from": "2026-02-01"}], "two rows start on"),
        ([{"effective_from": "2026-03-01"}], "one row has to give the terms"),
    ],
)
def test_terms_that_contradict_the_contract_are_refused(terms, says):
    with pytest.raises(exceptions.InvalidTerms, match=says):
        new_contract(terms=terms).insert().submit()


def test_the_package_cannot_be_swapped_under_an_active_contract():
    contract = new_contract().insert()
    contract.submit()
    contract.package = new_package().insert().name

    with pytest.raises(frappe.UpdateAfterSubmitError):
        contract.save()


def test_cancelling_says_so_and_frees_the_dates():
    contract = new_contract().insert()
    contract.submit()
    contract.cancel()

    assert contract.status == "Cancelled"
    assert new_contract(customer=contract.customer).insert().submit().status == "Active"


def test_an_amended_contract_keeps_what_was_agreed():
    package = new_package().insert()
    contract = new_contract(package).insert()
    contract.submit()
    contract.cancel()
    package.overage_rate = 999
    package.save()
    amended = frappe.copy_doc(contract, ignore_no_copy=True)
    amended.amended_from = contract.name
    amended.insert()
    assert amended.status == "Draft"
    amended.submit()

    assert json.loads(amended.terms[0].package_snapshot)["overage_rate"] == "150.00"


@pytest.mark.parametrize("values", [{"monthly_fee": -1}, {"uplift_percent": -1}, {"terms": [{"quantity": -1}]}])
def test_negative_figures_on_a_contract_are_refused(values):
    refused(new_contract(**values), exceptions.NegativeAmount)


def test_contacts_of_an_active_contract_can_change():
    contract = new_contract(contacts=[{"user": "Administrator", "can_approve": 0}]).insert()
    contract.submit()
    contract.contacts[0].update({"can_approve": 1, "approval_limit": 500})
    contract.save()
    contract.append("contacts", {"user": "Administrator"})

    with pytest.raises(exceptions.DuplicateRow):
        contract.save()


# Records that are evidence


def test_an_sla_event_is_neither_changed_nor_deleted():
    issue = frappe.get_doc(doctype="Issue", subject="Down").insert()
    event = frappe.get_doc(doctype="SLA Event", issue=issue.name, event="Opened", at="2026-03-01 10:00:00").insert()
    event.value = "other"

    with pytest.raises(exceptions.AppendOnly):
        event.save()
    with pytest.raises(exceptions.AppendOnly):
        frappe.delete_doc("SLA Event", event.name, force=True)


def test_a_posting_happens_once():
    contract = new_contract().insert()
    ledger = frappe.get_doc(doctype="Hour Ledger", contract=contract.name, pool="Support").insert()
    posting = {
        "doctype": "Hour Ledger Entry",
        "ledger": ledger.name,
        "contract": contract.name,
        "entry_type": "Allotment",
        "minutes": 240,
        "posting_time": "2026-02-01 00:00:00",
        "entry_key": "allotment-1",
    }
    entry = frappe.get_doc(posting).insert()

    with pytest.raises(frappe.UniqueValidationError):
        frappe.get_doc(posting).insert()
    with pytest.raises(exceptions.AppendOnly):
        entry.delete()


@pytest.mark.parametrize(
    ("doctype", "values"),
    [
        ("Hour Ledger", {"pool": "Support"}),
        (
            "Retainer Billing Period",
            {"period_start": "2026-02-01", "period_end": "2026-03-01", "bill_on": "2026-02-01"},
        ),
    ],
)
def test_there_is_one_account_per_pool_and_one_period_per_start(doctype, values):
    contract = new_contract().insert()
    row = {"doctype": doctype, "contract": contract.name, **values}
    frappe.get_doc(row).insert()

    with pytest.raises(frappe.UniqueValidationError):
        frappe.get_doc(row).insert()


def make_holiday_list(*days: str) -> str:
    holidays = [{"holiday_date": day, "description": "National day"} for day in days]
    return (
        frappe.get_doc(
            doctype="Holiday List",
            holiday_list_name=f"Holidays {frappe.generate_hash(length=6)}",
            from_date="2026-01-01",
            to_date="2026-12-31",
            holidays=holidays,
        )
        .insert()
        .name
    )


def make_project(customer: str) -> str:
    name = f"Project {frappe.generate_hash(length=6)}"
    return frappe.get_doc(doctype="Project", project_name=name, customer=customer, company=company()).insert().name


def add_rate(currency: str) -> None:
    frappe.get_doc(
        doctype="Currency Exchange",
        from_currency=currency,
        to_currency="AED",
        exchange_rate=4,
        date="2026-01-01",
        for_selling=1,
    ).insert()


def close_books(until: str) -> None:
    """A submitted Period Closing Voucher, without the ledger work that submitting one starts."""
    voucher = frappe.get_doc(
        doctype="Period Closing Voucher",
        company=company(),
        fiscal_year="2026",
        transaction_date=until,
        period_start_date="2026-01-01",
        period_end_date=until,
        closing_account_head=frappe.get_all("Account", filters={"root_type": "Equity", "is_group": 0}, pluck="name")[0],
        remarks="Test",
    )
    voucher.db_insert()
    voucher.db_set("docstatus", 1)


def queries() -> int:
    return int(frappe.db.sql("SHOW SESSION STATUS LIKE 'Questions'")[0][1])
