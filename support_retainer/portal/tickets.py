"""A client's list of tickets: searched, filtered and paged in the database, on indexes of the customer."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import frappe
from frappe.utils import cint

from support_retainer.portal import access, package, standing
from support_retainer.portal.access import Client
from support_retainer.speech import _

PER_PAGE = 20
OPEN = ("Open", "Replied", "On Hold")
DONE = ("Resolved", "Closed")
STATES = {"open": OPEN, "done": DONE, "waiting": ("Replied",)}
COLUMNS = "name, subject, status, priority, raised_by, creation, modified"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list shall show; anything a request says that is not known counts as not said."""

    text: str = ""
    state: str = ""
    priority: str = ""
    page: int = 1

    @classmethod
    def asked(cls, query: dict[str, Any]) -> "Wanted":
        state = str(query.get("state") or "")
        return cls(
            text=str(query.get("text") or "").strip()[:140],
            state=state if state in STATES else "",
            priority=str(query.get("priority") or ""),
            page=max(1, cint(query.get("page"))),
        )

    def path(self, page: int) -> str:
        said = {"text": self.text, "state": self.state, "priority": self.priority, "page": page}
        return "/support/tickets?" + urlencode({name: value for name, value in said.items() if value})


def page(client: Client) -> dict[str, Any]:
    wanted = Wanted.asked(frappe.form_dict)
    rows, found = search(client, wanted)
    return {
        "wanted": wanted,
        "states": states(),
        "tickets": rows,
        "found": found,
        "priorities": priorities(client),
        "zone": client.zone,
        "paging": paging(wanted, found),
    }


@frappe.whitelist(methods=["GET"])
def tickets(text: str = "", state: str = "", priority: str = "", page: int = 1) -> dict[str, Any]:
    """{found, tickets: [{name, subject, status, priority, raised_by, creation, modified, promises}]}, 20 a page.

    `state` is open, waiting (for the client) or done; times are site time. For clients, of the chosen customer.
    """
    wanted = Wanted.asked({"text": text, "state": state, "priority": priority, "page": page})
    rows, found = search(access.client(), wanted)
    for row in rows:
        row.promises = [{"what": one.what, "text": one.text, "left": one.left} for one in row.pop("badges")]
        row.pop("badge")
    return {"found": found, "tickets": rows}


def search(client: Client, wanted: Wanted) -> tuple[list[frappe._dict], int]:
    """The rows of the page with `badges` and the `badge` to watch, and how many there are on all pages."""
    where, values = conditions(client, wanted)
    found = frappe.db.sql(f"select count(*) from `tabIssue` where {where}", values)[0][0]  # noqa: S608
    first = min(wanted.page - 1, max(0, found - 1) // PER_PAGE) * PER_PAGE
    rows = frappe.db.sql(
        f"""select {COLUMNS} from `tabIssue` where {where}
        order by modified desc limit {PER_PAGE} offset {first}""",  # noqa: S608 (our own text; values are bound)
        values,
        as_dict=True,
    )
    badges = standing.of_tickets([row.name for row in rows])
    for row in rows:
        row.badges = badges.get(row.name, [])
        row.badge = standing.to_watch(row.badges)
    return rows, found


def conditions(client: Client, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    parts = ["customer = %(customer)s"]
    if client.sees_own_tickets_only(client.customer):
        parts.append("(raised_by = %(user)s or owner = %(user)s)")
    if wanted.state:
        parts.append("status in %(statuses)s")
    if wanted.priority:
        parts.append("priority = %(priority)s")
    if wanted.text:
        parts.append("(subject like %(like)s or name like %(like)s)")
    values = {
        "customer": client.customer,
        "user": client.user,
        "statuses": STATES.get(wanted.state, ()),
        "priority": wanted.priority,
        "like": "%" + wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
    }
    return " and ".join(parts), values


def priorities(client: Client) -> list[str]:
    """Those of the package, else all there are."""
    policy = client.contract and package.agreed(client.contract).policy
    if policy:
        return [row.priority for row in policy.targets]
    return frappe.get_all("Issue Priority", pluck="name", order_by="name")


def paging(wanted: Wanted, found: int) -> dict[str, Any]:
    pages = max(1, -(-found // PER_PAGE))
    page = min(wanted.page, pages)
    return {
        "page": page,
        "pages": pages,
        "before": wanted.path(page - 1) if page > 1 else "",
        "after": wanted.path(page + 1) if page < pages else "",
    }


def states() -> list[tuple[str, str]]:
    """What the filter offers, with words."""
    return [("", _("All")), ("open", _("Open")), ("waiting", _("Waiting for you")), ("done", _("Done"))]
