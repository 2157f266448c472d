"""Each letter to clients in the five languages of the portal. Frappe finds a text by what is left without its tags."""

import ast
import csv
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "support_retainer"
LANGUAGES = ("ar", "de", "fr", "hi", "sv")
PLACEHOLDER = re.compile(r"{{ \w+ }}")


def letters() -> dict[str, tuple[str, str]]:
    """Subject and body by title."""
    calls = [node for node in ast.walk(ast.parse((APP / "letters.py").read_text())) if isinstance(node, ast.Call)]
    made = [
        call for call in calls if getattr(call.func, "id", "") == "Letter" and isinstance(call.args[0], ast.Constant)
    ]
    return {title: (subject, body) for title, subject, body, _ in (map(ast.literal_eval, call.args) for call in made)}


def translations(language: str) -> dict[str, str]:
    with (APP / "translations" / f"{language}.csv").open(encoding="utf-8", newline="") as rows:
        return {row[0]: row[1] for row in csv.reader(rows)}


def as_looked_up(text: str) -> str:
    return re.sub(r"<[^>]*>", "", text).strip()


def words(text: str) -> str:
    return re.sub(r"{[{%].*?[%}]}|\W", "", as_looked_up(text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", letters())
def test_a_letter_is_translated_with_all_its_values(title, language):
    known = translations(language)
    for text in filter(words, letters()[title]):
        if words(text) == "Re":
            continue  # the subject of an answer is what the client wrote
        assert sorted(PLACEHOLDER.findall(known[as_looked_up(text)])) == sorted(PLACEHOLDER.findall(text))
