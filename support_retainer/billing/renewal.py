"""The end of a minimum term: another term where that was agreed, else the contract's end; announced ahead."""

import json
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, formatdate, getdate

from support_retainer import post
from support_retainer.billing import each_contract, follow_up
from support_retainer.domain.lifecycle import term_end_on
from support_retainer.letters import ENDS, RENEWAL, Letter
from support_retainer.offboarding import notice

ANNOUNCED_DAYS_AHEAD = 30
RUNNING = ("Active", "Suspended")


def follow_terms(on: date | str | None = None) -> list[str]:
    """Announce, renew or end what has come so far, each contract in its own transaction; returns those that changed."""
    today = getdate(on or frappe.flags.current_time)
    names = frappe.get_all(
        "Retainer Contract",
        filters={
            "docstatus": 1,
            "status": ["in", RUNNING],
            "end_date": ["is", "not set"],
            "minimum_term_end": ["is", "set"],
        },
        pluck="name",
        order_by="name",
    )
    return each_contract.changed(names, lambda contract: _follow(contract, today), _("Renewal failed"))


def _follow(contract: Document, today: date) -> bool:
    term_end = getdate(contract.minimum_term_end)
    if not contract.auto_renew:
        return _end_with_term(contract, term_end, today)
    if today > term_end:
        return _renew(contract, today)
    return _announce(contract, term_end, today)


def _end_with_term(contract: Document, term_end: date, today: date) -> bool:
    """Known ahead by the notice and the lead days, so that no period after the end is billed in advance."""
    known_from = max(cint(contract.notice_days), cint(contract.billing_lead_days) + 1, ANNOUNCED_DAYS_AHEAD)
    if today < term_end - timedelta(days=known_from):
        return False
    latest = term_end - timedelta(days=cint(contract.notice_days))
    notice.give(contract, max(min(today, latest), getdate(contract.start_date)))
    _tell(contract, ENDS, last_day=formatdate(term_end))
    return True


def _renew(contract: Document, today: date) -> bool:
    """Terms follow each other from the start day itself; a month that was missed is made good in one step."""
    months = _months(contract)
    if not months:
        return False
    term_end = term_end_on(getdate(contract.start_date), months, today)
    contract.db_set("minimum_term_end", term_end, notify=True)
    contract.add_comment("Info", _("Renewed until {0}.").format(formatdate(term_end)))
    return True


def _announce(contract: Document, term_end: date, today: date) -> bool:
    if contract.renewal_announced_for and getdate(contract.renewal_announced_for) == term_end:
        return False
    last_call = term_end - timedelta(days=cint(contract.notice_days))
    if not _months(contract) or today < last_call - timedelta(days=ANNOUNCED_DAYS_AHEAD):
        return False
    contract.db_set("renewal_announced_for", term_end, update_modified=False)
    _tell(
        contract,
        RENEWAL,
        day=formatdate(term_end + timedelta(days=1)),
        months=str(_months(contract)),
        last_day=formatdate(last_call),
    )
    contract.add_comment("Info", _("The renewal on {0} was announced.").format(formatdate(term_end)))
    return True


def _months(contract: Document) -> int:
    """The minimum term as the package had it when the client agreed."""
    row = contract.terms_row_on(getdate(contract.minimum_term_end))
    return cint(json.loads(row.package_snapshot).get("minimum_term_months"))


def _tell(contract: Document, letter: Letter, **values: str) -> None:
    post.write(follow_up.readers(contract), letter, lambda: {"contract": contract.name, **values}, contract)
