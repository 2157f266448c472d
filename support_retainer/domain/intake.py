"""What the words of a first message say about it: priority and kind of issue, by the rules of the SLA policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """Words to look for, and what they set; "" leaves it to others."""

    contains: str
    priority: str = ""
    issue_type: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; "" where no rule spoke."""

    priority: str = ""
    issue_type: str = ""


def read(text: str, rules: Iterable[Rule]) -> Reading:
    """The first rule that matches and names a priority sets it, likewise the issue type; case and spacing are ignored.

    Rules stand in the order of the policy, so the urgent ones come first there.
    """
    words = _plain(text)
    matching = [rule for rule in rules if _plain(rule.contains) and _plain(rule.contains) in words]
    return Reading(
        next((rule.priority for rule in matching if rule.priority), ""),
        next((rule.issue_type for rule in matching if rule.issue_type), ""),
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
