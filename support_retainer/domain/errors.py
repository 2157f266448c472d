"""What the rules refuse. Each error carries a code for scripts and the field a user has to change."""


class DomainError(ValueError):
    """Input that breaks a rule; `field` is the public field name, `details` are the facts for the shell's sentence."""

    code: str = "domain_error"

    def __init__(self, message: str, *, field: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.field = field
        self.details = details


class UnknownTimeZone(DomainError):
    """The name is not an IANA time zone."""

    code = "unknown_time_zone"


class InvalidWindow(DomainError):
    """A support window's day or times are outside the week."""

    code = "invalid_window"


class OverlappingWindows(DomainError):
    """Two support windows cover the same time of the week."""

    code = "overlapping_windows"


class NeverOpen(DomainError):
    """The calendar has no opening, or none left before the year 9999."""

    code = "never_open"


class NaiveDateTime(DomainError):
    """A point in time came without its UTC offset."""

    code = "naive_datetime"


class InvalidDuration(DomainError):
    """A negative amount of working time."""

    code = "invalid_duration"


class InvalidHistory(DomainError):
    """The events of an issue do not make a history, for example because none of them opens it."""

    code = "invalid_history"


class UnknownPolicy(DomainError):
    """An event names an SLA policy that is not there."""

    code = "unknown_policy"


class NoChargeRule(DomainError):
    """A package excludes a kind of work without saying what it costs."""

    code = "no_charge_rule"


class LedgerImbalance(DomainError):
    """Entries of an hour ledger that can't have happened, for example a draw beyond what was granted."""

    code = "ledger_imbalance"


class InvalidTerms(DomainError):
    """Dates or amounts of a contract that contradict each other."""

    code = "invalid_terms"
