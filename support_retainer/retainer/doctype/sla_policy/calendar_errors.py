"""What the domain refuses about a policy's opening hours, as a sentence about the form."""

from collections.abc import Callable

import frappe
from frappe import _, bold
from frappe.model.document import Document

from support_retainer import exceptions
from support_retainer.domain import errors
from support_retainer.retainer.doctype.sla_policy.windows import window
from support_retainer.retainer.rows import place


def refuse_calendar(policy: Document, error: errors.DomainError) -> None:
    """Raises our exception for what the domain refused, with the sentence that helps."""
    exception, sentence = CALENDAR_ERRORS.get(type(error), (exceptions.RetainerError, other_calendar_error))
    frappe.throw(sentence(policy, error), exception)


def unknown_time_zone(policy: Document, error: errors.DomainError) -> str:
    return _("{0}: {1} is not a known time zone. Choose one such as Asia/Dubai or Europe/Stockholm.").format(
        place(policy, "time_zone"), bold(policy.time_zone or "")
    )


def never_open(policy: Document, error: errors.DomainError) -> str:
    return _("{0}: the week has no opening. Add at least one window, or tick Always Open.").format(
        place(policy, "windows")
    )


def overlapping_windows(policy: Document, error: errors.DomainError) -> str:
    pair = (error.details["first"], error.details["second"])
    first, second, *_others = (row.idx for row in policy.windows if window(row) in pair)
    return _("{0}: rows {1} and {2} overlap. End one before the other starts, or join them.").format(
        place(policy, "windows"), first, second
    )


def other_calendar_error(policy: Document, error: errors.DomainError) -> str:
    return f"{place(policy, error.field or 'windows')}: {error}"


CALENDAR_ERRORS: dict[type, tuple[type, Callable[[Document, errors.DomainError], str]]] = {
    errors.UnknownTimeZone: (exceptions.UnknownTimeZone, unknown_time_zone),
    errors.NeverOpen: (exceptions.NeverOpen, never_open),
    errors.OverlappingWindows: (exceptions.OverlappingWindows, overlapping_windows),
    errors.InvalidWindow: (exceptions.InvalidWindow, other_calendar_error),
}
