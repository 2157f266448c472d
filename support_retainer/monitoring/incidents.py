"""Incidents: what ought to be open is compared with what is, so a pass that was killed is put right by the next.

Each has one ticket and one open key, which the database keeps unique; two workers cannot open it twice.
"""

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, escape_html, format_datetime

from support_retainer.domain.site_health import Check
from support_retainer.domain.site_incidents import Wanted, is_over, outages, priority_of, wanted
from support_retainer.hours import notices
from support_retainer.monitoring import outgoing, words
from support_retainer.monitoring.record import Recorded
from support_retainer.site_time import to_site, utc_now

FIELDS = ["name", "title", "site", "check", "provider", "sites", "issue", "open_key", "customer", "started_at"]
SAVEPOINT = "retainer_incident"
send_what_waits = outgoing.send_what_waits


def settle(recorded: list[Recorded], moment: datetime) -> tuple[int, int]:
    """Open and end incidents by how the sites stand now; returns how many of each. In the caller's transaction."""
    states = {row.site.name: row for row in recorded}
    known = {row.open_key: row for row in open_incidents()}
    before = {row.provider: tuple((row.sites or "").split("\n")) for row in known.values() if row.provider}
    out = outages([row.state for row in recorded], before)
    ought = [one for one in wanted([row.state for row in recorded], out) if one.key not in known]
    opened = sum(bool(open_one(one, states.get(one.site), moment)) for one in ought)
    over = [row for row in known.values() if has_ended(row, states, out)]
    for row in over:
        end(row, moment)
    return opened, len(over)


def open_incidents(source: str = "Checks") -> list[frappe._dict]:
    return frappe.get_all("Site Incident", {"status": "Open", "source": source}, FIELDS)


def has_ended(row: frappe._dict, states: dict[str, Recorded], out: dict[str, tuple[str, ...]]) -> bool:
    if row.provider:
        return row.provider not in out
    return row.site in states and is_over(states[row.site].state, Check(row.check))


def open_one(ought: Wanted, recorded: Recorded | None, moment: datetime) -> str | None:
    """The new incident with its ticket; None where another worker was first."""
    site = recorded.site if recorded else None
    reason = recorded.explain(ought.check, ought.reason) if recorded else words.outage(ought.sites)
    values = {
        "title": f"{site.name}: {_(ought.check.value)}" if site else words.outage_title(ought.provider),
        "site": site.name if site else None,
        "customer": site.customer if site else None,
        "provider": ought.provider,
        "check": ought.check.value,
        "reason": reason,
        "sites": "\n".join(ought.sites),
    }
    return create(ought.key, values, priority_of(ought.check, ought.reason), moment)


def create(key: str, values: dict[str, object], priority: str, moment: datetime) -> str | None:
    frappe.db.savepoint(SAVEPOINT)
    incident = frappe.get_doc(doctype="Site Incident", open_key=key, started_at=to_site(moment), **values)
    try:
        incident.insert(ignore_permissions=True)
    except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
        frappe.db.rollback(save_point=SAVEPOINT)
        frappe.clear_messages()
        return None
    incident.db_set("issue", make_ticket(incident, priority), update_modified=False)
    tell(incident, _("{0}: {1}").format(incident.title, incident.reason), "started")
    return incident.name


def make_ticket(incident, priority: str) -> str:
    """The ticket names its site's customer; the contract that serves the customer is found as for any ticket."""
    issue = frappe.get_doc(
        doctype="Issue",
        subject=incident.title[:140],
        description=f"<p>{escape_html(incident.reason)}</p>{listed(incident.sites)}",
        customer=incident.customer,
        managed_site=incident.site,
        retainer_channel="Monitoring",
        priority=priority if frappe.db.exists("Issue Priority", priority) else None,
    )
    return issue.insert(ignore_permissions=True).name


def listed(sites: str | None) -> str:
    items = "".join(f"<li>{escape_html(name)}</li>" for name in (sites or "").split("\n") if name)
    return f"<ul>{items}</ul>" if items else ""


def end(row: frappe._dict, moment: datetime, told: str = "") -> None:
    incident = frappe.get_doc("Site Incident", row.name)
    incident.db_set({"status": "Over", "ended_at": to_site(moment), "open_key": None})
    text = (told or _("{0} is well again since {1}.")).format(incident.title, format_datetime(to_site(moment)))
    if incident.issue:
        recover_ticket(incident.issue, text)
    tell(incident, text, "over")


def end_with_ticket(issue: str) -> None:
    """What another tool told of is over when people say so: many a tool never does, and the next alert of the same
    kind would find it open. What our own checks found, the checks end."""
    alerts = {"issue": issue, "source": "Alert", "status": "Open"}
    for name in frappe.get_all("Site Incident", alerts, pluck="name"):
        incident = frappe.get_doc("Site Incident", name)
        incident.db_set({"status": "Over", "ended_at": to_site(utc_now()), "open_key": None})
        outgoing.keep_for_sending(incident, "over")


def recover_ticket(name: str, text: str) -> None:
    issue = frappe.get_doc("Issue", name)
    issue.add_comment("Comment", escape_html(text))
    stays = cint(frappe.db.get_single_value("Retainer Settings", "leave_incidents_open"))
    if not stays and issue.status not in ("Resolved", "Closed"):
        issue.status = "Resolved"
        issue.save(ignore_permissions=True)


def tell(incident, text: str, event: str) -> None:
    """Staff by mail and bell, other systems by webhook; all in the caller's transaction."""
    users = [*notices.managers(), *account_managers(incident.site)]
    notices.notify(users, text, incident)
    notices.mail(users, text[:140], text, incident)
    outgoing.keep_for_sending(incident, event)


def account_managers(site: str | None) -> Iterable[str]:
    contract = site and frappe.db.get_value("Managed Site", site, "contract")
    manager = contract and frappe.db.get_value("Retainer Contract", contract, "account_manager")
    return [manager] if manager else []


def tidy() -> None:
    end_forgotten(utc_now())
    frappe.db.commit()


def end_forgotten(moment: datetime) -> int:
    """End the incidents of sites that nobody watches any more: nothing else would. Nobody knows that they are well."""
    left = frappe.db.sql_list(
        """select incident.name from `tabSite Incident` incident
        join `tabManaged Site` site on site.name = incident.site
        left join `tabRetainer Contract` contract on contract.name = site.contract
        where incident.status = 'Open' and incident.source = 'Checks' and (site.enabled = 0
            or site.monitoring_level = 'None' or contract.status in ('Ended', 'Cancelled'))"""
    )
    for name in left:
        end(frappe._dict(name=name), moment, _("{0} is not watched any more."))
    return len(left)
