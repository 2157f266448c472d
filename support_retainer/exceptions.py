"""Named errors of the app, so that callers and tests can tell them apart."""

import frappe


class RetainerError(frappe.ValidationError):
    """Something a user can put right; the message names the field and says how."""


class NoChargeRule(RetainerError):
    """A package excludes a kind of work without saying what it costs."""


class NegativeAmount(RetainerError):
    """A fee, rate, number of hours or days is below zero."""


class InvalidFigure(RetainerError):
    """What was entered is no number, or larger than anybody means."""


class InvalidDate(RetainerError):
    """What was entered is no date, or lies centuries away."""


class StatusByHand(RetainerError):
    """The status of a contract follows from what happens to it."""


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


class InvalidPauseStatus(RetainerError):
    """The clock cannot be paused on this status."""


class InvalidEscalation(RetainerError):
    """An escalation has no level or reaches nobody."""


class InvalidIntakeRule(RetainerError):
    """An intake rule changes nothing."""


class PackageDisabled(RetainerError):
    """A package that is no longer sold cannot be put on a new contract."""


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


class ExpensesNotAgreed(RetainerError):
    """Travel expenses on work that the contract doesn't charge any for."""


class TimeAhead(RetainerError):
    """Time in a period of the contract that has not begun."""


class MissingItem(RetainerError):
    """An item that invoices need is not set in Retainer Settings."""


class PeriodInvoiced(RetainerError):
    """The billing period already has another invoice."""


class ContractInUse(RetainerError):
    """A contract with invoices or time on it cannot be cancelled."""


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


class NoContract(RetainerError):
    """Something that needs a Retainer Contract names none."""


class NoTimer(RetainerError):
    """The user has no timer in the state that is needed."""


class TimerRuns(RetainerError):
    """The user's timer is on another ticket."""


class TimeTaken(RetainerError):
    """The user has logged other work at that time."""


class InvalidTime(RetainerError):
    """A stretch of work that ends before it begins, lies ahead, or is too long for one entry."""


class PolicyInUse(RetainerError):
    """An SLA policy that was agreed in a contract cannot be deleted."""


class CannotMerge(RetainerError):
    """Two tickets that cannot become one: the same, of different clients, or already merged."""


class InvalidNotice(RetainerError):
    """Notice is given or withdrawn on a contract that is not in a state for it."""


class NothingToRetry(RetainerError):
    """The failures of a billing run are settled meanwhile."""


class NotSolved(RetainerError):
    """Something that only a solved ticket has to give."""


class InvalidCall(RetainerError):
    """A telephone system sent a call that lacks something."""


class InvalidSite(RetainerError):
    """A managed site's address or folder cannot be used."""


class DuplicateReport(RetainerError):
    """A second report of one kind for the same period of a contract."""


class PeriodNotOver(RetainerError):
    """A report on a period that still runs."""


class ReportIsSent(RetainerError):
    """What the client has read does not change any more."""


class NothingToDo(RetainerError):
    """An action that was taken already, or that has no subject."""


class NoBillingContact(RetainerError):
    """Nobody at the client is named to receive invoices."""


class NotSuspended(RetainerError):
    """A suspension that is not there, or is already."""


class TooLateForPeriod(RetainerError):
    """A metered quantity for a period that is invoiced already."""


class ExportStopped(RetainerError):
    """Somebody stopped the export while it was made."""


class ExportRefused(RetainerError):
    """An export can't be made, or can't be made now; the message says what to do."""


class LinkRefused(frappe.PermissionError):
    """A download link that is expired, altered, revoked, or somebody else's: the answer is the same for all."""


class NoVendor(RetainerError):
    """A ticket waits for a vendor whom nobody named, or for none."""


class AlreadySolved(RetainerError):
    """Something that only an open ticket can have."""


class UnknownAlert(RetainerError):
    """A webhook brought a body that no monitoring tool we know sends."""

    http_status_code = 422


class AlertTooLarge(RetainerError):
    """A webhook brought more than an alert needs."""

    http_status_code = 413


class AlertReplayed(RetainerError):
    """A signed request came a second time."""

    http_status_code = 409


class TargetTooLong(RetainerError):
    """A promise of more than ten years."""


class NoScratchDatabase(RetainerError):
    """There is no database user here who may create the database of a restore test."""


class InvalidRestoreTest(RetainerError):
    """A restore test without its file, started twice, or changed after it began."""


class UnreadableBackup(RetainerError):
    """A backup that is cut off, corrupted, encrypted with another key, or none at all."""


class InvalidOffboarding(RetainerError):
    """An offboarding that does not fit its contract."""


class PortalNarrowed(RetainerError):
    """Something the portal no longer offers after the end of a contract."""


class JobNotReady(RetainerError):
    """A maintenance job lacks a step, evidence or an approval for what it is set to."""
