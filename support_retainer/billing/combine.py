"""Which periods share an invoice: by setting, those of one customer that fall due together and are billed alike."""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import cint

# Whatever differs here can't stand on one invoice.
ALIKE = ("customer", "company", "currency", "taxes_and_charges", "payment_terms_template")


def is_on() -> bool:
    return bool(frappe.get_cached_doc("Retainer Settings").combine_invoices)


def groups(periods: list[str]) -> list[list[str]]:
    """The periods in the order given, those that share an invoice together; each alone where the setting is off."""
    if not is_on() or not periods:
        return [[name] for name in periods]
    columns = ", ".join(f"coalesce(contract.{name}, '')" for name in ALIKE)
    rows = frappe.db.sql(
        f"""select period.name, period.bill_on, {columns} from `tabRetainer Billing Period` period
        join `tabRetainer Contract` contract on contract.name = period.contract where period.name in %s""",  # noqa: S608
        [periods],
    )
    alike = {name: key for name, *key in rows}
    return list(_together((tuple(alike[name]), name) for name in periods if name in alike))


def needing_numbers(together: list[list[str]]) -> list[str]:
    """The period of each group that a number is reserved for; a group that has one from an earlier try uses that."""
    several = [name for group in together if len(group) > 1 for name in group]
    filters = {"name": ["in", several], "invoice_number": ["is", "set"]}
    numbered = set(frappe.get_all("Retainer Billing Period", filters=filters, pluck="name")) if several else set()
    return [group[0] for group in together if not numbered.intersection(group)]


def shares(contract: Document, period_start: date) -> tuple | None:
    """What the periods of one invoice have in common, for a dry run; None where each has an invoice of its own."""
    if not is_on():
        return None
    day = period_start - timedelta(days=cint(contract.billing_lead_days))
    return (day, *(contract.get(name) or "" for name in ALIKE))


def batches_of_contracts(contracts: list[str], size: int) -> list[list[str]]:
    """Shares for the workers of about `size` contracts; a customer whose contracts share invoices is never split."""
    if not is_on():
        return [contracts[first : first + size] for first in range(0, len(contracts), size)]
    customers = dict(
        frappe.get_all("Retainer Contract", {"name": ["in", contracts]}, ["name", "customer"], as_list=True)
    )
    batches: list[list[str]] = [[]]
    for together in _together((customers[name], name) for name in contracts):
        if batches[-1] and len(batches[-1]) + len(together) > size:
            batches.append([])
        batches[-1] += together
    return batches


def _together(keyed: Iterable[tuple[object, str]]) -> Iterable[list[str]]:
    found: dict[object, list[str]] = {}
    for key, name in keyed:
        found.setdefault(key, []).append(name)
    return found.values()
