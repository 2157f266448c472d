"""What the first page of the portal announces."""

from typing import Any

from support_retainer.maintenance import announcements
from support_retainer.portal.access import Client

FIELDS = ("title", "kind", "message", "show_from")


def card(client: Client) -> dict[str, Any] | None:
    """Announcements for the chosen customer; None where there are none."""
    rows = announcements.shown_to(client.customer)
    shown = [{name: row.get(name) for name in FIELDS} for row in rows]
    return {"template": "cards/announcements.html", "rows": shown} if shown else None
