"""Thousands of random issues: the replay and the slow clock must not differ in anything."""

from collections import Counter
from random import Random

import pytest

from support_retainer.domain.sla_clock import CountedAs, Event, TargetKind, explain, replay
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
