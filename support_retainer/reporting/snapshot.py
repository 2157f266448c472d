"""A report's figures as JSON, frozen when the report is made: all that any later rendering reads."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.domain.billing_period import Period
from support_retainer.domain.charges import Line
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.recommendations import Recommendation
from support_retainer.domain.support_report import Figures, Promise, ReportKind, resolution_of, response_of
from support_retainer.reporting.facts import Facts

VERSION = 1
LISTED = 60  # tickets named one by one; more help no reader
LISTED_FIELDS = ("name", "subject", "priority", "status", "cause")


def freeze(
    contract: Document,
    kind: ReportKind,
    facts: Facts,
    sections: list[dict[str, Any]],
    advice: Iterable[Recommendation],
    language: str,
) -> dict[str, Any]:
    """Numbers as numbers, money as text, minutes and seconds as whole numbers, days as ISO text."""
    now = facts.now
    return {
        "version": VERSION,
        "kind": kind.value,
        "contract": contract.name,
        **_whose(contract, now, language),
        "zone": facts.zone,
        "period": _served(contract, now.period),
        "trend": _trend(contract, facts),
        "tickets": _tickets(facts),
        "promises": _promises(contract, facts),
        "satisfaction": _satisfaction(now),
        "hours": _hours(facts),
        "additional": [_charged(line) for line in now.additional],
        "charged": str(now.charged_amount),
        "warranty": {"worked": now.worked[CoverageKind.WARRANTY], "claims": [_plain(row) for row in facts.claims]},
        "invoices": [_plain(row) for row in facts.invoices],
        "sections": sections,
        "recommendations": [{"advice": one.advice.value, "fact": dict(one.fact)} for one in advice],
    }


def _whose(contract: Document, now: Figures, language: str) -> dict[str, Any]:
    manager = contract.account_manager
    terms = contract.terms_row_on(max(now.period.last_day, getdate(contract.start_date)))
    return {
        "customer": contract.customer,
        "customer_name": frappe.get_cached_value("Customer", contract.customer, "customer_name"),
        "company": contract.company,
        "package": terms.package,
        "currency": contract.currency,
        "language": language,
        "account_manager": frappe.get_cached_value("User", manager, "full_name") if manager else "",
        "letter_head": _letter_head(contract.company),
    }


def _letter_head(company: str) -> dict[str, str]:
    """The company's, else the site's default; frozen, so that an old report keeps the face it was sent with."""
    name = frappe.get_cached_value("Company", company, "default_letter_head")
    filters = {"name": name} if name else {"is_default": 1, "disabled": 0}
    found = frappe.db.get_value("Letter Head", filters, ["content", "footer"], as_dict=True) or {}
    return {"header": found.get("content") or "", "footer": found.get("footer") or ""}


def _served(contract: Document, period: Period) -> dict[str, str]:
    """The days of a period on which the contract served; one that began or ended within it has fewer."""
    last = min(period.last_day, getdate(contract.end_date)) if contract.end_date else period.last_day
    first = max(period.start, getdate(contract.start_date))
    return {"start": first.isoformat(), "end": max(first, last).isoformat()}


def _trend(contract: Document, facts: Facts) -> dict[str, Any]:
    """One value for each period, oldest first; None where nothing was decided."""
    periods = facts.periods
    kinds = [kind for kind in CoverageKind if any(one.minutes[kind] or one.worked[kind] for one in periods)]
    return {
        "starts": [_served(contract, one.period)["start"] for one in periods],
        "opened": [one.opened for one in periods],
        "resolved": [one.resolved for one in periods],
        "open": [one.open_at_end for one in periods],
        "stars": [_satisfaction(one)["stars"] for one in periods],
        "response_percent": [_percent(one.response) for one in periods],
        "resolution_percent": [_percent(one.resolution) for one in periods],
        "minutes": [[kind.value, [_spent(one, kind) for one in periods]] for kind in kinds],
        "granted": list(facts.granted),
        "charged": [str(one.charged_amount) for one in periods],
    }


def _spent(figures: Figures, kind: CoverageKind) -> int:
    """Warranty counts no minutes against anything, so what was worked is what the reader wants to know."""
    return figures.worked[kind] if kind is CoverageKind.WARRANTY else figures.minutes[kind]


def _percent(promise: Promise) -> float | None:
    percent = promise.kept.percent
    return None if percent is None else round(percent, 1)


def _tickets(facts: Facts) -> dict[str, Any]:
    now = facts.now
    return {
        "opened": now.opened,
        "resolved": now.resolved,
        "open_at_end": now.open_at_end,
        "by_state": _counted(now.by_state),
        "by_priority": sorted(_counted(now.by_priority)),
        "by_cause": _counted(now.by_cause),
        "by_type": _counted(now.by_type),
        "by_channel": _counted(now.by_channel),
        "list": [
            {**{name: row[name] or "" for name in LISTED_FIELDS}, "opened_on": row.opening_date.isoformat()}
            for row in facts.tickets[:LISTED]
        ],
        "unlisted": max(len(facts.tickets) - LISTED, 0),
    }


def _counted(counter: Counter[str]) -> list[list[Any]]:
    return [[value, count] for value, count in sorted(counter.items(), key=lambda item: (-item[1], item[0]))]


def _promises(contract: Document, facts: Facts) -> dict[str, Any]:
    now = facts.now
    return {
        "response": _promise(now.response),
        "resolution": _promise(now.resolution),
        "by_priority": [_of_priority(priority, target, facts) for priority, target in _targets(contract, facts)],
    }


def _promise(promise: Promise) -> dict[str, Any]:
    kept = promise.kept
    return {
        "met": kept.met,
        "missed": kept.missed,
        "undecided": kept.undecided,
        "percent": _percent(promise),
        "median_seconds": promise.median_seconds,
    }


def _of_priority(priority: str, target: Any, facts: Facts) -> dict[str, Any]:
    tickets = [ticket for ticket in facts.opened if ticket.priority == priority]
    return {
        "priority": priority,
        "tickets": len(tickets),
        "response_target": target.response_seconds,
        "resolution_target": target.resolution_seconds,
        "response": _promise(response_of(tickets)),
        "resolution": _promise(resolution_of(tickets)),
    }


def _satisfaction(figures: Figures) -> dict[str, Any]:
    said = figures.satisfaction
    return {"rated": said.rated, "stars": None if said.stars is None else float(said.stars)}


def _targets(contract: Document, facts: Facts) -> list[tuple[str, Any]]:
    """The policy's targets by priority, those the client was promised at the end of the period."""
    row = contract.terms_row_on(max(facts.now.period.last_day, getdate(contract.start_date)))
    policy = json.loads(row.package_snapshot).get("sla_policy")
    if not policy or not frappe.db.exists("SLA Policy", policy, cache=True):
        return []
    return sorted(frappe.get_cached_doc("SLA Policy", policy).targets_by_priority().items())


def _hours(facts: Facts) -> dict[str, Any]:
    names = ("pool", "opening", "allotted", "topped_up", "rolled_over", "adjusted", "used", "expired", "balance")
    spent = [
        [kind.value, facts.now.minutes[kind], facts.now.worked[kind]]
        for kind in CoverageKind
        if facts.now.worked[kind] or facts.now.minutes[kind]
    ]
    return {"pools": [{name: row[name] for name in names} for row in facts.pools], "by_kind": spent}


def _charged(line: Line) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "of": line.of,
        "minutes": line.minutes,
        "quantity": str(line.quantity),
        "unit_rate": str(line.unit_rate),
        "amount": str(line.amount),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A database row as JSON can hold it."""
    return {
        name: value if value is None or isinstance(value, str | int) else _number_or_text(value)
        for name, value in row.items()
    }


def _number_or_text(value: Any) -> Any:
    return flt(value) if isinstance(value, float) else str(value)
