"""manifest.json: what an archive must hold, so that anybody can prove later that it does."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT, VERSION = "support-retainer-export", 1
NAME = "manifest.json"


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
                [FileEntry(**row) for row in known["files"]],
                [TableEntry(**row) for row in known["tables"]],
                [Skipped(**row) for row in known["skipped"]],
            )
        except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise BadManifest(f"{NAME} can't be read: {error}") from error
