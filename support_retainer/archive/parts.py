"""One stream of bytes in several files, each no larger than asked: NAME.zip, or NAME.zip.001, NAME.zip.002, ...

The parts put end to end are the archive; 7-Zip opens the first one, `cat` joins them.
"""

import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

NUMBERED = re.compile(r"^(.+)\.(\d{3})$")


class PartsWriter(io.RawIOBase):
    """Writes to folder/stem.001 and so on; a part is complete when the next one begins."""

    def __init__(self, folder: Path, stem: str, part_size: int) -> None:
        self.folder, self.stem, self.part_size = folder, stem, part_size
        self.parts: list[Path] = []
        self._current: BinaryIO | None = None
        self._room = 0

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            if not self._room:
                self._next()
            piece = view[done : done + self._room]
            self._current.write(piece)  # type: ignore[union-attr]
            self._room -= len(piece)
            done += len(piece)
        return done

    def close(self) -> None:
        if not self.closed:
            self._finish()
        super().close()

    def _next(self) -> None:
        self._finish()
        path = self.folder / f"{self.stem}.{len(self.parts) + 1:03d}"
        self._current, self._room = path.open("wb"), self.part_size
        self.parts.append(path)

    def _finish(self) -> None:
        if self._current:
            self._current.flush()
            os.fsync(self._current.fileno())
            self._current.close()
            self._current = None


class PartsReader(io.RawIOBase):
    """The parts as one file that can be read from anywhere."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.files = [path.open("rb") for path in paths]
        self.sizes = [path.stat().st_size for path in paths]
        self.size = sum(self.sizes)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        begins = 0
        for file, size in zip(self.files, self.sizes, strict=True):
            if self._at < begins + size:
                file.seek(self._at - begins)
                data = file.read(min(len(buffer), begins + size - self._at))
                buffer[: len(data)] = data
                self._at += len(data)
                return len(data)
            begins += size
        return 0

    def close(self) -> None:
        for file in self.files:
            file.close()
        super().close()


def all_parts(path: Path) -> list[Path]:
    """The files an archive consists of, given any one of them; raises FileNotFoundError if one in between is gone."""
    numbered = NUMBERED.match(path.name)
    if not numbered:
        return [path]
    found = sorted(path.parent.glob(f"{glob_escaped(numbered[1])}.[0-9][0-9][0-9]"))
    for number, part in enumerate(found, start=1):
        if part.name != f"{numbered[1]}.{number:03d}":
            raise FileNotFoundError(f"{numbered[1]}.{number:03d} is missing beside {part.name}")
    return found


def glob_escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)
