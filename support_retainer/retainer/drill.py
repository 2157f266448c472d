"""From a figure to the rows behind it: addresses in the desk, which a report's formatter makes links of."""

import json
from typing import Any
from urllib.parse import quote, urlencode

MOST_NAMES = 100  # an address can't be of any length


def to_report(name: str, **filters: Any) -> str:
    return _address(f"query-report/{quote(name)}", filters)


def to_list(doctype: str, **filters: Any) -> str:
    """Filters are values, or operator and value as a list view writes them: ["between", [first, last]]."""
    return _address(doctype.lower().replace(" ", "-"), filters)


def to_names(doctype: str, names: str | None) -> str | None:
    """The list of exactly these records, given with commas between; None where there are none or too many."""
    found = [name for name in (names or "").split(",") if name]
    return to_list(doctype, name=["in", found]) if 0 < len(found) <= MOST_NAMES else None


def _address(path: str, filters: dict[str, Any]) -> str:
    given = {name: _text(value) for name, value in filters.items() if value not in (None, "")}
    return f"/app/{path}?{urlencode(given)}" if given else f"/app/{path}"


def _text(value: Any) -> str:
    return json.dumps(value, default=str) if isinstance(value, list) else str(value)
