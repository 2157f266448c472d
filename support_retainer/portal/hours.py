"""The statement of hours: what each pool was given and used in a period, and every piece of work with its reason."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import getdate

from support_retainer.hours import approvals
from support_retainer.portal import access, files, package, top_ups, work
from support_retainer.portal.access import Client
from support_retainer.portal.templates import day, render_alone
from support_retainer.retainer import hour_statement
from support_retainer.site_time import site_date, site_zone, to_utc, utc_now
from support_retainer.speech import _

MOST_PERIODS = 24
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Statement:
    """One contract and one of its periods; `pools` and `rows` are minutes."""

    contract: Any
    first: date
    last: date
    pools: list[frappe._dict]
    rows: list[dict[str, Any]]

    @property
    def file_name(self) -> str:
        return f"{self.contract.name}-{self.first}"

    def counted(self) -> int:
        return sum(row["counted"] or 0 for row in self.rows)


def page(client: Client) -> dict[str, Any]:
    if not client.contract:
        return {"statement": None, "requests": [], "packs": [], "periods": [], "zone": None}
    shown = statement(client, frappe.form_dict.get("contract"), frappe.form_dict.get("first"))
    rights = client.on(shown.contract.name)
    return {
        "statement": shown,
        "periods": periods(shown.contract),
        "requests": to_decide(shown.contract.name, rights) if rights.can_approve else [],
        "packs": top_ups.on_sale(shown.contract) if rights.can_approve else [],
        "zone": package.agreed(shown.contract).zone,
    }


def statement(client: Client, contract: str | None = None, first: str | None = None) -> Statement:
    """Of a contract of the client's (the one that serves) in the period of a day (today). Raises NotFound."""
    row = access.own_contract(str(contract), client) if contract else client.contract
    if not row:
        raise access.NotFound(_("There is no contract."))
    return of_contract(row, first, client.user if client.sees_own_tickets_only(row.customer) else None)


def of_contract(contract: Any, first: date | str | None = None, only_of: str | None = None) -> Statement:
    """In the period of a day (today), for a reader whom the caller has checked; `only_of` a user, the work on their
    own tickets. `contract` is a record, or a row with name, customer, package, start_date and end_date."""
    period = _period(contract, first)
    wanted = hour_statement.Wanted((contract.name,), period.start, period.last_day)
    return Statement(
        contract,
        period.start,
        period.last_day,
        hour_statement.summary(wanted),
        work.on_contract(contract.name, period.start, period.last_day, only_of),
    )


def _period(contract: Any, first: date | str | None) -> Any:
    today, start = site_date(utc_now()), getdate(contract.start_date)
    try:
        day = getdate(first) if first else today
    except (ValueError, frappe.ValidationError):
        day = today
    latest = max(min(today, getdate(contract.end_date)) if contract.end_date else today, start)
    return frappe.get_cached_doc("Retainer Contract", contract.name).period_on(min(max(day, start), latest)).period


def periods(contract: frappe._dict) -> list[tuple[date, date]]:
    """First and last day of the periods so far, newest first."""
    record, found = frappe.get_cached_doc("Retainer Contract", contract.name), []
    period = _period(contract, None)
    while len(found) < MOST_PERIODS:
        found.append((period.start, period.last_day))
        if period.start <= getdate(contract.start_date):
            break
        period = record.period_on(period.start - timedelta(days=1)).period
    return found


def to_decide(contract: str, rights: access.Rights) -> list[frappe._dict]:
    """With the approver's `limit` where it is too low for the request, else 0."""
    return [frappe._dict(row, limit=rights.limit_below(row.amount)) for row in requests([contract])]


def requests(contracts: list[str]) -> list[frappe._dict]:
    """Hours beyond the pools of these contracts that wait for the client's word."""
    return frappe.get_all(
        approvals.DOCTYPE,
        {"contract": ["in", contracts], "status": "Requested"},
        ["name", "contract", "issue", "minutes", "reason", "amount", "requested_on"],
        order_by="creation",
    )


@frappe.whitelist(methods=["GET"])
def hours(contract: str = "", first: str = "") -> dict[str, Any]:
    """{contract, first, last, pools: [...], rows: [...]} of the period that `first` (a date) falls in; minutes."""
    shown = statement(access.client(), contract, first)
    figures = ("pool", "opening", "balance", *hour_statement.FIGURES)
    return {
        "contract": shown.contract.name,
        "first": shown.first,
        "last": shown.last,
        "pools": [{name: row[name] for name in figures} for row in shown.pools],
        "rows": shown.rows,
    }


@frappe.whitelist(methods=["GET"])
def as_csv(contract: str = "", first: str = "") -> None:
    """Download the rows of the statement; no cell starts a formula in a spreadsheet."""
    shown, out = statement(access.client(), contract, first), io.StringIO()
    zone = package.agreed(shown.contract).zone
    writer = csv.writer(out)
    heads = (
        "Date",
        "Ticket",
        "Subject",
        "Person",
        "Activity",
        "Minutes Worked",
        "Minutes Counted",
        "Coverage",
        "Reason",
    )
    writer.writerow([_(head) for head in heads])
    fields = ("from_time", "issue", "subject", "who", "activity_type", "worked", "counted", "coverage", "reason")
    for row in shown.rows:
        row = {**row, "from_time": _on_their_clock(row["from_time"], zone)}
        row.update({name: _(row[name] or "") for name in ("coverage", "activity_type")})
        writer.writerow([_cell(row[name]) for name in fields])
    files.send("\ufeff" + out.getvalue(), shown.file_name + ".csv")


def _on_their_clock(at: datetime, zone: str | None) -> str:
    """2026-09-24 10:30, which every spreadsheet takes for a time."""
    return f"{to_utc(at).astimezone(ZoneInfo(zone) if zone else site_zone()):%Y-%m-%d %H:%M}"


def _measures() -> list[str]:
    return [_("Minutes Worked"), _("Minutes Counted"), _("Coverage"), _("Reason")]


def _cell(value: Any) -> str:
    text = str(value if value is not None else "")
    return "'" + text if text.startswith(RUNS_AS_FORMULA) else text


@frappe.whitelist(methods=["GET"])
def as_pdf(contract: str = "", first: str = "") -> None:
    """Download the statement as it is printed."""
    from weasyprint import HTML

    shown = statement(access.client(), contract, first)
    html = render_alone("hours_print.html", **on_paper(shown))
    files.send(HTML(string=html, url_fetcher=_nothing).write_pdf(), shown.file_name + ".pdf")


def on_paper(shown: Statement) -> dict[str, Any]:
    """What hours_paper.html reads."""
    zone = package.agreed(shown.contract).zone
    return {"statement": shown, "zone": zone, "printed": day(site_date(utc_now()))}


def _nothing(url: str) -> dict[str, Any]:
    """A statement loads nothing, whatever a subject says."""
    raise ValueError(f"not loaded: {url}")


@frappe.whitelist(methods=["POST"])
def answer(request: str, approved: int, note: str = "") -> None:
    """Approve (1) or decline (0) hours beyond the pools. Raises NotAnApprover, AlreadyDecided, DoesNotExistError."""
    contract = frappe.db.get_value(approvals.DOCTYPE, str(request), "contract")
    access.own_contract(contract or "")
    decide = approvals.approve if frappe.utils.cint(approved) else approvals.decline
    decide(request, frappe.session.user, str(note or "").strip())
