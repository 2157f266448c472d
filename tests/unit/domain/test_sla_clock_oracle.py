"""Thousands of random issues: the replay and the slow clock must not differ in anything."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from support_retainer.domain.sla_clock import (
    CountedAs,
    Event,
    EventKind,
    Level,
    TargetKind,
    explain,
    replay,
    target_states,
)
from tests.unit.domain.clock_oracle import ANCHORS, SlowClock, Story, cut, story, world_of

PER_ZONE = 10_000 // len(ANCHORS)
FIELDS = (
    "responded_at",
    "resolved_at",
    "paused_since",
    "response_by",
    "resolution_by",
    "response_counted",
    "resolution_counted",
    "hold_seconds",
    "response_met",
    "resolution_met",
    "status",
    "next_event_at",
)


@pytest.mark.parametrize("zone", ANCHORS)
def test_random_histories_agree_with_the_slow_clock_in_every_field(zone: str):
    world = world_of(zone)
    seen: Counter[object] = Counter()
    for seed in range(PER_ZONE):
        case = story(world, seed)
        slow = SlowClock(case, world)
        state = replay(_shuffled(case, seed), case.policies, case.now)
        assert {f: getattr(state, f) for f in FIELDS} == {f: getattr(slow, f) for f in FIELDS}, f"seed {seed}"
        _check_explanation(case, slow, seed)
        seen.update([state.status, ("paused", bool(state.paused_since)), ("met", state.resolution_met)])
    assert min(seen.values()) > PER_ZONE / 50, f"the stories do not cover enough: {seen}"
    assert len(seen) == 5 + 2 + 3


def _shuffled(case: Story, seed: int) -> list[Event]:
    events = list(case.events)
    Random(seed).shuffle(events)
    return events


def _check_explanation(case: Story, slow: SlowClock, seed: int) -> None:
    for kind in TargetKind:
        name = kind.value.lower()
        found = explain(case.events, case.policies, case.now, kind)
        promise = slow.promise(name)
        if promise is None:
            assert found == ()
            continue
        until = (slow.responded_at if kind is TargetKind.RESPONSE else slow.resolved_at) or slow.now
        assert [s.start for s in found] == [cut(case.events[0].at), *(s.end for s in found)][: len(found)]
        assert sum(s.seconds for s in found) == (until - cut(case.events[0].at)).total_seconds()
        sums = Counter[CountedAs]()
        for stretch in found:
            sums[stretch.counted_as] += stretch.seconds
        paused = sum(promise[0].seconds(a, min(b, until)) for a, b, state in slow.spans if state == "paused")
        assert sums[CountedAs.COUNTED] == getattr(slow, f"{name}_counted"), f"seed {seed}"
        assert sums[CountedAs.PAUSED] == paused, f"seed {seed}"


LADDER = tuple(Level(kind, percent) for kind in TargetKind for percent in (33.3, 100, 180))


@pytest.mark.parametrize("zone", ANCHORS)
def test_levels_of_random_histories_are_reached_when_their_share_is_counted_and_not_before(zone: str):
    world, checked = world_of(zone), 0
    for seed in range(PER_ZONE // 5):
        case = story(world, seed)
        facts = [event for event in case.events if event.at <= case.now]
        if not any(event.kind is EventKind.OPENED for event in facts):
            continue
        policies = {name: replace(policy, levels=LADDER) for name, policy in case.policies.items()}
        for ahead in replay(facts, policies, case.now).pending:
            if ahead.reached_at <= cut(case.now):
                continue
            assert ahead.tell_at >= ahead.reached_at
            checked += 1
            for moment, is_reached in ((ahead.reached_at, True), (ahead.reached_at - timedelta(seconds=1), False)):
                states = {one.kind: one for one in target_states(facts, policies, moment)}
                one = states[ahead.level.target]
                assert (one.counted >= ahead.level.seconds_of(one.promised)) is is_reached, f"seed {seed}"
    assert checked > 50
