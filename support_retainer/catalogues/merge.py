"""Three-way comparison of one record: what the file says, what was last loaded, and what is stored now.

Values are first brought into one plain form (text, or lists of rows for tables), so that "150.00" from a file,
150.0 from the database and "150" from an earlier load are the same amount.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from support_retainer.catalogues.checks import NUMERIC, TIME_OF_DAY
from support_retainer.catalogues.schema import Field, Shape, Table

Plain = Any
Record = Mapping[str, Any]


class Fate(str, Enum):
    """What a load does with one field."""

    SAME = "same"
    UPDATE = "update"
    KEEP = "keep"


def plain(record: Record, shape: Shape) -> dict[str, Plain]:
    """The fields of `shape` in plain form; works for a file's entry and for a stored document alike."""
    return {key: _plain_key(record.get(key), spec) for key, spec in shape.items()}


def fates(
    file: Mapping[str, Plain], last_loaded: Mapping[str, Plain] | None, stored: Mapping[str, Plain], shape: Shape
) -> Iterator[tuple[str, Fate]]:
    """What happens to each field. A record that was never loaded is the user's: nothing of it is updated."""
    blank = plain({key: getattr(spec, "default", None) for key, spec in shape.items()}, shape)
    for key, value in file.items():
        if stored[key] == value:
            yield key, Fate.SAME
        # A field that is newer than the last load starts from its default, not from the user's hand.
        elif last_loaded is not None and stored[key] == last_loaded.get(key, blank[key]):
            yield key, Fate.UPDATE
        else:
            yield key, Fate.KEEP


def shown(value: Plain, other: Plain) -> str:
    """A value for a person: of a table only the rows that `other` has not."""
    if not isinstance(value, list):
        return value or "(empty)"
    rows = [_row_text(row) for row in value if row not in other]
    return "; ".join(rows) or "(no other rows)"


def _row_text(row: Record) -> str:
    return ", ".join(f"{key} {value}" for key, value in row.items() if value not in ("", "0"))


def _plain_key(value: Any, spec: Field | Table) -> Plain:
    if isinstance(spec, Table):
        return [plain(_mapping(row), spec.row) for row in value or ()]
    if spec.check in NUMERIC:
        return _amount(value)
    return _time_of_day(value) if spec.check is TIME_OF_DAY else str(value or "").strip()


def _mapping(row: Any) -> Record:
    """A child document gives its fields with `as_dict`; a row of a file is a mapping already."""
    return row if isinstance(row, Mapping) else row.as_dict()


def _amount(value: Any) -> str:
    number = Decimal(str(int(value) if isinstance(value, bool) else value or 0)).normalize()
    return format(number + 0, "f")


def _time_of_day(value: Any) -> str:
    """Text, time or timedelta as HH:MM; stored seconds are kept only where there are any."""
    if value in (None, ""):
        return ""
    hours, minutes, seconds = ([float(part) for part in str(value).split(":")] + [0])[:3]
    text = f"{int(hours):02}:{int(minutes):02}"
    return text if not seconds else f"{text}:{int(seconds):02}"
