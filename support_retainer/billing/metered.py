"""What a contract is priced by, from wherever it comes: typed, sent by another system, or counted before each bill."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, flt, get_bench_path, getdate

from support_retainer.billing.periods import OPEN
from support_retainer.exceptions import InvalidTerms
from support_retainer.retainer.doctype.metered_reading.metered_reading import first_open_period

COUNT_SECONDS = 120


@frappe.whitelist(methods=["POST"])
def record_quantity(
    contract: str, quantity: float, note: str = "", effective_from: str | None = None
) -> dict[str, Any]:
    """For other systems: how many there are from the next period on that is not invoiced (or from a later day).

    Sent again for the same period it replaces what was sent before. Returns {reading, effective_from, quantity}.
    Raises frappe.PermissionError, TooLateForPeriod, InvalidTerms.
    """
    frappe.has_permission("Metered Reading", "create", throw=True)
    record = frappe.get_doc("Retainer Contract", contract)
    record.check_permission("read")
    reading = put(record, flt(quantity), "API", note, getdate(effective_from) if effective_from else None)
    return {"reading": reading.name, "effective_from": str(reading.effective_from), "quantity": reading.quantity}


def put(contract: Document, quantity: float, source: str, note: str = "", day: date | None = None) -> Document:
    """The reading of one period, made or brought up to date."""
    reading = frappe.new_doc("Metered Reading", contract=contract.name, effective_from=day)
    reading.set_period(contract)
    known = {"contract": contract.name, "effective_from": reading.effective_from}
    if name := frappe.db.get_value("Metered Reading", known):
        reading = frappe.get_doc("Metered Reading", name)
    reading.update({"quantity": quantity, "source": source, "note": note})
    return reading.save()


def count_due(day: date, contracts: list[str] | None = None) -> None:
    """Count for every contract that says what to count and is to be billed by `day`, each in its own transaction.

    Where counting fails, the last quantity stays in force and the reason is in the Error Log.
    """
    for name in _waiting(day, contracts):
        frappe.db.commit()  # what the caller wrote stays, as when the run starts
        try:
            contract = frappe.get_doc("Retainer Contract", name)
            put(contract, count(contract), "Counted", _what(contract), first_open_period(contract))
        except Exception:
            frappe.db.rollback()
            frappe.log_error(
                title=_("Quantity could not be counted"), reference_doctype="Retainer Contract", reference_name=name
            )
        frappe.db.commit()


def _waiting(day: date, contracts: list[str] | None) -> list[str]:
    some = "and contract.name in %(contracts)s" if contracts else ""
    return frappe.db.sql_list(
        f"""select distinct contract.name from `tabRetainer Billing Period` period
        join `tabRetainer Contract` contract on contract.name = period.contract
        where period.status in %(open)s and period.bill_on <= %(day)s and contract.counted_doctype > '' {some}
        order by contract.name""",  # noqa: S608 (our own text)
        {"open": OPEN, "day": day, "contracts": contracts},
    )


def count(contract: Document) -> int:
    """Records of this site or of another one of the bench. Raises InvalidTerms, subprocess.SubprocessError."""
    filters = json.loads(contract.counted_filters or "{}")
    site = cstr(contract.counted_site).strip()
    if not site or site == frappe.local.site:
        return frappe.db.count(contract.counted_doctype, filters)
    if site not in frappe.utils.get_sites():
        frappe.throw(_("{0} is no site of this bench.").format(frappe.bold(site)), InvalidTerms)
    return _count_elsewhere(site, contract.counted_doctype, filters)


def _count_elsewhere(site: str, doctype: str, filters: dict[str, Any]) -> int:
    """In a process of its own: a process can hold one site at a time, and ours is in the middle of its work."""
    asked = json.dumps({"doctype": doctype, "filters": filters})
    command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site]
    done = subprocess.run(
        [*command, "execute", "frappe.client.get_count", "--kwargs", asked],
        cwd=f"{get_bench_path()}/sites",
        capture_output=True,
        text=True,
        check=True,
        timeout=COUNT_SECONDS,
    )
    return int(done.stdout.strip().splitlines()[-1])


def _what(contract: Document) -> str:
    where = contract.counted_site or frappe.local.site
    return _("{0} on {1}, {2}").format(_(contract.counted_doctype), where, contract.counted_filters or _("all"))
