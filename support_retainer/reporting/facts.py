"""The facts behind a report, read in a handful of queries, whatever the length of the contract's history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.domain.billing_period import Period
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.support_report import (
    Figures,
    ReportKind,
    TicketFact,
    WorkFact,
    compared,
    figures,
)
from support_retainer.retainer import hour_statement
from support_retainer.retainer.doctype.support_report.support_report import months_from
from support_retainer.retainer.report.issue_figures import (
    RESOLUTION_MET,
    RESOLUTION_MISSED,
    RESPONSE_MET,
    RESPONSE_MISSED,
)
from support_retainer.site_time import site_zone, to_site, utc_now

DONE = ("Resolved", "Closed")
STARS = 5  # Frappe keeps a rating as a part of one


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a report is made of. `periods` are oldest first, the last one is the report's own; `granted` are the
    minutes of the pools in each of them, `tickets` the rows of what was `opened` in the report's own period."""

    periods: tuple[Figures, ...]
    granted: tuple[int, ...]
    opened: tuple[TicketFact, ...]
    tickets: tuple[frappe._dict, ...]
    pools: tuple[frappe._dict, ...]
    claims: tuple[frappe._dict, ...]
    invoices: tuple[frappe._dict, ...]
    zone: str

    @property
    def now(self) -> Figures:
        return self.periods[-1]


def collect(contract: Document, kind: ReportKind, period: Period) -> Facts:
    """The facts of a period and of those it is compared with; about a dozen queries."""
    spans = compared(kind, months_from(contract), period, getdate(contract.start_date))
    zone = zone_of(contract, period.last_day)
    rows = _tickets(contract.name, spans[0].start, period.end)
    tickets = [_ticket(row, zone) for row in rows]
    work = _work(contract.name, spans[0].start, period.end)
    unit = smallest_unit(contract.currency)
    counted = tuple(figures(span, tickets, work, unit) for span in spans)
    opened = tuple(ticket for ticket in tickets if ticket.opened_on in period)
    names = {ticket.name for ticket in opened}
    return Facts(
        periods=counted,
        granted=_granted(contract.name, spans) if kind is not ReportKind.WEEKLY else (),
        opened=opened,
        tickets=tuple(row for row in rows if row.name in names),
        pools=_pools(contract.name, period),
        claims=_claims(contract.name, period),
        invoices=_invoices(contract.name, period),
        zone=zone.key,
    )


def zone_of(contract: Document, day: date) -> ZoneInfo:
    """The client's clock: that of the calendar his terms promise, else the site's."""
    calendar = contract.terms_on(max(day, getdate(contract.start_date))).calendar
    return ZoneInfo(calendar.zone) if calendar else site_zone()


def _tickets(contract: str, first: date, until: date) -> list[frappe._dict]:
    """Opened or solved since `first`, or open now; a day more at both ends, because the client's day isn't the site's.

    Merged duplicates are left out, as in every figure about tickets.
    """
    return frappe.db.sql(
        f"""select name, subject, opening_date, opening_time, status, priority, issue_type,
            retainer_cause as cause, retainer_channel as channel, retainer_coverage as coverage,
            retainer_rating as rating,
            coalesce(sla_resolution_date, if(status in %(done)s, modified, null)) as resolved_at,
            if(first_responded_on is null, null, first_response_time) as response_seconds,
            if(sla_resolution_date is null, null, user_resolution_time) as resolution_seconds,
            {RESPONSE_MET} as response_met, {RESPONSE_MISSED} as response_missed,
            {RESOLUTION_MET} as resolution_met, {RESOLUTION_MISSED} as resolution_missed
        from tabIssue
        where retainer_contract = %(contract)s and coalesce(retainer_merged_into, '') = ''
            and opening_date <= %(until)s
            and (opening_date >= %(first)s - interval 1 day or sla_resolution_date >= %(first)s - interval 1 day
                or status not in %(done)s)
        order by opening_date, opening_time, name""",  # noqa: S608 (our own text)
        {"contract": contract, "first": first, "until": until, "done": DONE, "now": to_site(utc_now())},
        as_dict=True,
    )


def _ticket(row: frappe._dict, zone: ZoneInfo) -> TicketFact:
    opened_at = datetime.combine(row.opening_date, datetime.min.time()) + (row.opening_time or timedelta())
    return TicketFact(
        name=row.name,
        opened_on=_local_day(opened_at, zone),
        status=row.status or "",
        priority=row.priority or "",
        cause=row.cause or "",
        issue_type=row.issue_type or "",
        channel=row.channel or "",
        resolved_on=_local_day(row.resolved_at, zone) if row.resolved_at else None,
        response_seconds=_seconds(row.response_seconds),
        resolution_seconds=_seconds(row.resolution_seconds),
        response_met=_met(row.response_met, row.response_missed),
        resolution_met=_met(row.resolution_met, row.resolution_missed),
        stars=round(flt(row.rating) * STARS) or None,
    )


def _local_day(stored: datetime, zone: ZoneInfo) -> date:
    return stored.replace(tzinfo=site_zone()).astimezone(zone).date()


def _seconds(stored: Any) -> int | None:
    return None if stored is None else round(stored)


def _met(met: int, missed: int) -> bool | None:
    if met:
        return True
    return False if missed else None


def _work(contract: str, first: date, until: date) -> list[WorkFact]:
    """Submitted time by day, decision, activity and rate; days are the site's, as on invoices."""
    rows = frappe.db.sql(
        """select date(from_time) as worked_on, retainer_coverage as kind, activity_type, retainer_rate as rate,
            sum(retainer_billed_minutes) as minutes, sum(round(hours * 60)) as worked
        from `tabTimesheet Detail`
        where retainer_contract = %(contract)s and docstatus = 1 and retainer_coverage != ''
            and from_time >= %(first)s and from_time < %(until)s
        group by worked_on, kind, activity_type, rate""",
        {"contract": contract, "first": first, "until": until},
        as_dict=True,
    )
    return [
        WorkFact(
            row.worked_on,
            CoverageKind(row.kind),
            row.activity_type or "",
            cint(row.minutes),
            cint(row.worked),
            decimal(row.rate),
        )
        for row in rows
    ]


def _granted(contract: str, spans: Sequence[Period]) -> tuple[int, ...]:
    """Minutes that came into the pools in each period: allotted, rolled over and topped up."""
    wanted = hour_statement.Wanted((contract,), spans[0].start, spans[-1].last_day)
    rows = hour_statement.periods(wanted)
    return tuple(
        sum(row.allotted + row.topped_up for row in rows if row.get("period_start") and row.period_start in span)
        for span in spans
    )


def _pools(contract: str, period: Period) -> tuple[frappe._dict, ...]:
    return tuple(hour_statement.summary(hour_statement.Wanted((contract,), period.start, period.last_day)))


def _claims(contract: str, period: Period) -> tuple[frappe._dict, ...]:
    return tuple(
        frappe.get_all(
            "Warranty Claim",
            filters={"retainer_contract": contract, "complaint_date": ["between", (period.start, period.last_day)]},
            fields=["name", "issue", "complaint_date", "cause", "decision"],
            order_by="complaint_date, name",
        )
    )


def _invoices(contract: str, period: Period) -> tuple[frappe._dict, ...]:
    return tuple(
        frappe.get_all(
            "Sales Invoice",
            filters={
                "retainer_contract": contract,
                "docstatus": 1,
                "posting_date": ["between", (period.start, period.last_day)],
            },
            fields=["name", "posting_date", "grand_total", "outstanding_amount", "currency", "status"],
            order_by="posting_date, name",
        )
    )
