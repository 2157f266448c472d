"""Drafts of reports: made by the package's settings on the day after a period, once each, in batches on RQ."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.domain.billing_period import Period
from support_retainer.domain.recommendations import Recommendation, Seen, recommend
from support_retainer.domain.support_report import ReportKind, period_before, period_of
from support_retainer.exceptions import ReportIsSent
from support_retainer.hours import notices
from support_retainer.reporting import facts as report_facts
from support_retainer.reporting import providers, sentences, snapshot
from support_retainer.retainer.doctype.support_report.support_report import months_from
from support_retainer.speech import language_of, speaking

DOCTYPE = "Support Report"
SETTINGS = {
    ReportKind.WEEKLY: "weekly_report",
    ReportKind.MONTHLY: "monthly_report",
    ReportKind.QUARTERLY: "quarterly_review",
}
SERVING = ("Active", "Suspended", "Notice Given", "Ended")
_ = frappe._


def draft_what_is_due(on: date | str | None = None) -> int:
    """Queue a draft for every period that has ended and has none; returns how many there are."""
    wanted = due(getdate(on or frappe.flags.current_time))
    size = cint(frappe.get_cached_doc("Retainer Settings").batch_size) or 50
    for number, batch in enumerate(_batches(wanted, size)):
        frappe.enqueue(
            "support_retainer.reporting.drafts.make_batch",
            queue="long",
            job_id=f"retainer-reports-{batch[0][0]}-{batch[0][1]}-{number}",
            deduplicate=True,
            enqueue_after_commit=True,
            wanted=batch,
        )
    return len(wanted)


def due(on: date) -> list[tuple[str, str, str]]:
    """(contract, kind, first day) of every last ended period whose package promises a report that doesn't exist."""
    there = _existing(on)
    found = []
    for contract in _contracts(on):
        for kind, setting in SETTINGS.items():
            period = period_before(kind, months_from(contract), on) if cint(contract[setting]) else None
            if period and _serves(contract, period) and (contract.name, kind.value, period.start) not in there:
                found.append((contract.name, kind.value, period.start.isoformat()))
    return found


def _contracts(on: date) -> list[frappe._dict]:
    """Submitted contracts with what their terms of yesterday promise; one query."""
    wanted = ", ".join(f"json_value(agreed.package_snapshot, '$.{name}') as {name}" for name in SETTINGS.values())
    return frappe.db.sql(
        f"""select contract.name, contract.start_date, contract.end_date, contract.billing_anchor, {wanted}
        from `tabRetainer Contract` contract
        join `tabRetainer Contract Term` agreed on agreed.parent = contract.name
            and agreed.parenttype = 'Retainer Contract' and agreed.effective_from = (
                select max(latest.effective_from) from `tabRetainer Contract Term` latest
                where latest.parent = contract.name and latest.effective_from < %(on)s)
        where contract.docstatus = 1 and contract.status in %(serving)s and contract.start_date < %(on)s
            and (contract.end_date is null or contract.end_date >= %(on)s - interval 95 day)
        order by contract.name""",  # noqa: S608 (our own text)
        {"on": on, "serving": SERVING},
        as_dict=True,
    )


def _serves(contract: frappe._dict, period: Period) -> bool:
    """The contract was there on a day of the period; one that has ended has its last report still."""
    begins = getdate(contract.start_date) <= period.last_day
    return begins and (not contract.end_date or getdate(contract.end_date) >= period.start)


def _existing(on: date) -> set[tuple[str, str, date]]:
    rows = frappe.get_all(
        DOCTYPE,
        filters={"period_start": [">=", frappe.utils.add_days(on, -200)]},
        fields=["contract", "kind", "period_start"],
    )
    return {(row.contract, row.kind, row.period_start) for row in rows}


def _batches(wanted: list[tuple[str, str, str]], size: int) -> Iterator[list[tuple[str, str, str]]]:
    rest = iter(wanted)
    while batch := list(islice(rest, size)):
        yield batch


def make_batch(wanted: Iterable[tuple[str, str, str]]) -> None:
    """Make the drafts of one batch, each in a transaction of its own; a failure is logged and stops no other."""
    for contract, kind, start in wanted:
        try:
            make(contract, kind, start)
            frappe.db.commit()
        except frappe.UniqueValidationError:
            frappe.db.rollback()  # another worker was first
            frappe.clear_messages()
        except Exception:
            frappe.db.rollback()
            frappe.log_error(
                title=f"Support report failed: {contract}, {kind} from {start}",
                reference_doctype="Retainer Contract",
                reference_name=contract,
            )
            frappe.db.commit()
        frappe.local.document_cache = {}  # a batch of a thousand must not keep a thousand contracts


def make(contract: str, kind: str, start: date | str) -> Document:
    """A draft for the period that `start` falls into. Raises DuplicateReport, PeriodNotOver."""
    report = frappe.new_doc(DOCTYPE)
    report.update({"contract": contract, "kind": kind, "period_start": getdate(start)})
    report.set_from_contract()
    report.set_period()
    report.refuse_period_that_runs()
    _count(report)
    _carry_over(report)
    report.flags.by_machine = True
    report.insert(ignore_permissions=True)
    report.flags.by_machine = False
    notices.notify(
        [report.account_manager],
        _("{0} report for {1} waits for your review").format(_(report.kind), report.customer),
        report,
    )
    return report


def renew(name: str) -> Document:
    """Count a report that isn't sent anew; words and manual recommendations stay. Raises ReportIsSent."""
    report = frappe.get_doc(DOCTYPE, name)
    if report.status == "Sent":
        frappe.throw(_("{0} was sent; its figures stay.").format(frappe.bold(name)), ReportIsSent)
    report.recommendations = [
        row for row in report.recommendations if not row.advice or row.reference_name or row.carried_from
    ]
    _count(report)
    report.flags.renewed = True
    report.save()
    return report


def _count(report: Document) -> None:
    """Freeze the figures, and add what they recommend."""
    contract = report.contract_doc()
    kind = ReportKind(report.kind)
    period = period_of(kind, months_from(contract), getdate(report.period_start))
    language = language_of(None, contract.customer)
    with speaking(language):
        facts = report_facts.collect(contract, kind, period)
        sections = providers.sections(contract, period.start, period.last_day)
        advice = recommend(Seen(facts.periods, facts.granted, providers.site_facts(sections)))
        frozen = snapshot.freeze(contract, kind, facts, sections, advice, language)
        report.snapshot = json.dumps(frozen, ensure_ascii=False, sort_keys=True)
        for one in advice:
            _add(report, one)


def _add(report: Document, one: Recommendation) -> None:
    known = {(row.advice, row.recommendation) for row in report.recommendations}
    text = sentences.recommended(one)
    if (one.advice.value, text) not in known:
        report.append(
            "recommendations",
            {
                "advice": one.advice.value,
                "recommendation": text,
                "fact": sentences.fact(one),
                "action": one.action.value,
                "shown": 1,
                "decision": "Open",
            },
        )


def _carry_over(report: Document) -> None:
    """A quarterly review follows up what the one before it agreed on and is not done."""
    if report.kind != ReportKind.QUARTERLY.value:
        return
    before = frappe.db.get_value(
        DOCTYPE,
        {"contract": report.contract, "kind": report.kind, "period_start": ["<", report.period_start]},
        order_by="period_start desc",
    )
    rows = frappe.get_doc(DOCTYPE, before).recommendations if before else []
    carried: tuple[str, ...] = (
        "recommendation",
        "fact",
        "action",
        "responsible",
        "due_on",
        "decision",
        "decision_note",
    )
    for row in rows:
        if row.decision == "Agreed":
            made: dict[str, Any] = {name: row.get(name) for name in (*carried, "reference_doctype", "reference_name")}
            report.append("recommendations", {**made, "shown": 1, "carried_from": row.carried_from or before})
