"""Names of archive members: from whatever a client called a file to a name every system can unpack, and no way out."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# What Windows refuses in a name; a slash in a DocType's name would make a folder.
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]')
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
LONGEST = 200  # bytes of one part; 255 is the limit of most systems, and unpacking may add to the name


class UnsafeName(ValueError):
    """An archive names a member that would be written outside of the folder it is unpacked into."""


def refuse_unsafe(member: str) -> str:
    """The member's name again; raises UnsafeName for one that is absolute, climbs up or hides control characters."""
    parts = member.split("/")
    if not member or member.startswith("/") or "\\" in member or ":" in parts[0]:
        raise UnsafeName(f"{member!r} is no relative path")
    if any(part in ("", ".", "..") or re.search(r"[\x00-\x1f]", part) for part in parts):
        raise UnsafeName(f"{member!r} leaves the archive")
    return member


def safe_part(name: str) -> str:
    """One part of a path, made harmless; the same name always gives the same result."""
    clean = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    clean = FORBIDDEN.sub("_", unicodedata.normalize("NFC", clean)).rstrip(". ") or "_"
    if RESERVED.match(clean):
        clean = f"_{clean}"
    return clean if len(clean.encode()) <= LONGEST else shortened(clean, name)


def shortened(clean: str, name: str) -> str:
    """As much of the name as fits, a mark of the whole of it, and its ending."""
    ending = PurePosixPath(clean).suffix
    ending = ending if len(ending.encode()) <= 16 else ""
    mark = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    room = LONGEST - len(ending.encode()) - len(mark) - 1
    return f"{clean.encode()[:room].decode(errors='ignore')}-{mark}{ending}"


@dataclass
class Names:
    """Gives each path a member name that no other has, also where large and small letters count as one."""

    taken: set[str] = field(default_factory=set)

    def member(self, *parts: str) -> str:
        name = "/".join(safe_part(part) for part in parts)
        if name.casefold() in self.taken:
            *folders, last = parts
            name = "/".join([*map(safe_part, folders), shortened(safe_part(last), "/".join(parts))])
        self.taken.add(name.casefold())
        return refuse_unsafe(name)
