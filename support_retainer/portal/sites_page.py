"""The client's sites: how they are now, how they were, and what is announced."""

from datetime import date, datetime
from typing import Any

import frappe

from support_retainer import amounts
from support_retainer.domain.contract_terms import Treatment
from support_retainer.domain.uptime import Sum
from support_retainer.maintenance import fees, recovery, requests, upgrades
from support_retainer.monitoring import view
from support_retainer.offboarding.export import printing
from support_retainer.portal import access, files, narrowing
from support_retainer.portal.access import Client
from support_retainer.site_time import site_date, utc_now
from support_retainer.sla.contracts import SERVING
from support_retainer.speech import _

WIDTH, HEIGHT, GAP = 900, 120, 10
PAPER = """<!doctype html><html><head><meta charset="utf-8"><style>
@page {{ size: A4; margin: 18mm 16mm;
    @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt sans-serif }} }}
body {{ margin: 0; font-family: "Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", "DejaVu Sans", sans-serif }}
</style></head><body>{body}</body></html>"""


def page(client: Client) -> dict[str, Any]:
    sites = own(client)
    now = utc_now()
    return {"sites": sites, "windows": view.windows([site.name for site in sites], now), "upgrades": waiting(client)}


def one(client: Client, name: str) -> dict[str, Any]:
    """Raises NotFound for others' sites and those that are not watched."""
    site = own_site(client, name)
    upgrade = {"upgrades": requests.of_site(site.name), "offer": offer_for(client, site)}
    return {**facts_of(site, utc_now()), **upgrade, "today": site_date(utc_now())}


def offer_of(client: Client, site: Any) -> requests.Offer | None:
    """The upgrade that the site's contract offers; None where there is none to ask for."""
    contract = next((row for row in client.contracts if row.name == site.contract and row.status in SERVING), None)
    offer = requests.offer_on(frappe.get_cached_doc("Retainer Contract", contract.name)) if contract else None
    return None if not offer or offer.rule.treatment is Treatment.NOT_OFFERED else offer


def offer_for(client: Client, site: Any) -> dict[str, Any] | None:
    """The same with its price in words, for the page."""
    offer = offer_of(client, site)
    if not offer:
        return None
    currency = next(row.currency for row in client.contracts if row.name == site.contract)
    fee = amounts.money(offer.rule.one_off_fee, currency) if offer.rule.one_off_fee else ""
    return {"activity": offer.activity, "limit": offer.rule.limit_per_year, "used": offer.used, "fee": fee}


def own_site(client: Client, name: str) -> Any:
    site = None if client.sees_own_tickets_only(client.customer) else view.site_of(client.customer, name)
    if not site:
        raise access.NotFound(_("There is no such site."))
    return site


@frappe.whitelist(methods=["GET"])
def recovery_document(site: str) -> None:
    """What to do when the site is lost, as PDF, of the client's own sites. Raises NotFound for every other, and once
    the contract has ended, as the page of the site does."""
    client = access.client()
    own = own_site(client, str(site))
    if not narrowing.allows(client, "/support/sites"):
        raise access.NotFound(_("There is no such site."))
    body = recovery.recovery_document(frappe.get_doc("Managed Site", own.name), inside=False)
    files.send(printing.pdf_of(PAPER.format(body=body)), f"{own.name} {_('Disaster Recovery')}.pdf")


def facts_of(site: Any, now: datetime) -> dict[str, Any]:
    found = view.facts(site, now)
    return {**found, "bars": bars(found["days"]), "chart": chart(found["days"])}


def card(client: Client) -> dict[str, Any] | None:
    """For the overview; None for a client without sites."""
    sites = own(client)
    if not sites:
        return None
    ahead = view.windows([site.name for site in sites], utc_now())
    return {"template": "cards/sites.html", "sites": sites[:5], "count": len(sites), "window": next(iter(ahead), None)}


def waiting(client: Client) -> list[Any]:
    """Upgrades and windows of maintenance that wait for this very person's word, with what they cost at the start."""
    jobs = upgrades.waiting([row.name for row in client.contracts if client.on(row.name).can_approve])
    for job in jobs:
        job.fee = fees.told(job)
    return jobs


def own(client: Client) -> list[Any]:
    """A contact with own tickets only sees no matters of the whole company."""
    return [] if client.sees_own_tickets_only(client.customer) else view.sites_of(client.customer)


def bars(days: list[tuple[date, Sum | None]]) -> list[dict[str, Any]]:
    """A bar for each day: its place, its colour's name, and what it says."""
    step = WIDTH / len(days)
    return [
        {"x": round(number * step, 1), "tone": tone(one), "day": day, "percent": one.percent if one else None}
        for number, (day, one) in enumerate(days)
    ]


def tone(one: Sum | None) -> str:
    if one is None or one.percent is None:
        return "none"
    return "good" if one.percent >= 100 else "wait" if one.percent >= 99 else "bad"


def chart(days: list[tuple[date, Sum | None]]) -> dict[str, Any]:
    """Mean response times as the points of lines; a day without answers interrupts the line."""
    known = [one.mean_ms for _day, one in days if one and one.mean_ms is not None]
    top = max(known, default=0)
    if not top:
        return {"lines": [], "top": 0}
    step = WIDTH / max(len(days) - 1, 1)
    lines: list[list[str]] = [[]]
    for number, (_day, one) in enumerate(days):
        if one is None or one.mean_ms is None:
            lines.append([])
            continue
        height = HEIGHT - GAP - one.mean_ms / top * (HEIGHT - 2 * GAP)
        lines[-1].append(f"{number * step:.1f},{height:.1f}")
    return {"lines": [" ".join(line) for line in lines if line], "top": top, "mean": round(sum(known) / len(known))}
