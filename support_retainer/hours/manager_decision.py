"""A manager's decision about a timesheet row: who may take it, and that it stays on record."""

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import cstr, flt, get_datetime

from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.override import Override, OverrideKind
from support_retainer.exceptions import DecisionNeedsReason, ManagersOnly

MANAGER = "Retainer Manager"
DECISION = ("retainer_override", "retainer_override_rate", "retainer_override_reason")
# What the manager looked at; a decision does not cover other work that is typed into the same row later.
WORK = ("retainer_contract", "issue", "activity_type", "from_time", "to_time")


def override_of(row: Document) -> Override | None:
    kind = row.get("retainer_override")
    return Override(OverrideKind(kind), decimal(row.get("retainer_override_rate"))) if kind else None


def guard(sheet: Document) -> None:
    """Refuse decisions by others than managers; note new ones for `log`. Raises ManagersOnly, DecisionNeedsReason."""
    before = {row.name: row for row in _known_rows(sheet)}
    sheet.flags.decisions = []
    for row in sheet.time_logs:
        known = before.get(row.name) or _amended_row(sheet, row)
        if _is_changed(row, known):
            _refuse_others(row)
            _require_reason(row)
            row.retainer_override_by = frappe.session.user if row.retainer_override else None
            sheet.flags.decisions.append(_note(row))
        else:
            row.retainer_override_by = known.retainer_override_by if known else None


def log(sheet: Document) -> None:
    """Each decision is a comment on the sheet, beside the values on its row."""
    for note in sheet.flags.pop("decisions", None) or []:
        sheet.add_comment("Info", note)


def _known_rows(sheet: Document) -> list[Document]:
    before = sheet.get_doc_before_save()
    return before.time_logs if before else []


def _amended_row(sheet: Document, row: Document) -> Document | None:
    """An amended sheet carries the decisions of the one it replaces, row for row."""
    if not (sheet.amended_from and row.get("retainer_override")):
        return None
    amended = frappe.get_doc("Timesheet", sheet.amended_from)
    return next((old for old in amended.time_logs if not _is_changed(row, old)), None)


def _is_changed(row: Document, known: Document | None) -> bool:
    if known is None:
        return bool(row.get("retainer_override"))
    fields = DECISION + WORK if known.retainer_override or row.retainer_override else ()
    return any(_plain(row, name) != _plain(known, name) for name in fields)


def _plain(row: Document, fieldname: str) -> object:
    value = row.get(fieldname)
    if fieldname in ("from_time", "to_time"):
        return get_datetime(value)
    return flt(value) if fieldname == "retainer_override_rate" else cstr(value)


def _refuse_others(row: Document) -> None:
    if MANAGER not in frappe.get_roles():
        frappe.throw(
            _(
                "Row {0}: only a {1} may decide how time is covered, or change a row that was decided on. Ask one."
            ).format(row.idx, bold(_(MANAGER))),
            ManagersOnly,
            title=_("Manager's decision"),
        )


def _require_reason(row: Document) -> None:
    if row.retainer_override and not cstr(row.retainer_override_reason).strip():
        frappe.throw(
            _("Row {0}: give the reason for the decision. It stays on record.").format(row.idx),
            DecisionNeedsReason,
            title=_("Reason missing"),
        )


def _note(row: Document) -> str:
    if not row.retainer_override:
        return _("Row {0}: the manager's decision was taken back").format(row.idx)
    return _("Row {0} decided as {1}: {2}").format(
        row.idx, bold(_(row.retainer_override)), frappe.utils.escape_html(row.retainer_override_reason)
    )
