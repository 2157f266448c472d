"""One visit to one site. It runs in a thread, so it knows neither Frappe nor the database."""

from dataclasses import dataclass, field, replace
from datetime import date

from support_retainer.domain.site_health import Measured, Reason
from support_retainer.monitoring import inside, inside_use
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.fetch import Ask, fetch_patiently

HAS_ANSWERED = (Reason.FINE, Reason.BAD_STATUS, Reason.TOO_LONG)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a visit needs to know. The key never shows, not even in a traceback that prints the arguments.

    With `use_since` a look inside also counts how much the site was used since that day.
    """

    site: str
    url: str
    allow_private: bool = False
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    looks_inside: bool = False
    use_since: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    probe: Probe
    measured: Measured
    detail: str = ""


def visit(probe: Probe, client: Client) -> Seen:
    """Measure a site from outside, and with a key from inside; whatever goes wrong is a measurement."""
    answer = fetch_patiently(client, Ask(probe.url, probe.allow_private))
    # A page longer than we care to read is served all the same.
    reached = Reason.FINE if answer.reason is Reason.TOO_LONG else answer.reason
    seen = Measured(reached, answer.status, answer.milliseconds, answer.certificate_expires_at)
    if not (probe.key and answer.reason in HAS_ANSWERED):
        return Seen(probe, seen, answer.detail)
    site = inside.Site(client, probe.url, probe.key, probe.secret, probe.allow_private)
    seen = inside.ping(site, seen)
    if probe.looks_inside and seen.api is Reason.FINE:
        seen = inside.inspect(site, seen)
        if probe.use_since and seen.looked_inside:
            seen = replace(seen, use=inside_use.count(site, probe.use_since))
    return Seen(probe, seen, answer.detail)


def broken(probe: Probe, error: BaseException) -> Seen:
    """A fault of our own counts as no answer, with the kind of fault and nothing of its text."""
    return Seen(probe, replace(Measured(), reached=Reason.BROKEN), type(error).__name__)
