"""Who may leave, with the facts that say so; the worst first. All figures are of the last ninety days."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, flt, getdate

from support_retainer.domain.contract_terms import PricingModel, decimal
from support_retainer.domain.renewal_risk import Client, Fact, Level, Risk, assess
from support_retainer.retainer import hour_statement
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, PACKAGE, column, money, translated
from support_retainer.retainer.drill import to_list, to_names, to_report
from support_retainer.retainer.report.issue_figures import (
    RESOLUTION_MET,
    RESOLUTION_MISSED,
    RESPONSE_MET,
    RESPONSE_MISSED,
    ROWS,
)
from support_retainer.site_time import to_site, utc_now

DAYS = 90
SERVING = ("Active", "Suspended", "Notice Given")
COLOURS = {Level.HIGH: "Red", Level.MEDIUM: "Orange", Level.LOW: "Green"}


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], None, dict | None, list[dict]]:
    filters = frappe._dict(filters or {})
    rows = [row for row in assessed(filters) if not filters.level or row["level"] == filters.level]
    rows.sort(key=lambda row: (-row["points"], row["customer"]))
    return columns(), rows, None, chart(rows), summary(rows)


def assessed(filters: frappe._dict) -> list[dict]:
    """Every serving contract; eight queries, whatever the number of those with a flat fee."""
    conditions = {"docstatus": 1, "status": ["in", SERVING]}
    conditions |= {name: filters[name] for name in ("company", "account_manager") if filters.get(name)}
    fields = ["name", "customer", "package", "status", "account_manager", "monthly_fee", "currency", "start_date"]
    contracts = frappe.get_list("Retainer Contract", conditions, [*fields, "minimum_term_end"], limit_page_length=0)
    if not contracts:
        return []
    today = getdate(frappe.flags.current_time)
    known = Known(tuple(contract.name for contract in contracts), today)
    priced = {"pricing_model": PricingModel.METERED.value}
    metered = set(frappe.get_all("Support Package", priced, pluck="name"))
    return [
        row(contract, assess(known.client(contract)), fee_of(contract, metered, today), known) for contract in contracts
    ]


def fee_of(contract: frappe._dict, metered: set[str], today: date) -> Decimal:
    """Of a month; only a metered one needs its contract read."""
    if contract.package not in metered:
        return decimal(contract.monthly_fee)
    return frappe.get_cached_doc("Retainer Contract", contract.name).fee_on(today)


def behind(fact: Fact, contract: str, known: "Known") -> str | None:
    """The records that a fact was counted from."""
    span = {"from_date": known.since, "to_date": known.today}
    hours = {"contract": contract, "from_date": known.since, "to_date": known.last}
    return {
        Fact.NOTICE_GIVEN: lambda: to_list("Retainer Contract", name=contract),
        Fact.OVERDUE_DAYS: lambda: to_list(
            "Sales Invoice",
            retainer_contract=contract,
            docstatus=1,
            outstanding_amount=[">", 0],
            due_date=["<", str(known.today)],
        ),
        Fact.RESPONSES_MISSED: lambda: to_report(ROWS, contract=contract, figure="Response Missed", **span),
        Fact.RESOLUTIONS_MISSED: lambda: to_report(ROWS, contract=contract, figure="Resolution Missed", **span),
        Fact.HOURS_UNUSED: lambda: to_report("Hour Statement", **hours),
        Fact.HOURS_BEYOND: lambda: to_report("Hour Statement", **hours),
        Fact.CLAIMS_DISPUTED: lambda: to_list(
            "Warranty Claim", retainer_contract=contract, retainer_disputed_on=[">=", str(known.since)]
        ),
        Fact.SILENT_DAYS: lambda: to_list("Issue", retainer_contract=contract),
        Fact.REPORTS_UNREAD: lambda: to_names("Support Report", ",".join(known.unread[contract])),
    }[fact]()


class Known:
    """What is known of all contracts since ninety days ago, read once."""

    def __init__(self, contracts: tuple[str, ...], today: date) -> None:
        self.contracts = contracts
        self.today = today
        self.since = getdate(add_days(today, -DAYS))
        self.last = today - timedelta(days=1)
        self.tickets = {row.contract: row for row in self._tickets()}
        self.hours = self._hours()
        self.overdue = dict(self._rows(OVERDUE))
        self.disputed = dict(self._rows(DISPUTED))
        self.unread = {contract: names.split(",") for contract, names in self._rows(UNREAD)}

    def client(self, contract: frappe._dict) -> Client:
        tickets = self.tickets.get(contract.name) or frappe._dict()
        granted, used = self.hours.get(contract.name, (0, 0))
        is_young = (self.today - getdate(contract.start_date)).days < 30
        return Client(
            notice_given=contract.status == "Notice Given",
            overdue_days=int(self.overdue.get(contract.name) or 0),
            responses_missed_percent=_percent(tickets.response_missed, tickets.response_met),
            resolutions_missed_percent=_percent(tickets.resolution_missed, tickets.resolution_met),
            hours_used_percent=100 * used / granted if granted and not is_young else None,
            disputed_claims=int(self.disputed.get(contract.name) or 0),
            silent_days=(self.today - tickets.last).days if tickets.last else None,
            unread_reports=len(self.unread.get(contract.name, ())),
        )

    def _tickets(self) -> list[frappe._dict]:
        return frappe.db.sql(
            f"""select retainer_contract as contract, max(opening_date) as last,
                sum(if({RECENT}, {RESPONSE_MET}, 0)) as response_met,
                sum(if({RECENT}, {RESPONSE_MISSED}, 0)) as response_missed,
                sum(if({RECENT}, {RESOLUTION_MET}, 0)) as resolution_met,
                sum(if({RECENT}, {RESOLUTION_MISSED}, 0)) as resolution_missed
            from tabIssue where retainer_contract in %(contracts)s and coalesce(retainer_merged_into, '') = ''
            group by retainer_contract""",  # noqa: S608 (our own text)
            self._values(),
            as_dict=True,
        )

    def _hours(self) -> dict[str, tuple[int, int]]:
        """Contract -> minutes granted, and minutes used with those beyond."""
        found: dict[str, tuple[int, int]] = {}
        for pool in hour_statement.summary(hour_statement.Wanted(self.contracts, self.since, self.last)):
            granted, used = found.get(pool.contract, (0, 0))
            found[pool.contract] = (granted + pool.allotted, used + pool.used + pool.beyond)
        return found

    def _rows(self, query: str) -> list[tuple[str, Any]]:
        return frappe.db.sql(query, self._values())

    def _values(self) -> dict[str, Any]:
        now = to_site(utc_now())
        return {"contracts": self.contracts, "since": self.since, "today": self.today, "now": now}


RECENT = "sla_policy is not null and opening_date >= %(since)s"
OVERDUE = """select retainer_contract, max(datediff(%(today)s, due_date)) from `tabSales Invoice`
    where docstatus = 1 and outstanding_amount > 0 and due_date < %(today)s and retainer_contract in %(contracts)s
    group by retainer_contract"""
DISPUTED = """select retainer_contract, count(*) from `tabWarranty Claim`
    where retainer_disputed_on >= %(since)s and retainer_contract in %(contracts)s group by retainer_contract"""
UNREAD = """select report.contract, group_concat(report.name) from `tabSupport Report` report
    where report.status = 'Sent' and report.sent_on >= %(since)s and report.contract in %(contracts)s
        and not exists (select 1 from `tabSupport Report Reading` reading where reading.parent = report.name)
    group by report.contract"""


def _percent(missed: Any, met: Any) -> float | None:
    decided = flt(missed) + flt(met)
    return 100 * flt(missed) / decided if decided else None


def row(contract: frappe._dict, risk: Risk, fee: Decimal, known: Known) -> dict:
    told = [(fact, SENTENCES[fact]().format(figure)) for fact, figure in risk.facts]
    return {
        "links": [[text, behind(fact, contract.name, known)] for fact, text in told],
        "contract": contract.name,
        "customer": contract.customer,
        "package": contract.package,
        "account_manager": contract.account_manager,
        "monthly_fee": fee,
        "currency": contract.currency,
        "minimum_term_end": contract.minimum_term_end,
        "points": risk.points,
        "level": risk.level.value,
        "facts": "; ".join(text for _fact, text in told),
    }


SENTENCES: dict[Fact, Callable[[], str]] = {
    Fact.NOTICE_GIVEN: lambda: _("gave notice"),
    Fact.OVERDUE_DAYS: lambda: _("an invoice is {0} days overdue"),
    Fact.RESPONSES_MISSED: lambda: _("{0} % of first responses late"),
    Fact.RESOLUTIONS_MISSED: lambda: _("{0} % of solutions late"),
    Fact.HOURS_UNUSED: lambda: _("only {0} % of the hours used"),
    Fact.HOURS_BEYOND: lambda: _("{0} % of the hours used"),
    Fact.CLAIMS_DISPUTED: lambda: _("warranty decisions disputed: {0}"),
    Fact.SILENT_DAYS: lambda: _("no ticket for {0} days"),
    Fact.REPORTS_UNREAD: lambda: _("{0} reports not opened"),
}


def columns() -> list[dict]:
    return translated(
        [
            column("level", "Risk", width=90),
            column("points", "Points", "Int", 80),
            CUSTOMER,
            CONTRACT,
            PACKAGE,
            column("facts", "Facts of the Last 90 Days", width=420),
            money("monthly_fee", "Monthly Fee"),
            CURRENCY,
            column("minimum_term_end", "Minimum Term until", "Date", 130),
            column("account_manager", "Account Manager", "Link", 160, options="User"),
        ]
    )


def chart(rows: list[dict]) -> dict | None:
    if not rows:
        return None
    counts = [sum(row["level"] == level.value for row in rows) for level in Level]
    data = {"labels": [_(level.value) for level in Level], "datasets": [{"name": _("Contracts"), "values": counts}]}
    return {"data": data, "type": "bar", "colors": ["#a8324a"]}


def summary(rows: list[dict]) -> list[dict[str, Any]]:
    return [
        {
            "label": _(level.value),
            "value": sum(row["level"] == level.value for row in rows),
            "datatype": "Int",
            "indicator": COLOURS[level],
        }
        for level in Level
    ]
