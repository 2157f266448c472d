"""The pages under /support: found in the table of routes, guarded, rendered with templates of our own.

Frappe's website pages bring a bundle of 350 KB and a dozen queries for settings that a client never sees, and their
templates do not escape by themselves. These escape everything, run under a strict Content-Security-Policy and load one
style sheet and one script.
"""

from typing import Any
from urllib.parse import quote

import frappe
from frappe.website.page_renderers.base_renderer import BaseRenderer
from werkzeug.wrappers import Response

from support_retainer.portal import access, narrowing, routes
from support_retainer.portal.templates import render
from support_retainer.speech import _

ROOT = "support"
HEADERS = {
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Elsewhere(Exception):
    """A page that sends the browser to another path of this site."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class SupportPage(BaseRenderer):
    """Frappe asks this renderer before its own; it takes every path under /support and nothing else."""

    def can_render(self) -> bool:
        return self.path == ROOT or self.path.startswith(ROOT + "/")

    def render(self) -> Response:
        if frappe.session.user == "Guest":
            return self.by_link() or redirect("/login?redirect-to=" + quote(_asked_for(self.path), safe="/"))
        try:
            return self.answer(access.client())
        except Elsewhere as other:
            return redirect(other.path)
        except access.NotAClient as refusal:
            return problem(None, 403, _("No access to the support portal"), str(refusal))
        except Exception:
            # Frappe's own page for this shows the traceback to whoever asks.
            frappe.db.rollback()
            frappe.log_error(f"/{self.path}")
            frappe.db.commit()
            return problem(None, 500, _("Something went wrong"), _("We have noted it. Try again in a moment."))

    def by_link(self) -> Response | None:
        """The page for a guest who holds a link that we mailed; None where the page has no such way in."""
        page, values = routes.match(self.path) or (None, {})
        if not page or not page.by_link:
            return None
        try:
            context = frappe.get_attr(page.by_link)(**values)
        except frappe.PermissionError as refusal:
            frappe.clear_messages()
            return problem(None, 404, _("This link does not work any more"), str(refusal))
        except frappe.TooManyRequestsError as refusal:
            return problem(None, 429, _("Too many attempts"), str(refusal))
        return None if context is None else page_of(None, page.template, context, current=page.path)

    def answer(self, client: access.Client) -> Response:
        found = routes.match(self.path)
        try:
            if not found or not narrowing.allows(client, "/" + self.path.strip("/")):
                raise access.NotFound
            page, values = found
            context = frappe.get_attr(page.context)(client, **values)
        except (frappe.DoesNotExistError, frappe.PermissionError):
            # Nobody learns from the answer whether another client's record exists.
            frappe.clear_messages()
            text = _("It may have been moved, or it belongs to somebody else.")
            return problem(client, 404, _("There is nothing here"), text)
        return page_of(client, page.template, context, current=page.path)


def page_of(
    client: access.Client | None, template: str, context: dict[str, Any], status: int = 200, current: str = ""
) -> Response:
    html = render(template, client=client, current=current, **context)
    return Response(html, status=status, headers=HEADERS, mimetype="text/html")


def problem(client: access.Client | None, status: int, title: str, text: str) -> Response:
    return page_of(client, "problem.html", {"title": title, "text": text}, status)


def redirect(path: str) -> Response:
    return Response(status=302, headers={**HEADERS, "Location": path})


def _asked_for(path: str) -> str:
    """The path of our own page; what stood in the query is not carried through the login."""
    return "/" + path


def home_page(user: str) -> str | None:
    """Where a client lands after login, unless a role, the portal settings or another app says otherwise."""
    ours = "support_retainer.portal.pages.home_page"
    others = [name for name in frappe.get_hooks("get_website_user_home_page") if name != ours]
    if others:
        return frappe.get_attr(others[-1])(user)
    try:
        access.client(user)
    except access.NotAClient:
        return next(iter(reversed(frappe.get_hooks("website_user_home_page"))), None)
    return ROOT
