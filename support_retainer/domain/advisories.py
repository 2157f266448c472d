"""Which versions an advisory is about."""

from __future__ import annotations

from collections.abc import Sequence

from support_retainer.domain.versions import parts

# Days in which a site has to be settled.
DUE_IN = {"Critical": 2, "High": 7, "Medium": 30, "Low": 90}
# Of the ticket, where one is made.
PRIORITY = {"Critical": "P1 Critical", "High": "P2 High", "Medium": "P3 Medium", "Low": "P4 Low"}


def is_affected(version: str, fixed_in: Sequence[str]) -> bool:
    """Whether a version is older than the fix of its own major version.

    A major version without a fix is affected where it is older than all that have one: it never got any.
    """
    own, fixes = parts(version), sorted(filter(None, map(parts, fixed_in)))
    if not own or not fixes:
        return False
    of_line = [fix for fix in fixes if fix[0] == own[0]]
    return own < of_line[0] if of_line else own < fixes[0]
