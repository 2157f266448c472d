"""What can't be agreed with a client, or billed."""

from support_retainer.exceptions.base import RetainerError


class StatusByHand(RetainerError):
    """The status of a contract follows from what happens to it."""


class CurrencyMismatch(RetainerError):
    """The currency does not fit the package or the customer."""


class MissingExchangeRate(RetainerError):
    """The currency of the contract has no exchange rate to the currency of the company."""


class WrongCompany(RetainerError):
    """A record of another company is used."""


class WrongCustomer(RetainerError):
    """A record of another customer is used."""


class DuplicateContract(RetainerError):
    """The customer already has a contract for this project and these dates."""


class ClosedFiscalYear(RetainerError):
    """A date lies in a fiscal year that is missing, disabled, closed or frozen."""


class FeeTooLow(RetainerError):
    """The fee is below the minimum of the package."""


class InvalidTerms(RetainerError):
    """The rows of a contract's terms contradict each other or the contract."""


class TermsAreFixed(RetainerError):
    """Terms that are in force cannot be edited."""


class SharedOutside(RetainerError):
    """A record of ours is shared with somebody who is no desk user."""


class AppendOnly(RetainerError):
    """The record is evidence: it is never changed or deleted."""


class ContractNotActive(RetainerError):
    """Time on a contract that is a draft or was cancelled."""


class ContractInUse(RetainerError):
    """A contract with invoices or time on it cannot be cancelled."""


class InvalidNotice(RetainerError):
    """Notice is given or withdrawn on a contract that is not in a state for it."""


class NotSuspended(RetainerError):
    """A suspension that is not there, or is already."""


class TooLateForPeriod(RetainerError):
    """A metered quantity for a period that is invoiced already."""


class MissingItem(RetainerError):
    """An item that invoices need is not set in Retainer Settings."""


class PeriodInvoiced(RetainerError):
    """The billing period already has another invoice."""


class NothingToRetry(RetainerError):
    """The failures of a billing run are settled meanwhile."""


class NoBillingContact(RetainerError):
    """Nobody at the client is named to receive invoices."""


class NoContract(RetainerError):
    """Something that needs a Retainer Contract names none."""
