"""How a ticket's promises stand, as a client reads it: a word, a time, a colour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from support_retainer.domain.sla_clock import TargetState, target_states
from support_retainer.site_time import utc_now
from support_retainer.sla import clock
from support_retainer.speech import _

DONE = ("Met", "Missed", "Resolved")
SOON = 0.25


@dataclass(frozen=True, slots=True)
class Badge:
    """`left` are seconds of the promise's own clock; `ticks` says that it runs now."""

    what: str
    text: str
    tone: str
    left: int
    ticks: bool


def of_tickets(names: Sequence[str]) -> dict[str, list[Badge]]:
    """The promises of each ticket that has any; one query and one for each policy among them."""
    now, policies = utc_now(), clock.Policies()
    return {
        name: [badge(one) for one in target_states(history, policies, now)]
        for name, history in clock.histories(names).items()
        if history
    }


def to_watch(badges: Iterable[Badge]) -> Badge | None:
    """The one that a list shows: what still runs, soonest first; nothing once all is done."""
    running = [one for one in badges if one.tone != "plain" and one.text not in (_("met"), _("missed"))]
    return min(running, key=lambda one: one.left, default=None)


def badge(state: TargetState) -> Badge:
    what = {"Response": _("Reply"), "Resolution": _("Solution")}[state.kind.value]
    return Badge(what, _text(state), _tone(state), int(state.left), bool(state.ticks))


def _text(state: TargetState) -> str:
    words = {"Met": _("met"), "Missed": _("missed"), "Resolved": _("not needed"), "Paused": _("paused")}
    standing = state.standing.value
    if standing in words:
        return words[standing]
    if state.left < 0:
        return _("late by {0}").format(as_time(-state.left))
    if not state.ticks:
        return _("{0} left, support is closed").format(as_time(state.left))
    return _("{0} left").format(as_time(state.left))


def _tone(state: TargetState) -> str:
    standing = state.standing.value
    tones = {"Met": "good", "Missed": "bad", "Overdue": "bad", "Resolved": "plain", "Paused": "plain"}
    if standing in tones:
        return tones[standing]
    return "wait" if state.left < state.promised * SOON else "info"


def as_time(seconds: float) -> str:
    """As the script writes it: 2 h 05 min, 4 d 6 h."""
    minutes = int(abs(seconds) // 60)
    if minutes >= 4 * 1440:
        return _("{0} d {1} h").format(minutes // 1440, minutes // 60 % 24)
    if minutes >= 60:
        return _("{0} h {1} min").format(minutes // 60, f"{minutes % 60:02d}")
    return _("{0} min").format(minutes)
