"""What the reports about tickets share: which tickets, by what they are grouped, and what counts as met or missed."""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.utils import add_months, get_first_day, getdate

from support_retainer.retainer.drill import to_report
from support_retainer.site_time import to_site, utc_now

# The package of the terms that were in force when the ticket was opened, so that a later upgrade changes no history.
PACKAGE = """(
    select agreed.package from `tabRetainer Contract Term` agreed
    where agreed.parent = tabIssue.retainer_contract and agreed.parenttype = 'Retainer Contract'
    order by agreed.effective_from <= tabIssue.opening_date desc,
        abs(datediff(agreed.effective_from, tabIssue.opening_date)) limit 1
)"""
# A reply or solution is late when it came after its time; so is one that has not come, unless the clock stands.
RESPONSE_AT = "coalesce(first_responded_on, sla_resolution_date, on_hold_since, %(now)s)"
RESOLUTION_AT = "coalesce(sla_resolution_date, on_hold_since, %(now)s)"
RESPONSE_MET = "coalesce(first_responded_on <= response_by, 0)"
RESPONSE_MISSED = f"coalesce({RESPONSE_AT} > response_by, 0)"
RESOLUTION_MET = "coalesce(sla_resolution_date <= sla_resolution_by, 0)"
RESOLUTION_MISSED = f"coalesce({RESOLUTION_AT} > sla_resolution_by, 0)"
IS_OPEN = "status not in ('Resolved', 'Closed')"
# What a figure about tickets counts; the report of that name lists them.
ROWS = "Issues by Promise"
FIGURES = {
    "Open": IS_OPEN,
    "Response Met": RESPONSE_MET,
    "Response Missed": RESPONSE_MISSED,
    "Resolution Met": RESOLUTION_MET,
    "Resolution Missed": RESOLUTION_MISSED,
    "Missed": f"({RESPONSE_MISSED} or {RESOLUTION_MISSED})",
    "Paused": "coalesce(total_hold_time, 0) > 0",
    "Answered": "first_responded_on is not null and first_response_time is not null",
    "Solved": "sla_resolution_date is not null and user_resolution_time is not null",
}
NO_GROUP = "–"  # stands for tickets without a customer, package or priority


@dataclass(frozen=True, slots=True)
class Grouping:
    """`sql` gives the value of a ticket; `link` is the DocType it names, if it names one."""

    label: str
    sql: str
    link: str = ""

    def column(self) -> dict[str, Any]:
        fieldtype = {"fieldtype": "Link", "options": self.link} if self.link else {"fieldtype": "Data"}
        return {"fieldname": "grouped", "label": _(self.label), "width": 220, **fieldtype}


GROUPINGS = {
    "Client": Grouping("Client", "customer", "Customer"),
    "Package": Grouping("Package", PACKAGE, "Support Package"),
    "Priority": Grouping("Priority", "priority", "Issue Priority"),
    "Month": Grouping("Month", "date_format(opening_date, '%%Y-%%m')"),
}


def grouping(filters: dict[str, Any]) -> Grouping:
    return GROUPINGS.get(filters.get("group_by") or "Client", GROUPINGS["Client"])


def conditions(filters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """SQL on tabIssue and its values: tickets on our clock that the user may see, and no merged duplicates."""
    today = getdate()
    values = {
        "now": to_site(utc_now()),
        "from_date": getdate(filters.get("from_date") or get_first_day(add_months(today, -11))),
        "to_date": getdate(filters.get("to_date") or today),
        **{name: filters.get(name) for name in ("customer", "priority", "package", "contract", "group")},
    }
    found = ["sla_policy is not null", "coalesce(retainer_merged_into, '') = ''"]
    found += ["opening_date between %(from_date)s and %(to_date)s"]
    found += [f"{name} = %({name})s" for name in ("customer", "priority") if values[name]]
    found += ["retainer_contract = %(contract)s"] if values["contract"] else []
    found += [f"{PACKAGE} = %(package)s"] if values["package"] else []
    found += [_of_group(filters)] if values["group"] else []
    permitted = build_match_conditions("Issue")
    found += [f"({permitted})".replace("%", "%%")] if permitted else []
    return " and ".join(found), values


def _of_group(filters: dict[str, Any]) -> str:
    value = grouping(filters).sql
    return f"coalesce({value}, '') = ''" if filters["group"] == NO_GROUP else f"{value} = %(group)s"


def behind(filters: dict[str, Any], group: str | None, figure: str = "") -> str:
    """The tickets that a figure of a group counts; all of the group without a figure."""
    _where, values = conditions(filters)
    kept = {name: values[name] for name in ("from_date", "to_date", "customer", "priority", "package")}
    group_by = filters.get("group_by") or "Client"
    return to_report(ROWS, figure=figure, group_by=group_by, group=group or NO_GROUP, **kept)


def fetch(query: str, filters: dict[str, Any]) -> list[frappe._dict]:
    """Rows of a query in which {where} stands for the conditions."""
    where, values = conditions(filters)
    return frappe.db.sql(query.replace("{where}", where), values, as_dict=True)


def bars(rows: list[frappe._dict], shown: dict[str, str]) -> dict[str, Any] | None:
    """A bar chart of the last twelve groups with one colour for each fieldname of `shown`, which gives its label."""
    if not rows:
        return None
    last = rows[-12:]
    return {
        "data": {
            "labels": [row.grouped or _("None") for row in last],
            "datasets": [
                {"name": label, "values": [row[fieldname] or 0 for row in last]} for fieldname, label in shown.items()
            ],
        },
        "type": "bar",
        "colors": ["#449CF0", "#29CD42"],
    }
