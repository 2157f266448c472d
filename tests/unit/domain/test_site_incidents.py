"""Which incidents there ought to be."""

from support_retainer.domain.site_health import Check, Reason
from support_retainer.domain.site_incidents import EVERYWHERE, SiteState, is_over, outages, priority_of, wanted
from support_retainer.domain.site_standing import Standing

DOWN = {Check.UPTIME: Standing(is_down=True, last_good=False, streak=2, reason=Reason.REFUSED)}
FAILING = {Check.UPTIME: Standing(last_good=False, streak=1, reason=Reason.TIMEOUT)}
RECOVERING = {Check.UPTIME: Standing(is_down=True, last_good=True, streak=1, reason=Reason.REFUSED)}
FINE = {Check.UPTIME: Standing()}
OLD_BACKUP = {Check.BACKUP: Standing(is_down=True, last_good=False, reason=Reason.TOO_OLD)}


def sites(count, standings, provider="", start=0, **more):
    return [SiteState(f"site-{start + n}", standings, provider=provider, **more) for n in range(count)]


def keys(found):
    return [one.key for one in found]


def test_a_check_that_is_down_is_an_incident_of_its_site():
    assert keys(wanted([SiteState("a", DOWN | OLD_BACKUP), SiteState("b", FINE)], {})) == ["a:Uptime", "a:Backup"]


def test_a_failure_that_is_not_yet_down_is_none():
    assert wanted([SiteState("a", FAILING)], {}) == []


def test_nothing_is_raised_in_a_maintenance_window():
    assert wanted([SiteState("a", DOWN, in_maintenance=True)], {}) == []


def test_all_sites_failing_at_once_are_one_incident_and_not_hundreds():
    everything = sites(500, DOWN)
    out = outages(everything, {})
    assert list(out) == [EVERYWHERE]
    assert keys(wanted(everything, out)) == ["provider:*"]
    assert len(wanted(everything, out)[0].sites) == 500


def test_the_end_of_an_outage_opens_nothing_for_sites_that_answer_again():
    assert wanted(sites(500, RECOVERING), {}) == []
    mixed = sites(6, RECOVERING) + sites(4, DOWN, start=6)
    assert keys(wanted(mixed, {})) == [f"site-{number}:Uptime" for number in range(6, 10)]


def test_an_outage_hides_no_old_backup():
    hit = [*sites(3, DOWN), SiteState("with-backup", DOWN | OLD_BACKUP)]
    assert keys(wanted(hit, outages(hit, {}))) == ["provider:*", "with-backup:Backup"]


def test_one_provider_out_of_two_is_named_and_the_other_is_not_accused():
    mixed = sites(4, DOWN, "Alpha") + sites(10, FINE, "Beta", start=10)
    assert outages(mixed, {}) == {"Alpha": ("site-0", "site-1", "site-2", "site-3")}


def test_two_sites_failing_together_may_be_chance():
    assert outages(sites(2, DOWN), {}) == {}


def test_less_than_four_in_five_are_incidents_of_their_own():
    mixed = sites(7, DOWN) + sites(3, FINE, start=7)
    assert outages(mixed, {}) == {}
    assert len(wanted(mixed, {})) == 7


def test_an_outage_lasts_until_most_sites_answer_again():
    before = {EVERYWHERE: ("site-0",)}
    half = sites(5, FAILING) + sites(5, FINE, start=5)
    assert list(outages(half, before)) == [EVERYWHERE]
    assert outages(sites(4, FAILING) + sites(6, FINE, start=4), before) == {}


def test_a_pass_over_too_few_sites_changes_nothing_about_an_outage():
    before = {"Alpha": ("site-0", "site-1", "site-2")}
    assert outages(sites(2, FINE, "Alpha"), before) == before
    assert outages(sites(3, FINE, "Alpha"), before) == {}


def test_sites_in_maintenance_count_neither_way():
    asked = sites(3, FAILING) + sites(5, FINE, start=30, in_maintenance=True)
    assert list(outages(asked, {})) == [EVERYWHERE]


def test_an_incident_is_over_when_its_check_is_up_but_not_because_of_a_window():
    assert is_over(SiteState("a", FINE), Check.UPTIME)
    assert is_over(SiteState("a", FINE), Check.BACKUP)
    assert not is_over(SiteState("a", DOWN), Check.UPTIME)
    assert not is_over(SiteState("a", FINE, in_maintenance=True), Check.UPTIME)


def test_what_is_broken_is_more_urgent_than_what_will_break():
    assert priority_of(Check.UPTIME, Reason.TIMEOUT) == "P1 Critical"
    assert priority_of(Check.CERTIFICATE, Reason.BAD_TLS) == "P1 Critical"
    assert priority_of(Check.CERTIFICATE, Reason.EXPIRES_SOON) == "P2 High"
    assert priority_of(Check.BACKUP, Reason.TOO_OLD) == "P2 High"
    assert priority_of(Check.SPEED, Reason.SLOW) == "P3 Medium"
