"""The tickets and the time of a client as the site has them, ready to be replayed; a few queries for any number.

A client with a contract has decided claims, managers' words and estimates; they are part of what happened. One without
a contract has ERPNext's own issues and timesheets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.coverage import Work
from support_retainer.domain.history import History, Ticket, TimeRow
from support_retainer.domain.on_record import Booking, Record
from support_retainer.domain.override import Override, OverrideKind
from support_retainer.hours import warranty
from support_retainer.site_time import site_date, to_utc, utc_now

URGENT = "P1 Critical"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose history: a customer, one of his contracts, or a lead, who has issues only."""

    customer: str = ""
    contract: str = ""
    lead: str = ""


def read(whose: Whose, start: date, until: date) -> History:
    """Everything from `start` to `until`, both included, as seen at the end of that day or now."""
    tickets = {ticket.name: ticket for ticket in _tickets(whose, start, until)}
    rows = sorted(_rows(whose, tickets, start, until), key=lambda row: row.work.start)
    end = to_utc(datetime.combine(until + timedelta(days=1), time()))
    return History(tuple(tickets.values()), tuple(rows), start, until, min(end, utc_now()))


def read_booked(contract: Document, record: Record, documents: frozenset[str]) -> History:
    """All of a contract in the order in which it was booked, also what was taken back; `documents` are the invoices
    and credit notes of its periods."""
    whose, start, today = Whose(contract.customer, contract.name), getdate(contract.start_date), site_date(utc_now())
    until = max(today, start)
    tickets = {ticket.name: ticket for ticket in _tickets(whose, start, until)}
    pieces = _as_typed(_time(whose, tickets, start, None))
    rows = [replace(_row(one, tickets), booking=_booking(one, documents)) for one in pieces]
    return History(tuple(tickets.values()), tuple(rows), start, until, utc_now(), record)


def first_day(whose: Whose) -> date | None:
    """The day of the first ticket; None where there is none."""
    field, value = _filter(whose)
    found = frappe.db.sql(f"select min(opening_date) from tabIssue where `{field}` = %s", value)[0][0]  # noqa: S608
    return getdate(found) if found else None


def _filter(whose: Whose) -> tuple[str, str]:
    if whose.contract:
        return "retainer_contract", whose.contract
    return ("customer", whose.customer) if whose.customer else ("lead", whose.lead)


def _tickets(whose: Whose, start: date, until: date) -> Iterator[Ticket]:
    field, value = _filter(whose)
    issues = frappe.db.sql(
        f"""select name, opening_date, opening_time, priority, retainer_channel, retainer_cause, first_responded_on,
            coalesce(sla_resolution_date, if(status in ('Resolved', 'Closed'), modified, null)) as resolved_at,
            retainer_contract
        from tabIssue
        where `{field}` = %(value)s and coalesce(retainer_merged_into, '') = ''
            and opening_date between %(start)s and %(until)s
        order by opening_date, opening_time, name""",  # noqa: S608 (our own text)
        {"value": value, "start": start, "until": until},
        as_dict=True,
    )
    granted = warranty.granted([issue.name for issue in issues])
    for issue in issues:
        opened = datetime.combine(issue.opening_date, time()) + (issue.opening_time or timedelta())
        yield Ticket(
            name=issue.name,
            opened_at=to_utc(opened),
            opened_on=issue.opening_date,
            priority=issue.priority or "",
            channel=issue.retainer_channel or "",
            cause=issue.retainer_cause or "",
            first_response_at=to_utc(issue.first_responded_on) if issue.first_responded_on else None,
            resolved_at=to_utc(issue.resolved_at) if issue.resolved_at else None,
            under_warranty=granted.get(issue.name, False) if issue.retainer_contract else None,
        )


def _rows(whose: Whose, tickets: dict[str, Ticket], start: date, until: date) -> Iterator[TimeRow]:
    for pieces in _as_typed(_time(whose, tickets, start, until)):
        yield _row(pieces, tickets)


def _row(pieces: list[frappe._dict], tickets: dict[str, Ticket]) -> TimeRow:
    first, ticket = pieces[0], tickets.get(pieces[0].issue or "")
    return TimeRow(
        work=Work(
            first.activity_type or "",
            to_utc(first.from_time),
            to_utc(pieces[-1].to_time),
            first.channel or (ticket.channel if ticket else ""),
            is_urgent=bool(ticket and ticket.priority == URGENT),
        ),
        worked_on=first.from_time.date(),
        ticket=ticket or _elsewhere(first),
        override=_override(first),
        is_estimated=bool(first.retainer_estimate),
        expenses=sum((decimal(piece.retainer_expenses) for piece in pieces), decimal(0)),
    )


def _booking(pieces: list[frappe._dict], documents: frozenset[str]) -> Booking:
    """Rows from before this was kept count as logged when the work was done."""
    first = pieces[0]
    logged = first.retainer_decided_at or pieces[-1].to_time
    invoices = {piece.sales_invoice for piece in pieces if piece.sales_invoice}
    return Booking(
        at=to_utc(logged),
        on=logged.date(),
        taken_back_at=to_utc(first.retainer_reversed_at) if first.retainer_reversed_at else None,
        is_warranty=first.retainer_coverage == "Warranty",
        is_billed_apart=bool(invoices - documents),
    )


def _time(whose: Whose, tickets: Iterable[str], start: date, until: date | None) -> list[frappe._dict]:
    """Submitted time on the contract, else on the client's tickets and projects; without `until` all that was ever
    submitted, in the order in which it was."""
    where = "detail.retainer_contract = %(contract)s" if whose.contract else "(detail.issue in %(issues)s or {0})"
    within = "detail.docstatus = 1 and detail.from_time < %(end)s" if until else "detail.docstatus > 0"
    where = where.format("project.customer = %(customer)s" if whose.customer else "1 = 0")
    return frappe.db.sql(
        f"""select detail.name, detail.parent, detail.idx, detail.issue, detail.activity_type, detail.from_time,
            detail.to_time, detail.retainer_coverage, detail.retainer_override, detail.retainer_override_rate,
            detail.retainer_channel as channel, detail.retainer_expenses, detail.sales_invoice, task.retainer_estimate,
            detail.retainer_decided_at, detail.retainer_reversed_at, detail.retainer_split_from
        from `tabTimesheet Detail` detail
        join tabTimesheet sheet on sheet.name = detail.parent
        left join tabTask task on task.name = detail.task
        left join tabProject project on project.name = detail.project
        where {where} and detail.from_time >= %(start)s and {within}
        order by detail.retainer_decided_at, sheet.creation, detail.parent, detail.idx""",  # noqa: S608 (our own text)
        {
            "contract": whose.contract,
            "issues": tuple(tickets) or ("",),
            "customer": whose.customer,
            "start": start,
            "end": until + timedelta(days=1) if until else None,
        },
        as_dict=True,
    )


def _as_typed(rows: Iterable[frappe._dict]) -> Iterator[list[frappe._dict]]:
    """Rows that a decision split are one again, first part first."""
    for _whole, pieces in groupby(rows, key=lambda row: row.retainer_split_from or row.name):
        yield list(pieces)


def _elsewhere(row: frappe._dict) -> Ticket | None:
    """Work on a ticket that was opened before the days looked at: it has no promises here, but is an incident."""
    if not row.issue:
        return None
    at = to_utc(row.from_time)
    return Ticket(row.issue, at, row.from_time.date(), "", under_warranty=row.retainer_coverage == "Warranty")


def _override(row: frappe._dict) -> Override | None:
    kind = row.retainer_override
    return Override(OverrideKind(kind), decimal(row.retainer_override_rate)) if kind else None


def months_back(until: date, months: int) -> date:
    """The first day of that many whole months up to `until`."""
    return getdate(frappe.utils.add_days(frappe.utils.add_months(until, -cint(months)), 1))
