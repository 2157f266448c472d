"""The portal's languages: the same sentences in each, with the same gaps for what is put in."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "support_retainer"
LANGUAGES = ("ar", "de", "fr", "hi", "sv")
PAGES = sorted(path for part in ("support", "support_report") for path in (APP / "templates" / part).rglob("*.html"))
CODE = [
    *sorted((APP / "portal").glob("*.py")),
    *(APP / "hours" / name for name in ("reasons.py", "extras.py", "thresholds.py")),
    *(APP / "reporting" / name for name in ("sentences.py", "view.py", "words.py")),
]
CALL = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
SAME = frozenset({"CSV", "PDF"})


def translations(language: str) -> dict[str, str]:
    with (APP / "translations" / f"{language}.csv").open(encoding="utf-8", newline="") as lines:
        return {row[0]: row[1] for row in csv.reader(lines) if row}


def said_on_pages() -> set[str]:
    texts = [page.read_text() for page in PAGES]
    return {ast.literal_eval(found) for text in texts for found in CALL.findall(text)} - SAME


def said_in_code() -> set[str]:
    """Parsed, because a long sentence may be written in parts."""
    calls = [node for path in CODE for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if getattr(call.func, "id", "") == "_"]
    return {text.value for text in said if isinstance(text, ast.Constant)}


def said_by_priorities() -> set[str]:
    """The portal shows a priority's name with its meaning wherever one is promised or chosen."""
    catalogues = [json.loads(path.read_text()) for path in (APP / "catalogues").glob("*.json")]
    return {text for catalogue in catalogues for row in catalogue["priorities"] for text in row.values()}


def gaps(text: str) -> list[str]:
    """Outside tags: Frappe looks a text up by what is left without them."""
    return sorted(re.findall(r"\{[^}]*\}", re.sub(r"<[^>]*>", "", text)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", [said_on_pages, said_in_code, said_by_priorities])
def test_every_sentence_a_client_reads_is_translated(said, language):
    known = translations(language)
    assert {text for text in said() if text and text not in known} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_gaps_of_its_sentence_and_is_not_empty(language):
    for text, translated in translations(language).items():
        assert translated.strip(), text
        assert gaps(translated) == gaps(text), text
