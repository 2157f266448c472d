"""The portal's languages: the same sentences in each, with the same gaps for what is put in."""

import ast
import csv
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "support_retainer"
LANGUAGES = ("ar", "de", "fr", "hi", "sv")
PAGES = sorted(path for part in ("support", "support_report") for path in (APP / "templates" / part).rglob("*.html"))
CALL = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
SAME = frozenset({"CSV", "PDF"})


def translations(language: str) -> dict[str, str]:
    with (APP / "translations" / f"{language}.csv").open(encoding="utf-8", newline="") as lines:
        return {row[0]: row[1] for row in csv.reader(lines) if row}


def said_on_pages() -> set[str]:
    texts = [page.read_text() for page in PAGES]
    return {ast.literal_eval(found) for text in texts for found in CALL.findall(text)} - SAME


def gaps(text: str) -> list[str]:
    """Outside tags: Frappe looks a text up by what is left without them."""
    return sorted(re.findall(r"\{[^}]*\}", re.sub(r"<[^>]*>", "", text)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_pages_is_translated(language):
    known = translations(language)
    assert {text for text in said_on_pages() if text and text not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_of_its_sentence_and_is_not_empty(language):
    for text, translated in translations(language).items():
        assert translated.strip(), text
        assert gaps(translated) == gaps(text), text
