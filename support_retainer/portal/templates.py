"""Our Jinja: everything is escaped unless it is marked safe, and times are the client's."""

import hashlib
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.sessions import get_csrf_token
from frappe.utils import cint
from frappe.utils.jinja_globals import is_rtl
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from support_retainer import amounts, speech
from support_retainer.hours import reasons
from support_retainer.portal import narrowing, routes
from support_retainer.site_time import site_zone, to_utc
from support_retainer.speech import _

APP = Path(__file__).resolve().parent.parent
ASSETS = "public/portal"
NO_BREAK = "\u00a0"


def render(template: str, **context: Any) -> str:
    """One of templates/support as text."""
    return (
        environment()
        .get_template(template)
        .render(
            lang=frappe.local.lang or "en",
            direction="rtl" if is_rtl() else "ltr",
            csrf_token=get_csrf_token() if frappe.session.user != "Guest" else "",
            menu=[entry for entry in routes.menu() if narrowing.allows(context.get("client"), entry[0])],
            open_to=partial(narrowing.allows, context.get("client")),
            brand=_brand(context.get("client")),
            **{"query": frappe.local.form_dict, **context},
        )
    )


def render_alone(template: str, **context: Any) -> str:
    """A piece of paper: one of templates/support without the page around it, also where nobody has a session."""
    direction = "rtl" if is_rtl() else "ltr"
    return environment().get_template(template).render(lang=frappe.local.lang or "en", direction=direction, **context)


def _brand(client: Any) -> str:
    """The company that the client has its contract with, else the name that the site gives itself."""
    contract = client.contract if client else None
    return contract.company if contract else frappe.get_website_settings("app_name") or _("Support")


@lru_cache(maxsize=1)
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(APP / "templates" / "support"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update({"_": translated, "asset": asset, "now": datetime.now})
    made.filters.update({"day": day, "moment": moment, "instant": instant, "iso": iso, "hours": hours})
    made.filters.update({"money": amounts.money, "size": size, "tone": tone})
    return made


def translated(text: str, *values: Any) -> Markup | str:
    """`_("{0} of {1}", a, b)`: the translation is escaped before the values are put in, and so are they."""
    found = _(text)
    return Markup.escape(found).format(*values) if values else found


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """The address of a file of ours, which changes when the file does, so that browsers may keep it."""
    content = (APP / ASSETS / name).read_bytes()
    return f"/assets/support_retainer/portal/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def day(value: date | datetime | str | None) -> str:
    """6 Dec 2026, in one piece."""
    return speech.day(value).replace(" ", NO_BREAK) if value else ""


@pass_context
def moment(context: Context, value: datetime | None, zone: str | None = None) -> Markup | str:
    """A stored time (site time) on the client's clock (else the site's), with the exact time for machines."""
    if not value:
        return ""
    zone = zone or context.get("zone") or (context["client"].zone if context.get("client") else None)
    return _on_clock(to_utc(value), zone)


@pass_context
def instant(context: Context, value: str | None, zone: str | None = None) -> Markup | str:
    """The same for a moment in ISO 8601 with its offset, as the clock of a ticket gives it."""
    zone = zone or (context["client"].zone if context.get("client") else None)
    return _on_clock(datetime.fromisoformat(value), zone) if value else ""


def _on_clock(value: datetime, zone: str | None) -> Markup:
    local = value.astimezone(ZoneInfo(zone) if zone else site_zone())
    text = f"{day(local.date())}, {local:%H:%M}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        local.isoformat(timespec="seconds"), zone or "", text
    )


def iso(value: datetime | None) -> str:
    return to_utc(value).isoformat(timespec="seconds") if value else ""


def hours(minutes: int | None) -> str:
    """1:30 h; a minus stands before all of it."""
    count = cint(minutes)
    return ("−" if count < 0 else "") + reasons.hours(abs(count))


def size(count: int | None) -> str:
    """Bytes as people say them."""
    count = cint(count)
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


_TONES = {
    **dict.fromkeys(("Open", "Active", "Due", "Requested", "Planned", "In Progress"), "info"),
    **dict.fromkeys(
        ("Resolved", "Closed", "Paid", "Approved", "Met", "Fulfilled", "Accepted", "Ready", "Done"), "good"
    ),
    **dict.fromkeys(("Replied", "On Hold", "Paused", "Pending", "Notice Given", "Unpaid", "Partly Paid"), "wait"),
    **dict.fromkeys(
        ("Overdue", "Failed", "Missed", "Breached", "Declined", "Suspended", "Expired", "Rolled Back"), "bad"
    ),
}


def tone(status: str | None) -> str:
    """The colour of a status; its word always stands beside it."""
    return _TONES.get(status or "", "plain")
