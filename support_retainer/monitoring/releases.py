"""The newest release of each app that is known here: listed by hand, read from feeds each day, or run by a site here.

Versions that sites here run are known without anybody's care, but say nothing of what was released and no site took.
"""

import json
from collections.abc import Mapping
from contextlib import closing

import frappe

from support_retainer import speech
from support_retainer.domain import releases, versions
from support_retainer.domain.releases import InvalidReleases
from support_retainer.domain.site_health import Reason
from support_retainer.monitoring import words
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.fetch import Ask, fetch
from support_retainer.site_time import to_site, utc_now
from support_retainer.speech import _

OURS = ("frappe", "erpnext")
# A page of thirty releases with their notes is some hundred kilobytes.
MOST_BYTES = 4 * 1024 * 1024
SECONDS = 30.0


def newest(seen: tuple[Mapping[str, str], ...] = ()) -> dict[str, str]:
    """The best of everything, as {"erpnext 15": "15.71.1"}; `seen` are versions that a pass has just found."""
    return versions.newest_of([*announced(), *run_here(), *seen])


def announced() -> tuple[dict[str, str], ...]:
    """What the settings list, and what the feeds said."""
    settings = frappe.get_cached_doc("Retainer Settings")
    return (*releases.listed(settings.known_releases), *releases.listed(settings.releases_read))


def run_here() -> tuple[dict[str, str], ...]:
    texts = frappe.get_all("Managed Site", {"versions": ["is", "set"]}, pluck="versions", distinct=True)
    ours = {app: frappe.get_attr(f"{app}.__version__") for app in OURS}
    return (ours, *map(read, texts))


def read(text: str | None) -> dict[str, str]:
    """The lines of a site's versions."""
    return dict(line.split(" ", 1) for line in (text or "").splitlines() if " " in line)


def told(text: str | None) -> str:
    """Each app of a site with the newest release that is known of its line, and how that is known."""
    best, listed = newest(), versions.newest_of(announced())
    lines = []
    for app, own in sorted(read(text).items()):
        known = versions.newest_of_line(app, own, best)
        if known and listed and versions.newest_of_line(app, own, listed) == known:
            lines.append(_("{0} {1}, newest release {2}").format(app, own, known))
        elif known:
            lines.append(_("{0} {1}, newest that a site here runs {2}").format(app, own, known))
    return "\n".join(lines)


def read_feeds() -> None:
    """Ask each feed; what one does not answer stays as it was read before. Commits."""
    settings = frappe.get_doc("Retainer Settings")
    feeds = releases.feeds(settings.release_feeds)
    if not feeds:
        return
    found, problems = list(releases.listed(settings.releases_read)), []
    with closing(Client(1, frappe.conf.get("retainer_ca_bundle"))) as client:
        for app, address in feeds:
            try:
                found += [{app: version} for version in ask(client, address)]
            except InvalidReleases as error:
                problems.append(f"{app}: {error}")
    best = versions.newest_of(found)
    lines = sorted(f"{line.rsplit(' ', 1)[0]} {version}" for line, version in best.items())
    read_at = {} if len(problems) == len(feeds) else {"releases_read_at": to_site(utc_now())}
    values = {"releases_read": "\n".join(lines), "feed_problems": "\n".join(problems), **read_at}
    frappe.db.set_single_value("Retainer Settings", values, update_modified=False)
    frappe.db.commit()


def ask(client: Client, address: str) -> tuple[str, ...]:
    answer = fetch(client, Ask(address, seconds=SECONDS, most_bytes=MOST_BYTES))
    if answer.reason is not Reason.FINE:
        raise InvalidReleases(words.why(answer.reason))
    try:
        return releases.published(json.loads(answer.body))
    except (InvalidReleases, ValueError, RecursionError):
        raise InvalidReleases(_("the answer is no list of releases.")) from None


def basis() -> str:
    """On what "newest" rests, for a reader of figures."""
    settings = frappe.get_cached_doc("Retainer Settings")
    if settings.releases_read_at and settings.releases_read:
        return _("Newest releases as published up to {0}.").format(speech.day(settings.releases_read_at))
    if settings.known_releases:
        return _("Newest releases as we list them, or as a site here runs them.")
    return _("Newest is what some site in our care runs; there may be newer releases.")
