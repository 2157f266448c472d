"""Which articles may answer a question that is being typed."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST_WORD = 4
MOST_WORDS = 12
TITLE_COUNTS = 3


def words(question: str) -> tuple[str, ...]:
    """The telling words of a question, each once and in lower case; short ones say nothing."""
    found = (word for word in re.findall(r"\w+", question.casefold()) if len(word) >= SHORTEST_WORD)
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def ranked(question: str, articles: Iterable[tuple[str, str, str]], most: int) -> list[str]:
    """Names of the best articles first; each is (name, title, plain content). A word in the title counts threefold."""
    wanted = words(question)
    scores = {name: _score(wanted, title.casefold(), content.casefold()) for name, title, content in articles}
    best = sorted((name for name in scores if scores[name]), key=lambda name: (-scores[name], name))
    return best[:most]


def _score(wanted: Iterable[str], title: str, content: str) -> int:
    return sum(TITLE_COUNTS * (word in title) + (word in content) for word in wanted)
