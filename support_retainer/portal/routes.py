"""Every page of the portal: its path, the function that gathers what it shows, and its template. A page is one line.

The tests of isolation walk this table, so a page that is not here does not exist, and one that is here is tried by
strangers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from support_retainer.speech import _

_pages = "support_retainer.portal."


@dataclass(frozen=True, slots=True)
class Page:
    """`context` names a function (client, **values of the path) -> dict; `menu` is its label in the navigation.

    `by_link` names a function (**values) -> dict for somebody without a login who holds a link that we mailed; it
    gives None where there is no link, and raises where the link is no good.
    """

    path: str
    context: str
    template: str
    menu: str = ""
    by_link: str = ""


PAGES = (
    Page("/support", _pages + "overview.page", "overview.html", menu="Overview"),
    Page("/support/tickets", _pages + "tickets.page", "tickets.html", menu="Tickets"),
    Page("/support/tickets/new", _pages + "new_ticket.page", "new_ticket.html"),
    Page("/support/tickets/<name>", _pages + "ticket.page", "ticket.html"),
    Page("/support/estimates", _pages + "estimates_page.page", "estimates.html", menu="Estimates"),
    Page(
        "/support/estimates/<name>",
        _pages + "estimates_page.one",
        "estimate.html",
        by_link=_pages + "estimates_page.by_link",
    ),
    Page(
        "/support/answered",
        _pages + "estimates_page.answered",
        "answered.html",
        by_link=_pages + "estimates_page.answered",
    ),
    Page("/support/hours", _pages + "hours.page", "hours.html", menu="Hours"),
    Page("/support/sites", _pages + "sites_page.page", "sites.html", menu="Sites"),
    Page("/support/sites/<name>", _pages + "sites_page.one", "site.html"),
    Page("/support/reports", _pages + "reports.page", "reports.html", menu="Reports"),
    Page("/support/reports/<name>", _pages + "reports.one", "report.html"),
    Page("/support/contract", _pages + "contract.page", "contract.html", menu="Contract"),
    Page("/support/invoices", _pages + "invoices.page", "invoices.html"),
    Page("/support/help", _pages + "help.page", "help.html"),
    Page("/support/exports", _pages + "exports.page", "exports.html", menu="Exports"),
)

_map = Map([Rule(page.path, endpoint=page, strict_slashes=False) for page in PAGES])


def match(path: str) -> tuple[Page, dict[str, str]] | None:
    """The page at a path and the values in it; None where there is none."""
    try:
        page, values = _map.bind("").match("/" + path.strip("/"))
    except HTTPException:
        return None
    return page, values


def menu() -> Iterator[tuple[str, str]]:
    """(path, label) of the pages that the navigation shows, in order."""
    return ((page.path, _(page.menu)) for page in PAGES if page.menu)
