"""Recommendations as the client reads them: what we advise, and the fact that led to it."""

from collections.abc import Callable

from support_retainer.domain.recommendations import Advice, Recommendation
from support_retainer.speech import _


def recommended(one: Recommendation) -> str:
    return _ADVICE[one.advice]().format(**one.fact)


def fact(one: Recommendation) -> str:
    return _FACTS[one.advice]().format(**one.fact)


_ADVICE: dict[Advice, Callable[[], str]] = {
    Advice.RECURRING_TYPE: lambda: _("Find out why tickets of the type {issue_type} keep coming, and end the cause."),
    Advice.OUR_DEFECTS: lambda: _("Review our own work: we let in more defects than we should."),
    Advice.TRAINING: lambda: _("A training session for the users who asked most."),
    Advice.LATE_ANSWERS: lambda: _("Bring the first response back within the promised time."),
    Advice.LATE_SOLUTIONS: lambda: _("Bring solutions back within the promised time."),
    Advice.OVERAGE_IN_A_ROW: lambda: _("A package with more hours: see whether it costs less than the extra hours."),
    Advice.UNUSED_HOURS: lambda: _("Use the hours you pay for, or move to a smaller package."),
    Advice.EMERGENCIES_IN_A_ROW: lambda: _("Longer support hours: emergencies outside them have become usual."),
    Advice.SLOW_SITE: lambda: _("Find out what makes the site slow."),
    Advice.LOW_UPTIME: lambda: _("Find out why the site was not available."),
    Advice.OLD_VERSION: lambda: _("Upgrade the site to the current version."),
    Advice.FAILING_BACKUPS: lambda: _("Mend the backups before one is needed."),
    Advice.RESTORE_TEST_DUE: lambda: _("Test that a backup can be restored."),
}
_FACTS: dict[Advice, Callable[[], str]] = {
    Advice.RECURRING_TYPE: lambda: _("{count} of {opened} tickets"),
    Advice.OUR_DEFECTS: lambda: _("{count} of {opened} tickets were faults of ours"),
    Advice.TRAINING: lambda: _("{count} of {opened} tickets were questions of use"),
    Advice.LATE_ANSWERS: lambda: _("{missed} of {decided} first responses came late ({percent} % in time)"),
    Advice.LATE_SOLUTIONS: lambda: _("{missed} of {decided} solutions came late ({percent} % in time)"),
    Advice.OVERAGE_IN_A_ROW: lambda: _("{hours} h beyond the package in {periods} periods in a row"),
    Advice.UNUSED_HOURS: lambda: _("{used} of {granted} h used in {periods} periods, less than half in each"),
    Advice.EMERGENCIES_IN_A_ROW: lambda: _("{hours} h of emergency support in {periods} periods in a row"),
    Advice.SLOW_SITE: lambda: _("answers take {response_ms} ms, wanted are {wanted_ms} ms at most"),
    Advice.LOW_UPTIME: lambda: _("available {percent} % of the time, wanted are {wanted} %"),
    Advice.OLD_VERSION: lambda: _("version {version}, current is {newest}"),
    Advice.FAILING_BACKUPS: lambda: _("backups that failed: {count}"),
    Advice.RESTORE_TEST_DUE: lambda: _("the last restore test is {days} days ago"),
}
