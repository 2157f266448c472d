"""How the checks of a site have been going: findings in a row bring one down or up again, and make the site's status.

Times are aware UTC datetimes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from support_retainer.domain.site_health import FROM_OUTSIDE, REACHED_BY, Check, Finding, Reason, Thresholds

FLAPPING_WITHIN = timedelta(hours=1)
FLAPPING_CHANGES = 4
# A check that has been going up and down has to hold this many times as long before it counts as well again.
FLAPPING_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """How one check of one site has been going: whether it counts as down, and what came last, how often in a row."""

    is_down: bool = False
    last_good: bool = True
    streak: int = 0
    changes: tuple[datetime, ...] = ()
    reason: Reason = Reason.FINE

    def is_flapping(self, at: datetime) -> bool:
        return len([change for change in self.changes if at - change <= FLAPPING_WITHIN]) >= FLAPPING_CHANGES


def advance(standing: Standing, finding: Finding, at: datetime, limits: Thresholds) -> Standing:
    """The standing after one more finding: N bad ones in a row bring it down, N good ones up again.

    One that flaps is down as a whole: it opens one incident and has to hold longer before that is over.
    """
    good = finding.is_good
    changed = good is not standing.last_good
    recent = tuple(one for one in standing.changes if at - one <= FLAPPING_WITHIN)
    after = replace(
        standing,
        last_good=good,
        streak=1 if changed else standing.streak + 1,
        changes=(*recent, at) if changed else recent,
        reason=standing.reason if good else finding.reason,
    )
    return replace(after, is_down=_is_down(after, at, limits))


def _is_down(after: Standing, at: datetime, limits: Thresholds) -> bool:
    flapping = after.is_flapping(at)
    if not after.last_good:
        return after.is_down or flapping or after.streak >= max(limits.fail_after, 1)
    patience = FLAPPING_PATIENCE if flapping else 1
    return after.is_down and after.streak < max(limits.recover_after, 1) * patience


def keep_measured(
    standings: Mapping[Check, Standing], findings: Iterable[Finding], *, reached: bool, looked_inside: bool
) -> dict[Check, Standing]:
    """Without the checks that no longer exist: a limit set to zero, a key taken away, a site moved to plain http."""
    found = {finding.check for finding in findings}
    return {
        check: standing
        for check, standing in standings.items()
        if check in found or not (reached if check in FROM_OUTSIDE else looked_inside)
    }


class SiteStatus(str, Enum):
    UNKNOWN = "Unknown"
    UP = "Up"
    DEGRADED = "Degraded"
    DOWN = "Down"
    MAINTENANCE = "Maintenance"


def status(standings: Mapping[Check, Standing], in_maintenance: bool) -> SiteStatus:
    """What is said of a site as a whole."""
    if in_maintenance:
        return SiteStatus.MAINTENANCE
    if not standings:
        return SiteStatus.UNKNOWN
    down = {check for check, standing in standings.items() if standing.is_down}
    if down & REACHED_BY and not only_a_warning(down, standings):
        return SiteStatus.DOWN
    return SiteStatus.DEGRADED if down else SiteStatus.UP


def only_a_warning(down: Iterable[Check], standings: Mapping[Check, Standing]) -> bool:
    """A certificate that runs out soon still serves."""
    return {check for check in down if check in REACHED_BY} == {Check.CERTIFICATE} and (
        standings[Check.CERTIFICATE].reason is Reason.EXPIRES_SOON
    )
