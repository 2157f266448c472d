"""What the reports about the team share: who works on contracts, in which team, and how many hours they have."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import frappe
from dateutil.relativedelta import relativedelta
from frappe import _
from frappe.utils import add_days, flt, get_first_day, get_last_day, getdate

from support_retainer.exceptions import InvalidTime

ROLES = ("Retainer Agent", "Retainer Manager")
HOURS_A_DAY = 8.0


def span(filters: frappe._dict) -> tuple[date, date]:
    """First and last day wanted; three months up to today where nothing is chosen. Raises InvalidTime."""
    last = getdate(filters.to_date)
    first = getdate(filters.from_date or get_first_day(frappe.utils.add_months(last, -2)))
    if first > last:
        frappe.throw(_("From Date lies after To Date. Swap them."), InvalidTime)
    return first, last


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The months of a span, the first and the last one cut to it."""
    month = getdate(get_first_day(first))
    while month <= last:
        yield max(first, month), min(last, getdate(get_last_day(month)))
        month += relativedelta(months=1)


def people(company: str | None) -> list[frappe._dict]:
    """Enabled staff with a role of ours: {user, full_name, team, holiday_list}; a team is a department of employees."""
    company = company or frappe.defaults.get_global_default("company")
    return frappe.db.sql(
        """select distinct user.name as user, user.full_name, coalesce(employee.department, '') as team,
            coalesce(nullif(employee.holiday_list, ''), company.default_holiday_list) as holiday_list
        from `tabUser` user
        join `tabHas Role` role on role.parent = user.name and role.parenttype = 'User' and role.role in %(roles)s
        left join `tabEmployee` employee on employee.user_id = user.name and employee.status = 'Active'
        left join `tabCompany` company on company.name = coalesce(employee.company, %(company)s)
        where user.enabled = 1 and user.user_type = 'System User' and user.name != 'Administrator'
            and coalesce(employee.company, %(company)s) = %(company)s
        order by team, user.full_name""",
        {"roles": ROLES, "company": company},
        as_dict=True,
    )


class Available:
    """Hours that a person has between two days: days that are no holiday of theirs, times the hours of a day.

    Without a holiday list Saturdays and Sundays are free.
    """

    def __init__(self, first: date, last: date, hours_a_day: Any) -> None:
        self.hours_a_day = flt(hours_a_day) or HOURS_A_DAY
        rows = frappe.get_all(
            "Holiday",
            filters={"holiday_date": ["between", (first, last)], "parenttype": "Holiday List"},
            fields=["parent", "holiday_date"],
        )
        self.holidays: dict[str, set[date]] = {}
        for row in rows:
            self.holidays.setdefault(row.parent, set()).add(row.holiday_date)

    def hours(self, holiday_list: str | None, first: date, last: date) -> float:
        days = (getdate(add_days(first, number)) for number in range((last - first).days + 1))
        return sum(not self._is_free(holiday_list, day) for day in days) * self.hours_a_day

    def _is_free(self, holiday_list: str | None, day: date) -> bool:
        return day in self.holidays.get(holiday_list, ()) if holiday_list else day.weekday() > 4
