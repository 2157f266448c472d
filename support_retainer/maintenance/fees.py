"""The one-off fee of an upgrade or a migration: due when the work begins, with its job or with time of it.

Whoever begins the work bears the fee: a job that starts before any time is booked, or else the first row of time. The
other one then finds it charged. Where that row is cancelled and no other time can take the fee, the job does.
"""

from datetime import date

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form, getdate

from support_retainer import amounts
from support_retainer.billing import periods, starts
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.entitlement import fee_at_start
from support_retainer.domain.maintenance import ON_ONE_TICKET
from support_retainer.exceptions import JobNotReady, ManagersOnly
from support_retainer.hours import entitled, warranty
from support_retainer.hours.extras import BEARING
from support_retainer.retainer.rows import place
from support_retainer.site_time import site_date, to_site, utc_now

BEGUN = ("In Progress", "Done", "Rolled Back")
WORK = ("kind", "contract", "issue", "activity_type")


def guard(job: Document) -> None:
    """A fee is given away by managers, before it is charged; and what it is due for stays. Raises ManagersOnly."""
    if job.has_value_changed("waive_fee") and (job.waive_fee or not job.is_new()):
        refuse_waiver_by_others(job)
    if not job.is_new() and flt(job.one_off_fee) and any(map(job.has_value_changed, WORK)):
        frappe.throw(
            _("{0}: the one-off fee is due for this very work. Make another job for other work.").format(
                bold(job.title)
            ),
            JobNotReady,
        )


def refuse_waiver_by_others(job: Document) -> None:
    if "Retainer Manager" not in frappe.get_roles():
        frappe.throw(_("{0}: only a Retainer Manager may decide this.").format(place(job, "waive_fee")), ManagersOnly)
    charged_by = {"Sales Invoice": starts.invoice_of(job.name), "Timesheet": booked(job, with_fee=True)}
    for doctype, name in charged_by.items() if job.waive_fee else ():
        if name:
            frappe.throw(
                _("{0}: {1} charges the fee already. Give it back there.").format(
                    place(job, "waive_fee"), get_link_to_form(doctype, name)
                ),
                JobNotReady,
            )


def follow(job: Document) -> None:
    """Bring the fee of a saved job up to date, as often as anybody likes; in the caller's transaction.

    A start that was a mistake takes it back while no invoice has it and no time is booked.
    """
    if not (job.kind in ON_ONE_TICKET and job.contract and job.issue and job.activity_type):
        return
    has_begun = job.status in BEGUN
    if not (has_begun or job.started_on or flt(job.one_off_fee)):
        return
    contract = frappe.get_cached_doc("Retainer Contract", job.contract)
    frappe.db.get_value("Retainer Contract", contract.name, "name", for_update=True)
    if starts.invoice_of(job.name):
        return
    fee = fee_of(job, contract, has_begun=has_begun)
    started = (job.started_on or to_site(utc_now())) if has_begun or fee else None
    if (flt(fee), started) == (flt(job.one_off_fee), job.started_on):
        return
    job.db_set({"one_off_fee": fee, "started_on": started, "currency": contract.currency if fee else None})
    if fee:
        periods.collect_late_usage(contract)


def fee_of(job: Document, contract: Document, *, has_begun: bool) -> float:
    if job.waive_fee or booked(job, with_fee=True) or warranty.granted([job.issue]).get(job.issue):
        return 0
    if not (has_begun or booked(job)):
        return 0
    return flt(job.one_off_fee) or flt(fee_by_terms(job, contract, getdate(job.started_on or site_date(utc_now()))))


def told(job: Document | frappe._dict) -> str:
    """What the client pays once if this job starts, in words; empty where that is nothing."""
    if job.kind not in ON_ONE_TICKET or job.waive_fee or not (job.contract and job.activity_type):
        return ""
    contract = frappe.get_cached_doc("Retainer Contract", job.contract)
    fee = fee_by_terms(job, contract, site_date(utc_now()))
    return amounts.money(decimal(fee), contract.currency) if fee else ""


def fee_by_terms(job: Document, contract: Document, day: date) -> float:
    day = max(day, getdate(contract.start_date))
    terms = contract.terms_on(day)
    rule = terms.rule_for(job.activity_type)
    used = entitled.used_in_year(contract.name, terms, rule, day, but_for=job.issue or entitled.NO_TICKET)
    return fee_at_start(terms, job.activity_type, used)


def booked(job: Document, *, with_fee: bool = False) -> str | None:
    """The sheet of booked time of the same work, read with a lock: what is read under a lock has to be as new as it."""
    found = frappe.db.sql(
        f"""select parent from `tabTimesheet Detail`
        where issue = %(issue)s and retainer_contract = %(contract)s and activity_type = %(activity_type)s
            and docstatus = 1 and retainer_coverage in %(bearing)s {"and retainer_one_off_fee > 0" if with_fee else ""}
        limit 1 lock in share mode""",  # noqa: S608 (our own text)
        {"bearing": BEARING, **{name: job.get(name) for name in ("issue", "contract", "activity_type")}},
    )
    return found[0][0] if found else None


def follow_tickets(issues: set[str]) -> None:
    """Time on these tickets was taken back, perhaps with a fee."""
    jobs = {"issue": ["in", sorted(issues)], "kind": ["in", ON_ONE_TICKET]}
    for name in frappe.get_all("Maintenance Job", jobs, pluck="name") if issues else []:
        follow(frappe.get_doc("Maintenance Job", name, for_update=True))


def refuse_trash(job: Document) -> None:
    """Raises JobNotReady where work has begun that the client owes for."""
    job.status = "Not Needed"
    follow(job)
    if flt(job.one_off_fee):
        frappe.throw(_("{0}: its one-off fee is due, so it stays on record.").format(bold(job.title)), JobNotReady)
