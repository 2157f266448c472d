from datetime import date
from zoneinfo import available_timezones

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, getdate, validate_url

from support_retainer import exceptions
from support_retainer.domain import errors
from support_retainer.domain.sla_clock import LONGEST_TARGET, Level, Target, TargetClock, TargetKind
from support_retainer.domain.working_calendar import WorkingCalendar
from support_retainer.retainer import figures
from support_retainer.retainer.doctype.sla_policy.calendar_errors import refuse_calendar
from support_retainer.retainer.doctype.sla_policy.windows import refuse_odd_window, window
from support_retainer.retainer.rows import place, refuse_duplicates
from support_retainer.site_time import to_site, utc_now

# In these the clock runs or has ended by itself.
NO_PAUSE = ("Open", "Resolved", "Closed")
ESCALATION_DOES = (
    "notify_role",
    "notify_user",
    "notify_account_manager",
    "reassign_to",
    "raise_priority_to",
    "webhook_url",
)
HIGHEST_PERCENT = 1000
# A calendar lays out years of opening hours, so a process keeps the ones it has met.
CALENDARS_KEPT = 256
_calendars: dict[tuple, WorkingCalendar] = {}


class SLAPolicy(Document):
    """When support is open and how soon it answers and solves."""

    def validate(self) -> None:
        figures.refuse_odd_figures([self, *self.targets])
        self.validate_windows()
        self.validate_calendar()
        self.validate_targets()
        self.validate_pause_statuses()
        self.validate_escalations()
        self.validate_intake_rules()
        self.warn_of_response_after_resolution()

    def validate_windows(self) -> None:
        for row in self.windows:
            refuse_odd_window(row)

    def validate_calendar(self) -> None:
        try:
            self.build_calendar()
        except errors.DomainError as error:
            refuse_calendar(self, error)

    def validate_targets(self) -> None:
        refuse_duplicates(self.targets, "priority")
        for row in self.targets:
            if not (row.response_time or row.resolution_time):
                frappe.throw(
                    _("{0}: nothing is promised. Enter a first response, a resolution, or delete the row.").format(
                        place(row, "response_time")
                    ),
                    exceptions.NoTarget,
                )
            for fieldname in ("response_time", "resolution_time"):
                refuse_duration(row, fieldname)

    def validate_pause_statuses(self) -> None:
        refuse_duplicates(self.pause_on, "status")
        allowed = pause_statuses()
        for row in self.pause_on:
            if row.status not in allowed:
                frappe.throw(
                    _("{0}: the clock cannot be paused on {1}. Choose one of {2}.").format(
                        place(row, "status"), bold(row.status), ", ".join(allowed)
                    ),
                    exceptions.InvalidPauseStatus,
                )

    def validate_escalations(self) -> None:
        for row in self.escalations:
            if not 0 < flt(row.at_percent) <= HIGHEST_PERCENT:
                frappe.throw(
                    _("{0}: enter more than zero and at most {1}: 75 for a warning, 100 for the due time.").format(
                        place(row, "at_percent"), HIGHEST_PERCENT
                    ),
                    exceptions.InvalidEscalation,
                )
            if not any(row.get(fieldname) for fieldname in ESCALATION_DOES):
                frappe.throw(
                    _(
                        "{0}: nothing would happen. Choose a role, a user, the account manager, an assignee,"
                        " a priority or a webhook."
                    ).format(place(row, "notify_role")),
                    exceptions.InvalidEscalation,
                )
            if row.webhook_url:
                validate_url(row.webhook_url, throw=True, valid_schemes=["https", "http"])

    def validate_intake_rules(self) -> None:
        for row in self.intake_rules:
            if not (row.priority or row.issue_type):
                frappe.throw(
                    _("{0}: the rule changes nothing. Choose a priority, an issue type, or both.").format(
                        place(row, "priority")
                    ),
                    exceptions.InvalidIntakeRule,
                )

    def warn_of_response_after_resolution(self) -> None:
        for row in self.targets:
            if row.response_time and row.resolution_time and row.response_time > row.resolution_time:
                frappe.msgprint(
                    _("{0}: the first response is due after the resolution. Is that meant?").format(
                        place(row, "response_time")
                    ),
                    indicator="orange",
                    alert=True,
                )

    def on_update(self) -> None:
        look_again_at_open_issues(self.name)

    def on_trash(self) -> None:
        """Terms name their policy in a snapshot, where Frappe's own look for links does not see it."""
        contract = contract_agreed_on(self.name)
        if contract:
            frappe.throw(
                _(
                    "{0} was agreed in the contract {1} and stays. "
                    "For new contracts, choose another policy in their package."
                ).format(bold(self.name), frappe.utils.get_link_to_form("Retainer Contract", contract)),
                exceptions.PolicyInUse,
                title=_("Policy in use"),
            )

    def calendar(self) -> WorkingCalendar:
        """The support hours of the saved policy. Costs no query once policy and holiday list are cached."""
        holidays = holiday_list(self.holiday_list)
        key = (
            frappe.local.site,
            self.name,
            str(self.modified),
            holidays and (holidays.name, str(holidays.modified)),
        )
        if key not in _calendars:
            if len(_calendars) >= CALENDARS_KEPT:
                _calendars.clear()
            _calendars[key] = self.build_calendar()
        return _calendars[key]

    def build_calendar(self) -> WorkingCalendar:
        """Raises what WorkingCalendar raises; `calendar` is the cached way."""
        if self.always_open:
            return WorkingCalendar(self.time_zone or "", always_open=True)
        windows = tuple(window(row) for row in self.windows)
        return WorkingCalendar(self.time_zone or "", windows, holiday_dates(self.holiday_list))

    def targets_by_priority(self) -> dict[str, Target]:
        """Seconds promised per Issue Priority; a priority without a row has no targets."""
        return {
            row.priority: Target(
                int(row.response_time or 0) or None,
                int(row.resolution_time or 0) or None,
                TargetClock(row.clock or "Support Hours"),
            )
            for row in self.targets
        }

    def levels(self) -> tuple[Level, ...]:
        """The rungs of the escalation ladder, each once; several rows may act on one rung."""
        keys = sorted({(row.target, round(flt(row.at_percent), 3)) for row in self.escalations})
        return tuple(Level(TargetKind(target), percent) for target, percent in keys)


def refuse_duration(row: Document, fieldname: str) -> None:
    """A promise of decades is a slip of the pen, and takes a calendar of decades to count."""
    if flt(row.get(fieldname)) < 0:
        frappe.throw(
            _("{0} cannot be negative. Enter a longer time.").format(place(row, fieldname)), exceptions.NegativeAmount
        )
    if flt(row.get(fieldname)) > LONGEST_TARGET:
        frappe.throw(
            _("{0} is longer than ten years. Enter a shorter time, or leave it empty to promise nothing.").format(
                place(row, fieldname)
            ),
            exceptions.TargetTooLong,
        )


def look_again_at_open_issues(policy: str) -> None:
    """New hours or targets move the due times of open tickets: the next sweep finds and recomputes them."""
    frappe.db.sql(
        """update `tabIssue` set retainer_next_event_at = %s
        where sla_policy = %s and status not in ('Resolved', 'Closed')""",
        (to_site(utc_now()), policy),
    )


def contract_agreed_on(policy: str) -> str | None:
    """A submitted contract whose terms name the policy; reads all terms, which a deletion can afford."""
    rows = frappe.db.sql(
        """select parent from `tabRetainer Contract Term`
        where docstatus = 1 and json_value(package_snapshot, '$.sla_policy') = %s limit 1""",
        policy,
    )
    return rows[0][0] if rows else None


def holiday_list(name: str | None) -> Document | None:
    return frappe.get_cached_doc("Holiday List", name) if name else None


def holiday_dates(name: str | None) -> frozenset[date]:
    holidays = holiday_list(name)
    return frozenset(getdate(row.holiday_date) for row in holidays.holidays) if holidays else frozenset()


def pause_statuses() -> list[str]:
    statuses = frappe.get_meta("Issue").get_options("status").split("\n")
    return [status for status in statuses if status and status not in NO_PAUSE]


@frappe.whitelist(methods=["GET", "POST"])
def form_choices() -> dict[str, list[str]]:
    """What the form offers for time zones and for the statuses that can pause the clock."""
    frappe.has_permission("SLA Policy", "read", throw=True)
    return {"time_zones": sorted(available_timezones()), "pause_statuses": pause_statuses()}
