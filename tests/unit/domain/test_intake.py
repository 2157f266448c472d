"""Words of a first message set priority and issue type."""

import pytest

from support_retainer.domain.intake import Reading, Rule, read

RULES = (
    Rule("system down", "P1 Critical"),
    Rule("invoice", "", "Billing"),
    Rule("workaround", "P2 High", "Bug"),
    Rule("how do i", "P4 Low"),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SYSTEM  down since 9", Reading("P1 Critical")),
        ("How do I print an invoice?", Reading("P4 Low", "Billing")),
        ("System down, no workaround", Reading("P1 Critical", "Bug")),
        ("The system\nis slow", Reading()),
        ("", Reading()),
    ],
)
def test_the_first_rule_that_speaks_decides_each_thing(text, expected):
    assert read(text, RULES) == expected


def test_a_rule_without_words_matches_nothing():
    assert read("anything", [Rule("  ", "P1 Critical")]) == Reading()
