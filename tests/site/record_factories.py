"""Packages and policies made row by row, for tests about the records themselves."""

from typing import Any

import frappe
import pytest
from frappe.model.document import Document

from support_retainer.testing.factories import company, make_customer

WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def make_activity_type(name: str) -> str:
    if not frappe.db.exists("Activity Type", name):
        frappe.get_doc(doctype="Activity Type", activity_type=name).insert()
    return name


def new_package(**values: Any) -> Document:
    """A package that is right as it stands; give what the test is about."""
    make_activity_type("Site Visit")
    whole = {
        "package_name": f"Package {frappe.generate_hash(length=8)}",
        "currency": "AED",
        "monthly_fee": 450,
        "overage_rate": 150,
        "notice_days": 30,
        "warranty_days": 90,
        "hour_pools": [{"pool": "Support", "hours": 4}],
        "coverage": [{"activity_type": "Site Visit", "treatment": "Daily", "rate": 2000}],
    }
    return frappe.get_doc({"doctype": "Support Package", **whole, **values})


def new_policy(**values: Any) -> Document:
    whole = {
        "policy_name": f"Policy {frappe.generate_hash(length=8)}",
        "time_zone": "Asia/Dubai",
        "windows": [window(day, "09:00", "18:00") for day in WORKDAYS],
    }
    return frappe.get_doc({"doctype": "SLA Policy", **whole, **values})


def new_contract(package: Document | None = None, **values: Any) -> Document:
    package = package or new_package().insert()
    whole = {"company": company(), "package": package.name, "go_live_date": "2026-02-01"}
    customer = values.pop("customer", None) or make_customer()
    return frappe.get_doc({"doctype": "Retainer Contract", "customer": customer, **whole, **values})


def window(day: str, start: str, end: str) -> dict[str, str]:
    return {"day": day, "start_time": start, "end_time": end}


def refused(document, exception) -> str:
    """The message of the refusal, as a user reads it."""
    with pytest.raises(exception) as error:
        document.insert()
    return frappe.utils.strip_html(str(error.value))


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
