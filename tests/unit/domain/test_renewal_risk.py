import pytest

from support_retainer.domain.renewal_risk import Client, Fact, Level, assess


def test_a_client_of_whom_nothing_is_known_is_no_risk():
    risk = assess(Client())
    assert (risk.points, risk.level, risk.facts) == (0, Level.LOW, ())


def test_a_notice_that_was_given_is_certain():
    assert assess(Client(notice_given=True, overdue_days=90)).points == 100


@pytest.mark.parametrize(
    ("client", "fact", "figure"),
    [
        (Client(overdue_days=31), Fact.OVERDUE_DAYS, 31),
        (Client(responses_missed_percent=12.4), Fact.RESPONSES_MISSED, 12),
        (Client(resolutions_missed_percent=50), Fact.RESOLUTIONS_MISSED, 50),
        (Client(hours_used_percent=10), Fact.HOURS_UNUSED, 10),
        (Client(hours_used_percent=0), Fact.HOURS_UNUSED, 0),
        (Client(hours_used_percent=151), Fact.HOURS_BEYOND, 151),
        (Client(disputed_claims=1), Fact.CLAIMS_DISPUTED, 1),
        (Client(silent_days=61), Fact.SILENT_DAYS, 61),
        (Client(unread_reports=2), Fact.REPORTS_UNREAD, 2),
    ],
)
def test_each_fact_is_named_with_its_figure(client, fact, figure):
    assert assess(client).facts == ((fact, figure),)


@pytest.mark.parametrize(
    "client",
    [
        Client(overdue_days=30),
        Client(responses_missed_percent=10, resolutions_missed_percent=10),
        Client(hours_used_percent=25),
        Client(hours_used_percent=150),
        Client(silent_days=60),
        Client(unread_reports=1),
    ],
)
def test_what_happens_to_everybody_is_no_risk(client):
    assert assess(client).points == 0


def test_facts_add_up_the_heaviest_first():
    risk = assess(Client(unread_reports=3, responses_missed_percent=40, hours_used_percent=5))
    assert (risk.points, risk.level) == (55, Level.HIGH)
    assert [fact for fact, _figure in risk.facts] == [Fact.RESPONSES_MISSED, Fact.HOURS_UNUSED, Fact.REPORTS_UNREAD]
