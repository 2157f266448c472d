"""The tickets behind every figure about promises: the same conditions, one row each."""

from typing import Any

import frappe
from frappe import _

from support_retainer.retainer.columns import CONTRACT, CUSTOMER, PACKAGE, column, translated
from support_retainer.retainer.report import issue_figures as figures

MOST = 10_000
COLUMNS = """name as issue, subject, customer, retainer_contract as contract, priority, status, opening_date,
    response_by, first_responded_on, sla_resolution_by, sla_resolution_date,
    coalesce(total_hold_time, 0) / 3600 as paused"""


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[frappe._dict], str | None]:
    """Oldest first, at most ten thousand."""
    rows = read(filters or {})
    text = _("These are the first {0} tickets. Choose fewer days, or a client, to see the others.")
    return columns(), rows, text.format(MOST) if len(rows) == MOST else None


def read(filters: dict[str, Any]) -> list[frappe._dict]:
    """Raises KeyError for a figure that no report has."""
    counted = f" and {figures.FIGURES[filters['figure']]}" if filters.get("figure") else ""
    return figures.fetch(
        f"""select {COLUMNS}, {figures.PACKAGE} as package,
            {verdict(figures.RESPONSE_MET, figures.RESPONSE_MISSED)} as response,
            {verdict(figures.RESOLUTION_MET, figures.RESOLUTION_MISSED)} as resolution
        from tabIssue where {{where}}{counted} order by opening_date, opening_time, name limit {MOST}""",  # noqa: S608 (our own text)
        filters,
    )


def verdict(met: str, missed: str) -> str:
    return f"if({missed}, 'Missed', if({met}, 'Met', ''))"


def columns() -> list[dict]:
    return translated(
        [
            column("issue", "Ticket", "Link", 140, options="Issue"),
            column("subject", "Subject", width=260),
            column("opening_date", "Opened on", "Date", 110),
            column("status", "Status", width=90),
            column("priority", "Priority", "Link", 110, options="Issue Priority"),
            column("response", "Response", width=100),
            column("response_by", "Response by", "Datetime", 160),
            column("first_responded_on", "First Response", "Datetime", 160),
            column("resolution", "Resolution", width=100),
            column("sla_resolution_by", "Resolution by", "Datetime", 160),
            column("sla_resolution_date", "Resolved on", "Datetime", 160),
            column("paused", "Paused (Working Hours)", "Float", 170, precision=2),
            CUSTOMER,
            CONTRACT,
            PACKAGE,
        ]
    )
