"""What waits for the user's own word, wherever in the portal it is answered: estimates, hours beyond, upgrades."""

from typing import Any
from urllib.parse import quote

from support_retainer import amounts
from support_retainer.maintenance import upgrades
from support_retainer.portal import estimates_page, hours
from support_retainer.portal.access import Client
from support_retainer.portal.templates import day
from support_retainer.portal.templates import hours as in_hours
from support_retainer.speech import _

SHOWN = 5


def card(client: Client) -> dict[str, Any] | None:
    """For the overview; None for those who may not approve, and where nothing waits. Four queries."""
    mine = [row.name for row in client.contracts if client.on(row.name).can_approve]
    rows = [*_estimates(client, mine), *_hours(client, mine), *_upgrades(mine)] if mine else []
    return {"template": "cards/decisions.html", "rows": rows[:SHOWN], "count": len(rows)} if rows else None


def _estimates(client: Client, mine: list[str]) -> list[dict[str, str]]:
    return [
        {
            "text": row.subject or row.name,
            "kind": _("Estimate"),
            "figure": amounts.money(row.net_total, row.currency),
            "path": "/support/estimates/" + quote(row.name, safe=""),
        }
        for row in estimates_page.to_decide(client, mine)
    ]


def _hours(client: Client, mine: list[str]) -> list[dict[str, str]]:
    currencies = {row.name: row.currency for row in client.contracts}
    return [
        {
            "text": row.reason or row.name,
            "kind": _("{0} beyond your hours").format(in_hours(row.minutes)),
            "figure": amounts.money(row.amount, currencies[row.contract]),
            "path": "/support/hours?contract=" + quote(row.contract, safe=""),
        }
        for row in hours.requests(mine)
    ]


def _upgrades(mine: list[str]) -> list[dict[str, str]]:
    return [
        {
            "text": row.title,
            "kind": _("Upgrade to {0}").format(row.target_version or ""),
            "figure": day(row.window_starts),
            "path": "/support/sites",
        }
        for row in upgrades.waiting(mine)
    ]
