"""An upgrade from the client's wish to a job, and what the contract says it costs."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from support_retainer import amounts
from support_retainer.domain.contract_terms import CoverageRule
from support_retainer.domain.maintenance import ON_ONE_TICKET
from support_retainer.exceptions import AlreadyAsked
from support_retainer.hours import entitled, notices
from support_retainer.maintenance.jobs import OPEN

# Where the client names no day.
USUAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """An upgrade as the contract offers it today; `used` of `rule.limit_per_year` in the running contract year."""

    activity: str
    rule: CoverageRule
    used: int


def offer_on(contract: Document, today: date | None = None) -> Offer | None:
    """None for a package without upgrades. A few queries."""
    today = max(today or getdate(), getdate(contract.start_date))
    terms = contract.terms_on(today)
    activity = activity_for(terms.package)
    if not activity:
        return None
    rule = terms.rule_for(activity.activity_type or "")
    return Offer(activity.name, rule, entitled.used_in_year(contract.name, terms, rule, today))


def activity_for(package: str) -> frappe._dict | None:
    found = frappe.db.sql(
        """select activity.name, activity.activity_type from `tabMaintenance Activity` activity
        join `tabMaintenance Activity Package` listed on listed.parent = activity.name and listed.package = %s
        where activity.kind = 'Upgrade' and activity.enabled = 1 order by activity.name limit 1""",
        (package,),
        as_dict=True,
    )
    return next(iter(found), None)


def request(site: frappe._dict, offer: Offer, issue: str, version: str, wanted_by: date | None) -> Document:
    """The job that the client's ticket asks for; who is responsible hears of it. Raises AlreadyAsked."""
    frappe.db.get_value("Managed Site", site.name, "name", for_update=True)
    if open_upgrade(site.name):
        frappe.throw(
            _("An upgrade of {0} is under way already. Write to us in its ticket.").format(site.name), AlreadyAsked
        )
    job = frappe.get_doc(
        doctype="Maintenance Job",
        activity=offer.activity,
        title=_("Upgrade of {0}").format(site.name)[:140],
        contract=site.contract,
        site=site.name,
        issue=issue,
        target_version=version or None,
        due_date=wanted_by or add_days(getdate(), USUAL_DAYS),
    ).insert(ignore_permissions=True)
    text = _("{0} asks for an upgrade of {1}.").format(job.customer, site.name)
    notices.notify([job.responsible, *notices.managers()], text, job)
    return job


def entitlement_in_words(job: Document) -> str:
    """What the contract says of this upgrade or migration, for the desk; empty where it says nothing."""
    terms = job.upgrade_terms()
    if not terms:
        return ""
    rule = terms.rule_for(job.activity_type)
    said = []
    if rule.limit_per_year:
        used = entitled.used_in_year(job.contract, terms, rule, max(getdate(), terms.effective_from))
        said.append(_("{0} of {1} upgrades of this contract year are used.").format(used, rule.limit_per_year))
    if rule.one_off_fee and not (job.one_off_fee or job.started_on or job.waive_fee):
        fee = amounts.money(rule.one_off_fee, terms.currency)
        said.append(_("{0} is charged when the job starts, or with the first time on its ticket.").format(fee))
    return " ".join(said)


def open_upgrade(site: str) -> str | None:
    return frappe.db.get_value("Maintenance Job", {"site": site, "kind": "Upgrade", "status": ["in", OPEN]}, "name")


def of_site(site: str) -> list[frappe._dict]:
    """What the client may know of the upgrades and moves of a site, newest first; one query."""
    shown = [
        "title",
        "status",
        "approval",
        "target_version",
        "window_starts",
        "window_ends",
        "done_on",
        "issue",
        "note",
    ]
    return frappe.get_all(
        "Maintenance Job", {"site": site, "kind": ["in", ON_ONE_TICKET]}, shown, order_by="creation desc", limit=5
    )


def ticket_of(job: Document) -> str | None:
    """Its ticket, made where there is none: a yearly entitlement and a one-off fee count once for each ticket, and
    time without one would count for each day."""
    if job.issue or not job.contract:
        return job.issue
    issue = frappe.get_doc(
        doctype="Issue",
        subject=job.title,
        customer=job.customer,
        retainer_contract=job.contract,
        managed_site=job.site,
        description=_("The work on {0}.").format(job.name),
    ).insert(ignore_permissions=True)
    job.db_set("issue", issue.name)
    return issue.name
