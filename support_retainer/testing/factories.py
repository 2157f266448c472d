"""Records for tests and the demo, made the way a user makes them: `make_contract(package="Growth")`."""

from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, getdate

from support_retainer.billing import run
from support_retainer.catalogues import available, loader, read

CUSTOMER_PREFIX = "Test Client"


def company() -> str:
    return frappe.defaults.get_global_default("company") or frappe.get_all("Company", pluck="name", limit=1)[0]


def make_fiscal_year(day: date | str) -> str:
    """The calendar year of `day` as a fiscal year, if no other holds it yet."""
    year = getdate(day).year
    first, last = f"{year}-01-01", f"{year}-12-31"
    known = frappe.db.get_value(
        "Fiscal Year", {"year_start_date": ["<=", getdate(day)], "year_end_date": [">=", getdate(day)], "disabled": 0}
    )
    if known:
        return known
    fiscal_year = frappe.get_doc(doctype="Fiscal Year", year=str(year), year_start_date=first, year_end_date=last)
    return fiscal_year.insert(ignore_permissions=True).name


def make_exchange_rate(currency: str, rate: float, on: date | str) -> None:
    """The rate from `currency` to the company's, valid from `on`."""
    home = frappe.get_cached_value("Company", company(), "default_currency")
    known = {"from_currency": currency, "to_currency": home, "date": ["<=", getdate(on)]}
    if currency == home or frappe.db.exists("Currency Exchange", known):
        return
    frappe.get_doc(
        doctype="Currency Exchange",
        from_currency=currency,
        to_currency=home,
        exchange_rate=rate,
        date=getdate(on),
        for_buying=1,
        for_selling=1,
    ).insert(ignore_permissions=True)


def make_customer(name: str | None = None, **values: Any) -> str:
    customer_name = name or f"{CUSTOMER_PREFIX} {frappe.generate_hash(length=8)}"
    if name and frappe.db.exists("Customer", name):
        return name
    values = {"customer_type": "Company", **values}
    return (
        frappe.get_doc(doctype="Customer", customer_name=customer_name, **values).insert(ignore_permissions=True).name
    )


def load_catalogue_of(package: str) -> None:
    """Load the catalogue that sells `package`, unless the package is known already."""
    if frappe.db.exists("Support Package", package):
        return
    for name in available():
        if any(row["package_name"] == package for row in read(name)["packages"]):
            loader.load(name)
            return
    raise ValueError(f"No catalogue sells {package}")


def make_contract(
    package: str = "Growth", go_live: date | str = "2026-01-31", *, submit: bool = True, **values: Any
) -> Document:
    """A Retainer Contract, active unless `submit` is False; `values` are fields of the record."""
    load_catalogue_of(package)
    currency = frappe.get_cached_value("Support Package", package, "currency")
    make_exchange_rate(currency, 1.0, "2020-01-01")
    make_fiscal_year(go_live)
    quantity = values.pop("quantity", None)
    values = {"customer": values.pop("customer", None) or make_customer(), "company": company(), **values}
    contract = frappe.get_doc(doctype="Retainer Contract", package=package, go_live_date=go_live, **values)
    if quantity is not None:
        contract.append("terms", {"effective_from": go_live, "package": package, "quantity": quantity})
    contract.insert(ignore_permissions=True)
    if submit:
        contract.submit()
    return contract


def make_issue(contract: Document | None = None, **values: Any) -> Document:
    """An Issue of the contract's customer."""
    values = {"subject": "The month-end report is empty", "priority": "P3 Medium", **values}
    if contract:
        values.setdefault("customer", contract.customer)
        values.setdefault("project", contract.project)
    return frappe.get_doc(doctype="Issue", **values).insert(ignore_permissions=True)


def make_timesheet(*rows: dict, submit: bool = True, **values: Any) -> Document:
    """A Timesheet; each row needs `from_time` and `minutes`, and an `issue` or a `retainer_contract`."""
    sheet = frappe.get_doc(doctype="Timesheet", **{"company": company(), **values})
    for row in rows:
        row = {"activity_type": "User Support", **row}
        start = get_datetime(row["from_time"])
        minutes = row.pop("minutes")
        sheet.append("time_logs", {**row, "from_time": start, "to_time": add_to_date(start, minutes=minutes)})
    sheet.insert(ignore_permissions=True)
    if submit:
        sheet.submit()
    return sheet


def bill(on: date | str, contract: Document | None = None) -> Document:
    """Bill what is due by `on`, for one contract or all; returns the Retainer Billing Run."""
    make_fiscal_year(on)
    return run.bill(on, contract.name if contract else None)


def invoiced_starts(contract: Document) -> list[str]:
    """First days of the contract's invoiced periods, oldest first, as text."""
    return [
        str(day)
        for day in frappe.get_all(
            "Retainer Billing Period",
            filters={"contract": contract.name, "status": "Invoiced"},
            pluck="period_start",
            order_by="period_start",
        )
    ]
