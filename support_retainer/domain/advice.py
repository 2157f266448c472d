"""Which of several simulated packages fits a client, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from support_retainer.domain.charges import period_fee
from support_retainer.domain.contract_terms import ContractTerms, OveragePolicy
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.history import History, TimeRow
from support_retainer.domain.simulation import Outcome

TOLERATED_SHARE = 0.1  # of the tickets by channels that the package lacks
WANTED_PERCENT = 90.0  # of first responses in time


class Shortcoming(str, Enum):
    """What a package would have lacked for this client."""

    WORK_NOT_OFFERED = "work_not_offered"
    WORK_STOPPED = "work_stopped"
    CHANNEL_NOT_OFFERED = "channel_not_offered"
    RESPONSE_NOT_KEPT = "response_not_kept"


class Grounds(str, Enum):
    """Why the advised package was chosen."""

    ONLY_ONE = "only_one"
    CHEAPEST = "cheapest"
    CHEAPEST_WITHOUT_SHORTCOMING = "cheapest_without_shortcoming"
    FEWEST_SHORTCOMINGS = "fewest_shortcomings"


@dataclass(frozen=True, slots=True)
class Advice:
    """The best fit, the grounds, and what each package lacks by its name.

    `saving` is what it costs less a year than the next package that lacks no more; None if there is none.
    """

    best: Outcome
    grounds: Grounds
    shortcomings: dict[str, tuple[Shortcoming, ...]]
    runner_up: Outcome | None
    saving: Decimal | None


def best_fit(outcomes: Sequence[Outcome]) -> Advice | None:
    """The cheapest of the packages that lack least; None where there is nothing, or no common currency, to compare."""
    if not outcomes or len({outcome.offer.terms.currency for outcome in outcomes}) > 1:
        return None
    lacks = {outcome.offer.terms.package: shortcomings(outcome) for outcome in outcomes}
    ranked = sorted(outcomes, key=lambda outcome: (len(lacks[outcome.offer.terms.package]), outcome.yearly))
    best = ranked[0]
    runner_up = ranked[1] if len(ranked) > 1 else None
    saving = runner_up.yearly - best.yearly if runner_up else None
    return Advice(best, _grounds(best, outcomes, lacks), lacks, runner_up, saving if saving and saving > 0 else None)


def break_even_minutes(lesser: Outcome, greater: Outcome) -> int | None:
    """Minutes of included support a month from which the dearer package costs no more than the one with less hours.

    None where the cheaper one charges nothing beyond its hours, or where the dearer never pays.
    """
    cheap, dear = lesser.offer.terms, greater.offer.terms
    difference = _fee(greater) - _fee(lesser)
    if difference <= 0 or not cheap.pools or not cheap.overage_rate or cheap.overage_policy is OveragePolicy.STOP:
        return None
    minutes = _pooled(cheap) + math.ceil(difference * 60 / cheap.overage_rate)
    return minutes if not dear.pools or minutes <= _pooled(dear) else None


def _fee(outcome: Outcome) -> Decimal:
    return period_fee(outcome.offer.terms)


def _pooled(terms: ContractTerms) -> int:
    return sum(pool.minutes for pool in terms.pools)


def with_more(history: History, percent: int) -> History:
    """The same history with so many percent more tickets and the work on them, spread evenly; the copies are alike."""
    tickets, rows = list(history.tickets), list(history.rows)
    worked: dict[str, list[TimeRow]] = {}
    for row in history.rows:
        worked.setdefault(row.issue, []).append(row)
    for number, ticket in enumerate(history.tickets):
        if (number + 1) * percent // 100 > number * percent // 100:
            twin = replace(ticket, name=f"{ticket.name} again")
            tickets.append(twin)
            rows += [replace(row, ticket=twin) for row in worked.get(ticket.name, ())]
    rows.sort(key=lambda row: row.work.start)
    return replace(history, tickets=tickets, rows=rows)


def shortcomings(outcome: Outcome) -> tuple[Shortcoming, ...]:
    """What the package lacks, as seen from the client: work, channels, and promises the team could not have kept."""
    percent = outcome.promises.response.percent
    found = {
        Shortcoming.WORK_NOT_OFFERED: outcome.minutes_of(CoverageKind.NOT_OFFERED) > 0,
        Shortcoming.WORK_STOPPED: outcome.minutes_of(CoverageKind.STOPPED, CoverageKind.AWAITING_APPROVAL) > 0,
        Shortcoming.CHANNEL_NOT_OFFERED: outcome.unserved_tickets > TOLERATED_SHARE * outcome.tickets,
        Shortcoming.RESPONSE_NOT_KEPT: percent is not None and percent < WANTED_PERCENT,
    }
    return tuple(shortcoming for shortcoming, is_found in found.items() if is_found)


def _grounds(best: Outcome, outcomes: Sequence[Outcome], lacks: dict[str, tuple[Shortcoming, ...]]) -> Grounds:
    if len(outcomes) == 1:
        return Grounds.ONLY_ONE
    if best.yearly == min(outcome.yearly for outcome in outcomes):
        return Grounds.CHEAPEST
    return Grounds.FEWEST_SHORTCOMINGS if lacks[best.offer.terms.package] else Grounds.CHEAPEST_WITHOUT_SHORTCOMING
