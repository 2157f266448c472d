"""manifest.json: what an archive must hold, so that anybody can prove later that it does."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, TypeVar

FORMAT, VERSION = "support-retainer-export", 1
NAME = "manifest.json"

KINDS: dict[str, Any] = {
    **{name: kind for kind in (str, int) for name in (kind.__name__, str(kind))},
    str(str | None): (str, type(None)),
}
Entry = TypeVar("Entry")


class BadManifest(ValueError):
    """The manifest is missing, of another format, or damaged."""


@dataclass(frozen=True)
class FileEntry:
    """One member; `original` is the name it had where a system could not have unpacked that."""

    path: str
    size: int
    sha256: str
    original: str | None = None


@dataclass(frozen=True)
class TableEntry:
    """A CSV file with its rows; `table` is the table of the dump that `dump` names, None for other records."""

    path: str
    rows: int
    columns: int
    table: str | None = None
    dump: str | None = None
    doctype: str | None = None


@dataclass(frozen=True)
class Skipped:
    path: str
    reason: str


@dataclass
class Manifest:
    created_at: str
    about: dict[str, Any]
    files: list[FileEntry] = field(default_factory=list)
    tables: list[TableEntry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def as_json(self) -> bytes:
        known = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(known, indent=1, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        try:
            known = json.loads(text)
            if (known["format"], known["version"]) != (FORMAT, VERSION):
                raise BadManifest(f"{NAME} is of the format {known['format']!r} {known['version']}; update this tool")
            return cls(
                known["created_at"],
                known["about"],
                [sound(FileEntry(**row)) for row in known["files"]],
                [sound(TableEntry(**row)) for row in known["tables"]],
                [sound(Skipped(**row)) for row in known["skipped"]],
            )
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            if isinstance(error, BadManifest):
                raise
            raise BadManifest(f"{NAME} can't be read: {error}") from error

    def contradictions(self) -> Iterator[str]:
        """What the manifest says twice, or of files that it does not list."""
        listed = Counter(row.path for row in self.files)
        for kind, counted in (("file", listed), ("table", Counter(row.path for row in self.tables))):
            yield from (f"{path}: listed twice as a {kind} in {NAME}" for path, times in counted.items() if times > 1)
        named = {row.path for row in self.tables} | {row.dump for row in self.tables if row.dump}
        lost = sorted(named - set(listed))
        yield from (f"{path}: named by a table of {NAME}, and not among its files" for path in lost)


def sound(entry: Entry) -> Entry:
    """The entry again. Raises TypeError where a value is of another kind than its field."""
    for known in fields(entry):  # type: ignore[arg-type]
        value = getattr(entry, known.name)
        if not isinstance(value, KINDS[str(known.type)]) or isinstance(value, bool):
            raise TypeError(f"{known.name} of {getattr(entry, 'path', '')!r} is {value!r}")
    return entry
