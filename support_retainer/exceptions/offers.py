"""What a package or a policy can't be."""

from support_retainer.exceptions.base import RetainerError


class NoChargeRule(RetainerError):
    """A package excludes a kind of work without saying what it costs."""


class NegativeAmount(RetainerError):
    """A fee, rate, number of hours or days is below zero."""


class InvalidFigure(RetainerError):
    """What was entered is no number, or larger than anybody means."""


class InvalidDate(RetainerError):
    """What was entered is no date, or lies centuries away."""


class InvalidDiscount(RetainerError):
    """A discount is outside 0 to 100 percent."""


class InvalidTiers(RetainerError):
    """The price tiers of a metered package are missing, repeated or out of order."""


class NoMetric(RetainerError):
    """A metered package does not say what is counted."""


class NoOverageRate(RetainerError):
    """A package bills overage but has no price for it."""


class NoEmergencyMinimum(RetainerError):
    """An emergency minimum is given without an emergency rate."""


class InvalidRollover(RetainerError):
    """A pool caps a rollover that it does not allow."""


class DuplicateRow(RetainerError):
    """Two rows of a table say something about the same thing."""


class OverlappingWindows(RetainerError):
    """Two support windows cover the same time of the week."""


class NeverOpen(RetainerError):
    """The support hours have no opening."""


class UnknownTimeZone(RetainerError):
    """The name is not an IANA time zone."""


class InvalidWindow(RetainerError):
    """A support window's day or times are outside the week."""


class NoTarget(RetainerError):
    """A row of targets promises neither a response nor a resolution."""


class TargetTooLong(RetainerError):
    """A promise of more than ten years."""


class InvalidPauseStatus(RetainerError):
    """The clock cannot be paused on this status."""


class InvalidEscalation(RetainerError):
    """An escalation has no level or reaches nobody."""


class InvalidIntakeRule(RetainerError):
    """An intake rule changes nothing."""


class PolicyInUse(RetainerError):
    """An SLA policy that was agreed in a contract cannot be deleted."""


class PackageDisabled(RetainerError):
    """A package that is no longer sold cannot be put on a new contract."""
