"""Version numbers of apps, and how far one is behind the newest of its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def parts(version: str) -> tuple[int, ...]:
    """ "15.72.4" as (15, 72, 4); what is no number ends it, so "15.0.0-dev" is (15, 0, 0)."""
    found: list[int] = []
    for word in version.strip().lstrip("v").split("."):
        digits = word[: next((n for n, char in enumerate(word) if not char.isdigit()), len(word))]
        if not digits:
            break
        found.append(int(digits))
    return tuple(found)


def newest_of(known: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The newest version of each app within each of its major versions, as {"erpnext 15": "15.71.1"}."""
    newest: dict[str, str] = {}
    for versions in known:
        for app, version in versions.items():
            line = _line(app, version)
            if parts(version) > parts(newest.get(line, "")):
                newest[line] = version
    return newest


def version_lag(mine: Mapping[str, str], newest: Mapping[str, str]) -> int | None:
    """How many minor releases the furthest-behind app lags within its major version; None if none is known."""
    lags = []
    for app, version in mine.items():
        own, best = parts(version), parts(newest.get(_line(app, version), ""))
        if len(own) > 1 and len(best) > 1:
            lags.append(max(best[1] - own[1], 0))
    return max(lags, default=None)


def newest_of_line(app: str, version: str, newest: Mapping[str, str]) -> str:
    """The newest version of the app within the major version of `version`; "" if none is known."""
    return newest.get(_line(app, version), "")


def _line(app: str, version: str) -> str:
    return f"{app} {next(iter(parts(version)), 0)}"
