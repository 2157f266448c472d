"""What can't be done on a ticket, with hours, or with an estimate."""

from support_retainer.exceptions.base import RetainerError


class ExpensesNotAgreed(RetainerError):
    """Travel expenses on work that the contract doesn't charge any for."""


class TimeAhead(RetainerError):
    """Time in a period of the contract that has not begun."""


class ManagersOnly(RetainerError):
    """Something that only a manager may decide."""


class DecisionNeedsReason(RetainerError):
    """A manager's decision without the reason for it."""


class NeedsApproval(RetainerError):
    """The included hours are used up and the client has not approved more."""


class ServiceStopped(RetainerError):
    """The included hours are used up and the package goes no further."""


class NotAnApprover(RetainerError):
    """A person who may not approve this much for the client, or not at all."""


class AlreadyAsked(RetainerError):
    """The same was asked for already and is under way."""


class AlreadyDecided(RetainerError):
    """A request that was approved or declined before."""


class EstimateUsed(RetainerError):
    """Time on an estimate beyond the hours that the client approved."""


class MixedCurrencies(RetainerError):
    """Contracts in several currencies on one timesheet."""


class NothingToInvoice(RetainerError):
    """No time on an estimate that no invoice lists yet."""


class NotAContact(RetainerError):
    """A person whom the client's contract does not name."""


class UnknownPool(RetainerError):
    """The contract has no such pool of hours."""


class HoursUsed(RetainerError):
    """Hours that are used already cannot be taken."""


class NoTimer(RetainerError):
    """The user has no timer in the state that is needed."""


class TimerRuns(RetainerError):
    """The user's timer is on another ticket."""


class TimeTaken(RetainerError):
    """The user has logged other work at that time."""


class InvalidTime(RetainerError):
    """A stretch of work that ends before it begins, lies ahead, or is too long for one entry."""


class CannotMerge(RetainerError):
    """Two tickets that cannot become one: the same, of different clients, or already merged."""


class NotSolved(RetainerError):
    """Something that only a solved ticket has to give."""


class InvalidCall(RetainerError):
    """A telephone system sent a call that lacks something."""


class NoVendor(RetainerError):
    """A ticket waits for a vendor whom nobody named, or for none."""


class AlreadySolved(RetainerError):
    """Something that only an open ticket can have."""
