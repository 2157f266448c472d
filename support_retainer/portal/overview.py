"""The first page: what is agreed, what is left, what is open, what is owed; each a card that can do without the others.

A service adds its card with a line in CARDS: a function (client) that gives {"template": ..., ...} or None, and a
template in templates/support/cards that reads `card`.
"""

from typing import Any

import frappe
from frappe.utils import date_diff

from support_retainer.hours import balance
from support_retainer.portal import invoices, narrowing, package, standing
from support_retainer.portal.access import Client
from support_retainer.site_time import site_date, utc_now

_portal = "support_retainer.portal."
CARDS = (
    _portal + "announcements.card",
    _portal + "decisions.card",
    _portal + "overview.hours_card",
    _portal + "overview.tickets_card",
    _portal + "overview.contract_card",
    _portal + "overview.invoices_card",
    _portal + "sites_page.card",
    _portal + "reports.card",
)
OPEN = ("Open", "Replied", "On Hold")
SHOWN = 5


def page(client: Client) -> dict[str, Any]:
    return {
        "cards": [card for card in (_card(name, client) for name in CARDS if narrowing.shows(client, name)) if card]
    }


def _card(name: str, client: Client) -> dict[str, Any] | None:
    """A service that cannot answer loses its card; the client still gets to the tickets."""
    try:
        return frappe.get_attr(name)(client)
    except Exception:
        frappe.log_error(f"Portal overview: {name}")
        return None


def contract_card(client: Client) -> dict[str, Any] | None:
    contract = client.contract
    if not contract:
        return None
    found = package.agreed(contract)
    return {
        "template": "cards/contract.html",
        "contract": contract,
        "words": package.in_words(found, with_prices=client.sees_prices),
        "until": package.until(contract),
        "warranty": package.warranty(contract),
    }


def hours_card(client: Client) -> dict[str, Any] | None:
    """The pools of the contract that serves; None where it has none."""
    if not client.contract:
        return None
    today = site_date(utc_now())
    pools = balance.of_contract(client.contract.name, today)
    rows = [{"pool": pool, "days": date_diff(pool.period_end, today) + 1, "tone": _tone(pool)} for pool in pools]
    return {"template": "cards/hours.html", "pools": rows} if rows else None


def _tone(pool: balance.PoolBalance) -> str:
    if pool.left <= 0:
        return "bad"
    return "wait" if pool.left * 5 < pool.given else "good"


def tickets_card(client: Client) -> dict[str, Any]:
    """The open tickets that changed last, and how many there are."""
    own = "and (raised_by = %(user)s or owner = %(user)s)" if client.sees_own_tickets_only(client.customer) else ""
    values = {"customer": client.customer, "open": OPEN, "user": client.user}
    rows = frappe.db.sql(
        f"""select name, subject, status, priority, modified, count(*) over () as found from `tabIssue`
        where customer = %(customer)s and status in %(open)s {own} order by modified desc limit {SHOWN}""",  # noqa: S608
        values,
        as_dict=True,
    )
    badges = standing.of_tickets([row.name for row in rows])
    for row in rows:
        row.badge = standing.to_watch(badges.get(row.name, ()))
    return {"template": "cards/tickets.html", "tickets": rows, "found": rows[0].found if rows else 0}


def invoices_card(client: Client) -> dict[str, Any] | None:
    """What is owed; nothing for a contact who sees their own tickets only."""
    if client.sees_own_tickets_only(client.customer):
        return None
    return {"template": "cards/invoices.html", "invoices": invoices.due(client, SHOWN)}
