"""Packages and policies made row by row, for tests about the records themselves."""

from typing import Any

import frappe
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
