"""The offers that come with the app, one JSON file each. Reading needs no bench; `loader` stores them.

A file is taken whole or not at all: `read` names every problem with its path before anything is stored.
"""

import json
from pathlib import Path
from typing import Any

from support_retainer.catalogues import links, schema

FOLDER = Path(__file__).parent


class CatalogueError(ValueError):
    """A catalogue that can't be used; `problems` holds one `schema.Problem` for each thing to correct."""

    def __init__(self, source: str, problems: list[schema.Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join([f"Catalogue {source} was refused; nothing of it is used.", *map(str, problems)]))


def available(folder: Path = FOLDER) -> list[str]:
    """Names of the catalogues in the folder, in order: 000, 001, ..."""
    return sorted(path.stem for path in folder.glob("*.json"))


def read(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """A checked catalogue with every optional key filled in. Raises CatalogueError, naming all problems.

    Money is text with two decimals, SLA times are seconds, hours are numbers, times of day are "HH:MM".
    """
    known = available(folder)
    if name not in known:
        message = f"there is no such catalogue; choose one of {', '.join(known) or '(none)'}"
        raise CatalogueError(name, [schema.Problem("catalogue", message)])
    return check(_parsed(name, (folder / f"{name}.json").read_bytes()), name)


def check(catalogue: Any, source: str) -> dict[str, Any]:
    """The same for a catalogue that is already parsed; `source` is what the error calls it."""
    found = list(schema.problems(catalogue))
    if found:
        raise CatalogueError(source, found)
    whole = schema.completed(catalogue)
    found = list(links.problems(whole))
    if found:
        raise CatalogueError(source, found)
    return whole


def _parsed(name: str, content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise CatalogueError(name, [schema.Problem("file", f"is not UTF-8 text: {error}")]) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CatalogueError(name, [schema.Problem(where, f"is not JSON: {error.msg}")]) from error
    except ValueError as error:
        raise CatalogueError(name, [schema.Problem("file", str(error))]) from error
    except RecursionError as error:
        raise CatalogueError(name, [schema.Problem("file", "is nested too deeply")]) from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a later key silently replace an earlier one; a price list must not."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f'the key "{key}" stands twice in one object')
        found[key] = value
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a number")
