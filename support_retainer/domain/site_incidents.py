"""Which incidents there ought to be, given how the sites stand: one for a site's check, one for a whole provider.

The shell compares this with the incidents that are open; so a run that was killed halfway is put right by the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support_retainer.domain.site_health import REACHED_BY, Check, Reason
from support_retainer.domain.site_standing import Standing

# Fewer sites than this failing together may be chance.
OUTAGE_SITES = 3
OUTAGE_STARTS = 0.8
OUTAGE_LASTS = 0.5

EVERYWHERE = "*"

PRIORITY: Mapping[Check, str] = {
    Check.DNS: "P1 Critical",
    Check.UPTIME: "P1 Critical",
    Check.CERTIFICATE: "P1 Critical",
    Check.SCHEDULER: "P2 High",
    Check.BACKUP: "P2 High",
    Check.LOGINS: "P2 High",
    Check.STORAGE: "P2 High",
}


def priority_of(check: Check, reason: Reason) -> str:
    """How urgent a ticket is: the site is down, something will break soon, or somebody should look."""
    if reason is Reason.EXPIRES_SOON:
        return "P2 High"
    return PRIORITY.get(check, "P3 Medium")


@dataclass(frozen=True, slots=True)
class SiteState:
    """One site that a pass has visited; `provider` is "" where nobody said."""

    name: str
    standings: Mapping[Check, Standing]
    in_maintenance: bool = False
    provider: str = ""

    @property
    def fails_to_answer(self) -> bool:
        return any(not one.last_good and check in REACHED_BY for check, one in self.standings.items())


@dataclass(frozen=True, slots=True)
class Wanted:
    """An incident that ought to be open; `site` is "" for that of a provider."""

    site: str
    check: Check
    reason: Reason
    provider: str = ""
    sites: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"provider:{self.provider}" if self.provider else f"{self.site}:{self.check.value}"


def outages(sites: Sequence[SiteState], known: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Providers (or "*" for all sites) that are out, each with the sites that do not answer.

    `known` are those that were out before: they last while half of what is looked at still fails, and where too few
    were looked at to tell, as they were.
    """
    asked = [site for site in sites if not site.in_maintenance]
    everywhere = _out(asked, known.get(EVERYWHERE, ()))
    if everywhere:
        return {EVERYWHERE: everywhere}
    found = {}
    for provider in sorted({site.provider for site in asked if site.provider} | (set(known) - {EVERYWHERE})):
        failing = _out([site for site in asked if site.provider == provider], known.get(provider, ()))
        if failing:
            found[provider] = failing
    return found


def _out(sites: Sequence[SiteState], before: tuple[str, ...]) -> tuple[str, ...]:
    if len(sites) < OUTAGE_SITES:
        return before
    failing = tuple(site.name for site in sites if site.fails_to_answer)
    enough = OUTAGE_LASTS if before else OUTAGE_STARTS
    return failing if failing and len(failing) / len(sites) >= enough else ()


def is_over(site: SiteState, check: Check) -> bool:
    """Whether an open incident of the site's check has ended; a maintenance window ends none."""
    standing = site.standings.get(check)
    return not site.in_maintenance and not (standing and standing.is_down)


def wanted(sites: Sequence[SiteState], out: Mapping[str, tuple[str, ...]]) -> list[Wanted]:
    """Every incident that ought to be open: none in a maintenance window, none that a provider's outage explains.

    A check that was good just now opens none, though it has to hold before it counts as up: or the end of an outage
    would open one for each of its sites.
    """
    found = [Wanted("", Check.UPTIME, Reason.TIMEOUT, provider, names) for provider, names in out.items()]
    explained = {name for names in out.values() for name in names}
    for site in sites:
        if site.in_maintenance:
            continue
        for check, standing in site.standings.items():
            fails = standing.is_down and not standing.last_good
            if fails and not (site.name in explained and check in REACHED_BY):
                found.append(Wanted(site.name, check, standing.reason))
    return found
