"""What can't be done for a client's sites: checks, backups, reports, exports, offboarding."""

import frappe

from support_retainer.exceptions.base import RetainerError


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


class NoHistory(NothingToDo):
    """Nobody asked anything and nobody worked, so there is nothing to replay."""


class UnreadableFile(RetainerError):
    """A file of tickets with nothing in it that can be used."""


class ExportStopped(RetainerError):
    """Somebody stopped the export while it was made."""


class ExportRefused(RetainerError):
    """An export can't be made, or can't be made now; the message says what to do."""


class LinkRefused(frappe.PermissionError):
    """A download link that is expired, altered, revoked, or somebody else's: the answer is the same for all."""


class UnknownAlert(RetainerError):
    """A webhook brought a body that no monitoring tool we know sends."""

    http_status_code = 422


class AlertTooLarge(RetainerError):
    """A webhook brought more than an alert needs."""

    http_status_code = 413


class AlertReplayed(RetainerError):
    """A signed request came a second time."""

    http_status_code = 409


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
