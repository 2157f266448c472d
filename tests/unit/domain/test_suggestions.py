"""Articles that fit a question come first; those that don't fit don't come."""

from support_retainer.domain.suggestions import ranked, words

ARTICLES = [
    ("a", "Printing invoices", "Choose a print format."),
    ("b", "Backups", "Invoices are in the backup as well."),
    ("c", "Holidays", "Enter them once a year."),
]


def test_a_word_in_the_title_counts_more_than_one_in_the_text():
    assert ranked("my INVOICES are empty", ARTICLES, 5) == ["a", "b"]


def test_no_more_than_asked_for():
    assert ranked("invoices", ARTICLES, 1) == ["a"]


def test_short_words_say_nothing():
    assert words("How do I set it up up up?") == ()
    assert ranked("in a as", ARTICLES, 5) == []
