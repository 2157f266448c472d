"""Whether billing, the SLA sweep and the checks of sites still beat; who runs the desk is told once when one stops.

It is looked at from two sides that don't need each other: by a job of the scheduler's own, and whenever a manager
opens the desk, which also works when the scheduler itself is what stopped.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import format_datetime

from support_retainer.billing.run_record import last_looked
from support_retainer.hours import notices
from support_retainer.monitoring.run import last_pass_at, watched_since
from support_retainer.site_time import to_site, utc_now
from support_retainer.sla.sweep import last_sweep_at

BILLING_IS_LATE = timedelta(hours=36)
SWEEP_IS_LATE = timedelta(minutes=10)
SITES_ARE_LATE = timedelta(minutes=15)
SETTINGS = "Retainer Settings"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that has stopped; `name` is the same for as long as it lasts."""

    name: str
    text: str


def alarms(now: datetime | None = None) -> list[Alarm]:
    """What is late at `now` (site time, default now). Before the first contract or site there is nothing to be late
    with."""
    moment = now or to_site(utc_now())
    return [alarm for look in (billing, sweep, site_checks) if (alarm := look(moment))]


def billing(moment: datetime) -> Alarm | None:
    if not _is_late(moment, BILLING_IS_LATE, last_looked(), first_contract()):
        return None
    text = _("No billing run has finished for {0} hours; the last one: {1}. Run `bench --site SITE retainer bill`.")
    return Alarm("billing", text.format(_hours(BILLING_IS_LATE), _when(last_looked())))


def sweep(moment: datetime) -> Alarm | None:
    if not _is_late(moment, SWEEP_IS_LATE, last_sweep_at(), first_contract()):
        return None
    text = _("Nobody has looked for due SLA events for {0} minutes; the last time: {1}. Start scheduler and workers.")
    return Alarm("sweep", text.format(SWEEP_IS_LATE.seconds // 60, _when(last_sweep_at())))


def site_checks(moment: datetime) -> Alarm | None:
    since, last = watched_since(), last_pass_at()
    if not _is_late(moment, SITES_ARE_LATE, last and since and max(last, since), since):
        return None
    text = _("No client's site was checked for {0} minutes; the last time: {1}. Start the workers of the long queue.")
    return Alarm("site checks", text.format(SITES_ARE_LATE.seconds // 60, _when(last)))


def _is_late(moment: datetime, patience: timedelta, last: datetime | None, begun: datetime | None) -> bool:
    """Without a last time it counts from when there was something to do."""
    return bool(begun) and moment - (last or begun) > patience


def first_contract() -> datetime | None:
    """When the oldest contract was made: since then there is work."""
    return frappe.db.get_value("Retainer Contract", {"docstatus": 1}, "creation", order_by="creation")


def watch(now: datetime | None = None) -> list[str]:
    """Tell the managers of what has stopped since the last look; returns the names of what they were told of."""
    late = alarms(now)
    told = _told(for_update=bool(late))
    new = [alarm for alarm in late if alarm.name not in told]
    if {alarm.name for alarm in late} != told:
        _remember([alarm.name for alarm in late])
        _tell(new)
        frappe.db.commit()
    return [alarm.name for alarm in new]


def on_desk(bootinfo: object) -> None:
    """A manager opens the desk; whatever goes wrong here, the desk opens."""
    if not {"Retainer Manager", "System Manager"}.intersection(frappe.get_roles()):
        return
    try:
        watch()
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title="Heartbeat of Support Retainer")


def _tell(new: list[Alarm]) -> None:
    settings = frappe.get_doc(SETTINGS)
    users = notices.managers() or ["Administrator"]
    for alarm in new:
        notices.notify(users, alarm.text, settings)
        notices.mail(users, _("Support Retainer: {0} has stopped").format(_(alarm.name)), alarm.text, settings)


def _told(for_update: bool) -> set[str]:
    value = frappe.db.get_value(
        "Singles", {"doctype": SETTINGS, "field": "alarms_told"}, "value", order_by=None, for_update=for_update
    )
    return set(json.loads(value or "[]"))


def _remember(names: list[str]) -> None:
    """Straight in the table, so that the cache of settings stays warm."""
    row = {"doctype": SETTINGS, "field": "alarms_told", "value": json.dumps(sorted(names))}
    frappe.db.sql("delete from tabSingles where doctype = %(doctype)s and field = %(field)s", row)
    frappe.db.sql("insert into tabSingles (doctype, field, value) values (%(doctype)s, %(field)s, %(value)s)", row)


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)


def _when(moment: datetime | None) -> str:
    return format_datetime(moment) if moment else _("never")
