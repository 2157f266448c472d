"""A machine answers people, never machines, and never a flood."""

import pytest

from support_retainer.domain.mail_manners import MOST_AN_HOUR, Silence, domain_of, is_automatic, silence

CLIENT = "anna@client.example"
OURS = ("support@retainer.example",)


def judged(headers=None, sender=CLIENT, answered=0):
    return silence(headers or {}, sender, OURS, answered)


def test_a_message_of_a_person_is_answered():
    assert judged({"auto-submitted": "no", "precedence": "first-class", "content-type": "text/plain"}) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"auto-submitted": "auto-replied"}, Silence.AUTOMATIC),
        ({"auto-submitted": "Auto-Generated; owner-email=x"}, Silence.AUTOMATIC),
        ({"x-autoreply": "yes"}, Silence.AUTOMATIC),
        ({"precedence": "Bulk"}, Silence.BULK),
        ({"precedence": "auto_reply"}, Silence.BULK),
        ({"list-id": "<news.example>"}, Silence.BULK),
        ({"x-auto-response-suppress": "DR, OOF, AutoReply"}, Silence.ASKED_NOT_TO),
        ({"x-auto-response-suppress": "All"}, Silence.ASKED_NOT_TO),
        ({"return-path": "<>"}, Silence.BOUNCE),
        ({"content-type": "multipart/report; report-type=delivery-status"}, Silence.BOUNCE),
    ],
)
def test_machines_show_themselves_in_the_headers(headers, expected):
    assert judged(headers) is expected


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("", Silence.NO_SENDER),
        ("MAILER-DAEMON@mx.example", Silence.MACHINE),
        ("no-reply@shop.example", Silence.MACHINE),
        ("Support@Retainer.example", Silence.OWN_ADDRESS),
    ],
)
def test_some_senders_are_never_answered(sender, expected):
    assert judged(sender=sender) is expected


def test_a_loop_ends_after_a_few_answers():
    assert judged(answered=MOST_AN_HOUR - 1) is None
    assert judged(answered=MOST_AN_HOUR) is Silence.TOO_MANY


@pytest.mark.parametrize(
    ("address", "expected"),
    [("Bo@Client.Example", "client.example"), ("bo@gmail.com", None), ("nobody", None), ("", None)],
)
def test_a_public_provider_names_no_company(address, expected):
    assert domain_of(address) == expected


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"auto-submitted": "auto-replied (vacation)"}, CLIENT),
        ({"precedence": "auto_reply"}, CLIENT),
        ({"return-path": "<>"}, CLIENT),
        ({"content-type": "multipart/report; report-type=delivery-status"}, CLIENT),
        ({}, "MAILER-DAEMON@client.example"),
    ],
)
def test_bounces_and_notices_of_absence_are_a_machines_answer(headers, sender):
    assert is_automatic(headers, sender)


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"auto-submitted": "no"}, CLIENT),
        ({"x-auto-response-suppress": "All"}, CLIENT),
        ({"list-id": "<erp.client.example>", "precedence": "list"}, CLIENT),
        ({}, "noreply@client.example"),
    ],
)
def test_a_person_may_write_through_a_list_or_ask_for_no_answer(headers, sender):
    assert not is_automatic(headers, sender)
