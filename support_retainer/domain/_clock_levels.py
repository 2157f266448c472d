"""The ladder of an escalation: at which share of a target's time somebody is told."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from support_retainer.domain.errors import InvalidDuration


class TargetKind(str, Enum):
    RESPONSE = "Response"
    RESOLUTION = "Resolution"


@dataclass(frozen=True, slots=True)
class Level:
    """A rung: `percent` of the target's time, 100 at the due time, above 100 after it. Raises InvalidDuration."""

    target: TargetKind
    percent: float

    def __post_init__(self) -> None:
        if not (self.percent > 0 and math.isfinite(self.percent)):
            message = "An escalation comes after a part of the target's time, so its percentage is above zero."
            raise InvalidDuration(message, field="at_percent", percent=self.percent)

    @property
    def key(self) -> tuple[str, float]:
        """How an Escalated event names the level."""
        return self.target.value, self.percent

    def seconds_of(self, promised: int) -> int:
        """Seconds of the target's clock after which the level is reached, rounded up to whole ones."""
        return math.ceil(promised * self.percent / 100)


@dataclass(frozen=True, slots=True)
class Escalation:
    """A level that nobody has been told of yet: `reached_at` on the target's clock, and `tell_at`, which is not
    before now and lies within support hours unless the target is on the clock Always. UTC."""

    level: Level
    reached_at: datetime
    tell_at: datetime
