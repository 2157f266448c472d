"""A backup of Frappe as a stream of SQL: packed, encrypted or plain, with the reason where it can't be read."""

import gzip
import os
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from frappe import _

from support_retainer.exceptions import UnreadableBackup

CHUNK = 1024 * 1024
GZIP = b"\x1f\x8b"
# How an OpenPGP message begins that is encrypted with a passphrase, in the old and the new way to write packets.
OPENPGP = (b"\x8c", b"\xc3")
END = b"-- Dump completed"


def is_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(1) in OPENPGP


def read(path: Path, key: str = "") -> Iterator[bytes]:
    """The SQL in pieces; raises UnreadableBackup with what is wrong, at the latest at the end of the file."""
    tail = b""
    with opened(path, key) as file:
        while piece := next_piece(file):
            tail = (tail + piece)[-400:]
            yield piece
    if END not in tail:
        raise UnreadableBackup(_("The dump is cut off: its last line is missing. Take a new backup, and see the disk."))


def next_piece(file: IO[bytes]) -> bytes:
    try:
        return file.read(CHUNK)
    except EOFError:
        raise UnreadableBackup(
            _("The file is cut off. Take a new backup, and see the disk and the transfer.")
        ) from None
    except (zlib.error, gzip.BadGzipFile):
        raise UnreadableBackup(_("The file is corrupted: it cannot be unpacked. Take a new backup.")) from None


@contextmanager
def opened(path: Path, key: str) -> Iterator[IO[bytes]]:
    if not path.is_file() or not path.stat().st_size:
        raise UnreadableBackup(_("There is no such file, or it is empty."))
    if is_encrypted(path):
        with decrypted(path, key) as stream:
            yield unpacked(stream)
        return
    with path.open("rb") as file:
        yield unpacked(file)


def unpacked(file: IO[bytes]) -> IO[bytes]:
    import io

    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file)  # type: ignore[type-var]
    start = buffered.peek(2)[:2]
    if start == GZIP:
        return gzip.GzipFile(fileobj=buffered)  # type: ignore[return-value]
    if start and not start.startswith((b"--", b"/*", b"/M")):
        raise UnreadableBackup(_("The file is no database backup of Frappe: it is neither packed nor SQL."))
    return buffered


@contextmanager
def decrypted(path: Path, key: str) -> Iterator[IO[bytes]]:
    """What gpg gives out. The key goes through a pipe, because arguments are seen by everybody on the machine."""
    if not key:
        raise UnreadableBackup(
            _("The backup is encrypted and no key is known. Give the backup_encryption_key of its site.")
        )
    readable, writable = os.pipe()
    os.write(writable, key.encode() + b"\n")
    os.close(writable)
    command = [
        "gpg",
        "--batch",
        "--quiet",
        "--no-symkey-cache",
        "--pinentry-mode",
        "loopback",
        "--passphrase-fd",
        str(readable),
    ]
    process = subprocess.Popen(
        [*command, "-d", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[readable]
    )
    os.close(readable)
    try:
        yield process.stdout
    except UnreadableBackup:
        process.kill()
        process.wait()
        raise why_not(process) or UnreadableBackup(_("The file is corrupted: it cannot be unpacked.")) from None
    finally:
        process.stdout.close()
    if process.wait():
        raise why_not(process)


def why_not(process: "subprocess.Popen[bytes]") -> UnreadableBackup | None:
    said = process.stderr.read().decode(errors="replace")
    if "Bad session key" in said or "bad passphrase" in said.lower():
        return UnreadableBackup(
            _("The backup is encrypted with another key. Give the backup_encryption_key of its site.")
        )
    if said.strip():
        return UnreadableBackup(_("The encrypted file is cut off or corrupted. Take a new backup."))
    return None
