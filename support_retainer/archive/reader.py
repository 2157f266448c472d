"""Reading an archive back: its parts as one file, its members hashed while they are read."""

import gzip
import hashlib
import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from support_retainer.archive import secrecy
from support_retainer.archive.manifest import NAME, BadManifest, Manifest
from support_retainer.archive.parts import NUMBERED, PartsReader, all_parts

BLOCK = 1 << 20


class HashingReader(io.RawIOBase):
    """Passes a stream on, and knows afterwards how long it was and its SHA-256."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest, self.size = source, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        block = self.source.read(len(buffer))
        buffer[: len(block)] = block
        self.digest.update(block)
        self.size += len(block)
        return len(block)

    def drain(self) -> None:
        while self.read(BLOCK):
            pass


@contextmanager
def opened(path: Path, passphrase: str = "") -> Iterator[zipfile.ZipFile]:
    """The archive that `path` is, or is one part of. Raises BadZipFile, WrongPassphrase or FileNotFoundError."""
    parts = all_parts(path)
    with PartsReader(parts) as joined:
        if secrecy.ENDING not in parts[0].suffixes[-2:]:
            with zip_of(io.BufferedReader(joined, BLOCK), parts[-1]) as archive:
                yield archive
            return
        with tempfile.TemporaryDirectory(prefix="export-", dir=path.parent) as folder:
            plain = Path(folder) / "archive.zip"
            secrecy.decrypt(passphrase, io.BufferedReader(joined, BLOCK), plain)
            with zipfile.ZipFile(plain) as archive:
                yield archive


def zip_of(file: IO[bytes], last: Path) -> zipfile.ZipFile:
    """A zip archive has its directory at the end, so without its last part it looks like none at all."""
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        if NUMBERED.match(last.name):
            raise zipfile.BadZipFile(f"{error}; is there a part after {last.name}?") from error
        raise


def manifest_of(archive: zipfile.ZipFile) -> Manifest:
    return manifest_and_digest(archive)[0]


def manifest_and_digest(archive: zipfile.ZipFile) -> tuple[Manifest, str]:
    """Raises BadManifest."""
    try:
        text = archive.read(NAME)
    except KeyError as error:
        raise BadManifest(f"{NAME} is missing: the archive is not complete") from error
    except (zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadManifest(f"{NAME} is damaged: {error}") from error
    return Manifest.from_json(text), hashlib.sha256(text).hexdigest()


def unpacked(stream: BinaryIO) -> BinaryIO:
    """The text of a .gz member, in blocks large enough to be fast."""
    return io.BufferedReader(gzip.GzipFile(fileobj=stream), BLOCK)  # type: ignore[arg-type, return-value]
