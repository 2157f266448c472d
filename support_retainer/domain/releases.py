"""Releases of apps as people list them and as project pages publish them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from support_retainer.domain.errors import DomainError

# A trial version ("16.0.0-beta.1") is nothing that a site ought to run.
RELEASE = re.compile(r"v?(\d+\.\d+(?:\.\d+)*)")
MOST = 500


class InvalidReleases(DomainError):
    """A line, or what a feed answered, that cannot be read; `.details` has what it was."""

    code = "invalid_releases"


def listed(text: str | None) -> tuple[dict[str, str], ...]:
    """ "erpnext 15.71.1" on each line; raises InvalidReleases with the line that is none."""
    return tuple({app: _version(version, line)} for line, app, version in _pairs(text))


def feeds(text: str | None) -> tuple[tuple[str, str], ...]:
    """ "erpnext https://..." on each line as (app, address); raises InvalidReleases."""
    found = []
    for line, app, address in _pairs(text):
        if not address.startswith(("https://", "http://")):
            raise InvalidReleases(line, line=line)
        found.append((app, address))
    return tuple(found)


def published(payload: object) -> tuple[str, ...]:
    """The releases in what a feed answers: a list of versions, or of objects with `tag_name`, `name` or `version`, as
    the releases or the tags of GitHub, GitLab and Gitea are. Drafts and trial versions are left out.

    Raises InvalidReleases where there is no release at all.
    """
    rows = payload.get("releases") if isinstance(payload, Mapping) else payload
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidReleases("no list of releases")
    found = tuple(version for row in rows[:MOST] if (version := _published(row)))
    if not found:
        raise InvalidReleases("no release in the list")
    return found


def _published(row: object) -> str:
    if isinstance(row, Mapping):
        if row.get("draft") or row.get("prerelease") or row.get("upcoming_release"):
            return ""
        row = next((row[name] for name in ("tag_name", "version", "name") if row.get(name)), "")
    found = RELEASE.fullmatch(str(row).strip())
    return found[1] if found else ""


def _pairs(text: str | None) -> Iterable[tuple[str, str, str]]:
    for line in filter(None, (line.strip() for line in (text or "").splitlines())):
        app, _blank, value = line.partition(" ")
        if not value.strip():
            raise InvalidReleases(line, line=line)
        yield line, app.lower(), value.strip()


def _version(text: str, line: str) -> str:
    found = RELEASE.fullmatch(text)
    if not found:
        raise InvalidReleases(line, line=line)
    return found[1]
