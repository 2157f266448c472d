"""Whether this installation does its work: `bench retainer doctor`. Each check says what to do when it is bad."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import add_to_date, format_datetime, getdate, now_datetime
from frappe.utils.scheduler import is_scheduler_inactive

from support_retainer import amounts, heartbeat
from support_retainer.monitoring.run import last_pass_at, watched_since
from support_retainer.sla.sweep import last_sweep_at

BILLING_IS_LATE_HOURS = 36
STUCK_HOURS = 2
ITEMS = ("fee_item", "usage_item", "one_off_item", "expense_item")


@dataclass(frozen=True, slots=True)
class Check:
    """`is_advice`: worth doing, but nothing fails without it."""

    name: str
    ok: bool
    found: str
    to_do: str = ""
    is_advice: bool = False

    def line(self) -> str:
        mark = _("ok") if self.ok else _("advice") if self.is_advice else _("BAD")
        return f"{mark:<7}{self.name}: {self.found}" + ("" if self.ok else f" {self.to_do}")


@dataclass(frozen=True, slots=True)
class Examination:
    checks: tuple[Check, ...]

    @property
    def is_well(self) -> bool:
        return all(check.ok or check.is_advice for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        return {"ok": self.is_well, "checks": [asdict(check) for check in self.checks]}

    def lines(self) -> list[str]:
        return [check.line() for check in self.checks]


def examine() -> Examination:
    return Examination(tuple(check() for check in CHECKS))


def scheduler() -> Check:
    inactive = is_scheduler_inactive(verbose=False)
    return Check(
        _("Scheduler"),
        not inactive,
        _("disabled, paused or in maintenance mode.") if inactive else _("enabled."),
        _("Run `bench --site SITE enable-scheduler`, and see that the bench's schedule process runs."),
    )


def sweep() -> Check:
    last = last_sweep_at()
    is_late = not last or now_datetime() - last > heartbeat.SWEEP_IS_LATE
    found = _("last sweep {0}.").format(format_datetime(last)) if last else _("no sweep yet.")
    return Check(
        _("SLA sweep"),
        not is_late,
        found,
        _("The scheduler or its workers were down. Start them, or run `bench --site SITE retainer sweep`."),
    )


def billing() -> Check:
    """Late is what neither the day it was due nor a run of the last one and a half days has brought to an invoice."""
    late = add_to_date(now_datetime(), hours=-BILLING_IS_LATE_HOURS)
    stopped = [alarm.text for alarm in heartbeat.alarms() if alarm.name == "billing"]
    due = {"status": "Due", "bill_on": ["<=", getdate(late)], "creation": ["<", late]}
    overdue = frappe.db.count("Retainer Billing Period", due)
    last = frappe.db.get_value("Retainer Billing Run", {}, "creation", order_by="creation desc")
    return Check(
        _("Billing"),
        not stopped and (not overdue or bool(last and last > late)),
        _("{0} periods wait for more than {1} hours, last run {2}.").format(
            overdue, BILLING_IS_LATE_HOURS, format_datetime(last) if last else _("never")
        )
        + "".join(f" {text}" for text in stopped),
        _("Run `bench --site SITE retainer bill`."),
    )


def stuck_billing() -> Check:
    """A run that has not finished for so long has lost its workers; the next one says so and takes over."""
    since = add_to_date(now_datetime(), hours=-STUCK_HOURS)
    runs = frappe.get_all("Retainer Billing Run", {"status": "Running", "modified": ["<", since]}, pluck="name")
    return Check(
        _("Billing under way"),
        not runs,
        _("not finished for {0} hours: {1}.").format(STUCK_HOURS, ", ".join(runs)) if runs else _("nothing is stuck."),
        _("Start the workers of the long queue, or run `bench --site SITE retainer bill`."),
    )


def site_checks() -> Check:
    """A site that was only just entered may wait for its first visit."""
    since, last = watched_since(), last_pass_at()
    late = now_datetime() - heartbeat.SITES_ARE_LATE
    return Check(
        _("Site checks"),
        not since or max(since, last or since) > late,
        (_("last pass {0}.").format(format_datetime(last)) if last else _("no pass yet."))
        if since
        else _("no site is watched."),
        _("Start scheduler and workers of the long queue, or run `bench --site SITE retainer check-sites`."),
    )


def failed_billing() -> Check:
    failed = frappe.get_all("Retainer Billing Period", {"status": "Failed"}, ["contract", "period_start", "error"])
    rows = [f"{row.contract} {row.period_start}: {(row.error or '').strip().splitlines()[:1]}" for row in failed[:5]]
    return Check(
        _("Failed billing periods"),
        not failed,
        _("{0} failed. {1}").format(len(failed), "; ".join(rows)) if failed else _("none."),
        _("Mend what the error names; the next run tries again."),
    )


def settings() -> Check:
    record = frappe.get_doc("Retainer Settings")
    missing = [_(record.meta.get_label(fieldname)) for fieldname in ITEMS if not record.get(fieldname)]
    return Check(
        _("Items on invoices"),
        not missing,
        _("missing: {0}.").format(", ".join(missing)) if missing else _("all set."),
        _("Choose them in Retainer Settings, or load a catalogue."),
    )


def outgoing_mail() -> Check:
    ok = bool(EmailAccount.find_outgoing())
    return Check(
        _("Outgoing mail"),
        ok,
        _("an account is set.") if ok else _("no default outgoing Email Account."),
        _("Without one escalations reach people in the desk only. Set one in Email Account."),
        is_advice=True,
    )


def sales_statistics() -> Check:
    frequency = frappe.db.get_single_value("Selling Settings", "sales_update_frequency")
    return Check(
        _("Sales statistics"),
        frequency != "Each Transaction",
        _("updated: {0}.").format(_(frequency or "")),
        _("Set Sales Update Frequency in Selling Settings to Monthly: it saves work on every invoice."),
        is_advice=True,
    )


def decimals_of_money() -> Check:
    """Only advice as long as every agreed fee can be billed as it is."""
    short = [currency for currency in _currencies() if (amounts.own_decimals(currency) or 0) > amounts.kept_decimals()]
    most = max((amounts.own_decimals(currency) or 0 for currency in short), default=0)
    cut = _fees_cut(short, amounts.kept_decimals()) if short else []
    found = _("{0}: this site keeps {1} decimals of an amount.").format(", ".join(short), amounts.kept_decimals())
    if cut:
        found += " " + _("Fees that are billed rounded: {0}.").format(", ".join(cut))
    return Check(
        _("Decimals of money"),
        not short,
        found if short else _("every currency has its own."),
        _("Set Currency Precision in System Settings to {0}. What is billed already stays as it is.").format(most),
        is_advice=not cut,
    )


def _currencies() -> list[str]:
    packages = frappe.get_all("Support Package", {"enabled": 1}, pluck="currency", distinct=True)
    running = {"docstatus": 1, "status": ["not in", ("Ended", "Cancelled")]}
    contracts = frappe.get_all("Retainer Contract", running, pluck="currency", distinct=True)
    return sorted({*packages, *contracts})


def _fees_cut(currencies: list[str], places: int) -> list[str]:
    return frappe.db.sql_list(
        """select name from `tabSupport Package`
            where enabled = 1 and currency in %(currencies)s and monthly_fee != round(monthly_fee, %(places)s)
        union select contract.name from `tabRetainer Contract` contract
            join `tabRetainer Contract Term` terms on terms.parent = contract.name
            where contract.docstatus = 1 and contract.status not in ('Ended', 'Cancelled')
                and contract.currency in %(currencies)s and terms.monthly_fee != round(terms.monthly_fee, %(places)s)
        order by 1 limit 5""",
        {"currencies": currencies, "places": places},
    )


CHECKS: tuple[Callable[[], Check], ...] = (
    scheduler,
    sweep,
    billing,
    stuck_billing,
    failed_billing,
    site_checks,
    settings,
    decimals_of_money,
    outgoing_mail,
    sales_statistics,
)
