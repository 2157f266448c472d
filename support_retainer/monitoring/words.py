"""Findings as sentences, for tickets, lists and clients. Nothing secret can get into them."""

from collections.abc import Callable, Sequence

from support_retainer.domain.site_health import Check, Finding, Reason
from support_retainer.domain.site_incidents import EVERYWHERE
from support_retainer.speech import _

_REASONS: dict[Reason, Callable[[], str]] = {
    Reason.FINE: lambda: _("fine"),
    Reason.NO_ADDRESS: lambda: _("the name has no address. See the domain's DNS records."),
    Reason.ADDRESS_REFUSED: lambda: _("the name leads into a private network, which is not visited."),
    Reason.SCHEME_REFUSED: lambda: _("it redirects to an address that is neither http nor https."),
    Reason.REFUSED: lambda: _("the server refuses the connection."),
    Reason.TIMEOUT: lambda: _("no complete answer in time."),
    Reason.TOO_LONG: lambda: _("the answer does not end."),
    Reason.BAD_TLS: lambda: _("the TLS certificate is not valid."),
    Reason.BAD_STATUS: lambda: _("the server answers with an error."),
    Reason.TOO_MANY_REDIRECTS: lambda: _("it redirects without end."),
    Reason.BROKEN: lambda: _("the connection broke off."),
    Reason.NOT_JSON: lambda: _("the API answers with a page instead of data."),
    Reason.WRONG_CREDENTIALS: lambda: _("the API key is not accepted, or its user is no System Manager."),
    Reason.EXPIRES_SOON: lambda: _("the TLS certificate expires soon."),
    Reason.SLOW: lambda: _("the answer is slow."),
    Reason.BEHIND: lambda: _("the version is behind."),
    Reason.STOPPED: lambda: _("the scheduler does not run."),
    Reason.ABOVE_LIMIT: lambda: _("above the limit."),
    Reason.MISSING: lambda: _("there is no backup."),
    Reason.TOO_OLD: lambda: _("the newest backup is too old."),
}
_UNITS: dict[Check, Callable[[], str]] = {
    Check.SPEED: lambda: _("ms"),
    Check.CERTIFICATE: lambda: _("days left"),
    Check.VERSION: lambda: _("releases"),
    Check.DATABASE: lambda: _("MB"),
    Check.STORAGE: lambda: _("MB"),
    Check.BACKUP: lambda: _("hours old"),
}


def why(reason: Reason) -> str:
    return _REASONS[reason]()


def sentence(check: Check, reason: Reason) -> str:
    """ "Uptime: the server refuses the connection." """
    return f"{_(check.value)}: {why(reason)}"


def explain(finding: Finding, detail: str = "") -> str:
    """The sentence with its figures: "Response Time: the answer is slow. 4100 ms, limit 3000." """
    unit = _UNITS.get(finding.check, lambda: "")()
    figures = ""
    if finding.value is not None and finding.limit is not None:
        figures = " " + _("{0} {1}, limit {2}.").format(f"{finding.value:g}", unit, f"{finding.limit:g}")
    told = f" ({detail})" if detail and not figures else ""
    return f"{sentence(finding.check, finding.reason)}{figures.replace('  ', ' ').replace(' ,', ',')}{told}"


def outage_title(provider: str) -> str:
    return _("All sites do not answer") if provider == EVERYWHERE else _("Sites at {0} do not answer").format(provider)


def outage(sites: Sequence[str]) -> str:
    return _("{0} sites fail at once. Look at the provider and at our own network first.").format(len(sites))
