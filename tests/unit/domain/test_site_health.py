"""What was measured at a site becomes findings, and findings in a row become an incident."""

from datetime import datetime, timedelta, timezone

import pytest

from support_retainer.domain.site_health import Check, Finding, Measured, Reason, Thresholds, is_up, judge
from support_retainer.domain.site_standing import SiteStatus, Standing, advance, keep_measured, status
from support_retainer.domain.versions import newest_of, parts, version_lag

NOW = datetime(2026, 9, 14, 10, tzinfo=timezone.utc)
LIMITS = Thresholds(fail_after=2, recover_after=2)
BAD, GOOD = Finding(Check.UPTIME, Reason.TIMEOUT), Finding(Check.UPTIME)


def after(*findings, limits=LIMITS, every=5, standing=None):
    """The standing after visits at intervals of `every` minutes, and the time of the last."""
    standing, at = standing or Standing(), NOW
    for finding in findings:
        at += timedelta(minutes=every)
        standing = advance(standing, finding, at, limits)
    return standing


def reasons(seen, limits=LIMITS, newest=None):
    return {one.check: one.reason for one in judge(seen, limits, NOW, newest)}


def test_a_single_failure_is_no_incident_and_the_second_in_a_row_is():
    assert not after(BAD).is_down
    assert not after(BAD, GOOD, BAD).is_down
    assert after(BAD, BAD).is_down


def test_a_site_is_well_again_after_so_many_successes_in_a_row():
    assert after(BAD, BAD, GOOD).is_down
    assert not after(BAD, BAD, GOOD, GOOD).is_down


def test_a_level_that_fails_after_one_is_down_at_once():
    assert after(BAD, limits=Thresholds(fail_after=1)).is_down


def test_a_site_that_goes_up_and_down_is_one_incident_that_lasts_until_it_holds():
    flapping = after(BAD, GOOD, BAD, GOOD, BAD)
    assert flapping.is_down
    assert after(GOOD, GOOD, standing=flapping).is_down
    assert not after(*[GOOD] * 6, standing=flapping).is_down


def test_changes_of_long_ago_are_no_flapping():
    assert not after(BAD, GOOD, BAD, GOOD, BAD, every=30).is_down


def test_the_reason_is_that_of_the_last_failure():
    assert after(BAD, Finding(Check.UPTIME, Reason.REFUSED), GOOD).reason is Reason.REFUSED


def test_a_site_without_address_is_told_once_and_not_as_down_as_well():
    assert reasons(Measured(reached=Reason.NO_ADDRESS)) == {Check.DNS: Reason.NO_ADDRESS}
    assert reasons(Measured(reached=Reason.BAD_TLS)) == {Check.CERTIFICATE: Reason.BAD_TLS}
    assert reasons(Measured(reached=Reason.TIMEOUT)) == {Check.UPTIME: Reason.TIMEOUT}


def test_slow_is_beyond_the_limit_and_not_at_it():
    assert reasons(Measured(Reason.FINE, 200, 3000))[Check.SPEED] is Reason.FINE
    assert reasons(Measured(Reason.FINE, 200, 3001))[Check.SPEED] is Reason.SLOW


def test_a_certificate_warns_ahead_but_the_site_is_up():
    seen = Measured(Reason.FINE, 200, 80, certificate_expires_at=NOW + timedelta(days=13, hours=23))
    found = judge(seen, LIMITS, NOW)
    assert {one.check: one.reason for one in found}[Check.CERTIFICATE] is Reason.EXPIRES_SOON
    assert is_up(found)


@pytest.mark.parametrize(
    ("seen", "check", "reason"),
    [
        (Measured(api=Reason.WRONG_CREDENTIALS), Check.API, Reason.WRONG_CREDENTIALS),
        (Measured(scheduler="Dormant"), Check.SCHEDULER, Reason.STOPPED),
        (Measured(scheduler="Active"), Check.SCHEDULER, Reason.FINE),
        (Measured(pending_jobs=501), Check.QUEUE, Reason.ABOVE_LIMIT),
        (Measured(failing_jobs=6), Check.JOBS, Reason.ABOVE_LIMIT),
        (Measured(errors_per_day=200), Check.ERRORS, Reason.FINE),
        (Measured(failed_logins=51), Check.LOGINS, Reason.ABOVE_LIMIT),
        (Measured(backups_known=True), Check.BACKUP, Reason.MISSING),
        (Measured(backups_known=True, newest_backup_at=NOW - timedelta(hours=27)), Check.BACKUP, Reason.TOO_OLD),
        (Measured(backups_known=True, newest_backup_at=NOW - timedelta(hours=25)), Check.BACKUP, Reason.FINE),
    ],
)
def test_what_a_site_tells_of_itself_is_held_against_the_limits(seen, check, reason):
    assert reasons(seen)[check] is reason


def test_a_limit_of_zero_is_no_limit_and_what_was_not_measured_is_not_judged():
    assert Check.DATABASE not in reasons(Measured(database_mb=90000))
    assert Check.BACKUP not in reasons(Measured(backups_known=True), Thresholds(backup_hours=0))
    assert reasons(Measured()) == {}


def test_a_site_lags_by_the_minor_releases_of_its_own_major_version():
    newest = newest_of([{"frappe": "15.80.1", "erpnext": "16.1.0"}, {"frappe": "15.9.0"}, {"frappe": "16.2.0"}])
    assert newest == {"frappe 15": "15.80.1", "erpnext 16": "16.1.0", "frappe 16": "16.2.0"}
    assert version_lag({"frappe": "15.72.4"}, newest) == 8
    assert version_lag({"erpnext": "15.71.1"}, newest) is None
    assert version_lag({"frappe": "15.81.0"}, newest) == 0
    limits = Thresholds(releases_behind=8)
    assert reasons(Measured(versions={"frappe": "15.71.0"}), limits, newest)[Check.VERSION] is Reason.BEHIND
    assert reasons(Measured(versions={"frappe": "15.72.0"}), limits, newest)[Check.VERSION] is Reason.FINE


@pytest.mark.parametrize(
    ("text", "numbers"), [("v15.72.4", (15, 72, 4)), ("15.0.0-dev", (15, 0, 0)), ("15.x.x-develop", (15,)), ("", ())]
)
def test_a_version_is_read_as_far_as_it_is_numbers(text, numbers):
    assert parts(text) == numbers


def test_the_status_of_a_site_is_the_worst_of_what_is_down():
    down, fine = Standing(is_down=True, reason=Reason.TIMEOUT), Standing()
    expiring = Standing(is_down=True, reason=Reason.EXPIRES_SOON)
    assert status({}, False) is SiteStatus.UNKNOWN
    assert status({Check.UPTIME: fine}, False) is SiteStatus.UP
    assert status({Check.UPTIME: fine, Check.BACKUP: down}, False) is SiteStatus.DEGRADED
    assert status({Check.CERTIFICATE: expiring}, False) is SiteStatus.DEGRADED
    assert status({Check.UPTIME: down}, False) is SiteStatus.DOWN
    assert status({Check.UPTIME: down}, True) is SiteStatus.MAINTENANCE


def test_a_visit_that_did_not_try_to_reach_the_site_says_nothing_about_uptime():
    assert is_up([Finding(Check.QUEUE)]) is None
    assert is_up([BAD]) is False


def test_a_check_that_no_longer_exists_stops_counting():
    down = Standing(is_down=True)
    known = {Check.UPTIME: down, Check.CERTIFICATE: down, Check.BACKUP: down}
    only_outside = keep_measured(known, [GOOD], reached=True, looked_inside=False)
    assert set(only_outside) == {Check.UPTIME, Check.BACKUP}
    assert set(keep_measured(known, [GOOD], reached=True, looked_inside=True)) == {Check.UPTIME}
    assert set(keep_measured(known, [BAD], reached=False, looked_inside=False)) == set(known)
