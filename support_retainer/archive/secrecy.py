"""A passphrase on an archive, by GnuPG: it streams, every system has a program that opens the result.

age would be simpler to explain, but its library for Python (pyrage) encrypts with a passphrase only what fits into
memory, and an export does not.
"""

import io
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

ENDING = ".gpg"
DAMAGED = "the encrypted archive is damaged, cut short, or a part of it is missing"
WRONG = "the archive does not open with this passphrase, or its first bytes are damaged"
SYMMETRIC = ("--symmetric", "--cipher-algo", "AES256", "--s2k-count", "65011712", "--compress-algo", "none")


class NoGnuPG(RuntimeError):
    """The program gpg is not installed on this machine."""


class WrongPassphrase(ValueError):
    """The archive does not open with this passphrase."""


class Damaged(ValueError):
    """The encrypted archive was cut short or changed."""


@contextmanager
def encrypting(passphrase: str, sink: io.RawIOBase) -> Iterator[BinaryIO]:
    """A stream; what is written to it arrives encrypted at `sink`. A thread carries it, so that nothing piles up."""
    failures: list[BaseException] = []
    with gpg(passphrase, [*SYMMETRIC]) as process:
        carrier = threading.Thread(target=carry, args=(process, sink, failures), daemon=True)
        carrier.start()
        try:
            yield process.stdin  # type: ignore[misc]
            process.stdin.close()  # type: ignore[union-attr]
        except BrokenPipeError:
            process.stdin = None
        carrier.join()
        if failures:
            raise failures[0]
        if process.wait():
            raise OSError(f"gpg ended with {process.returncode}")


def carry(process: "subprocess.Popen[bytes]", sink: io.RawIOBase, failures: list[BaseException]) -> None:
    try:
        while block := process.stdout.read(1 << 20):  # type: ignore[union-attr]
            sink.write(block)
    except OSError as error:
        failures.append(error)
        process.kill()


def decrypt(passphrase: str, source: BinaryIO, target: Path) -> None:
    """Write the opened archive to `target`; raises WrongPassphrase, or Damaged where the passphrase is right."""
    with gpg(passphrase, ["--decrypt", "--status-fd", "1", "--output", str(target)]) as process:
        try:
            shutil.copyfileobj(source, process.stdin, 1 << 20)  # type: ignore[arg-type]
            process.stdin.close()  # type: ignore[union-attr]
        except BrokenPipeError:
            process.stdin = None
        said = process.stdout.read()  # type: ignore[union-attr]
        if process.wait():
            target.unlink(missing_ok=True)
            raise Damaged(DAMAGED) if is_damage(said) else WrongPassphrase(WRONG)


def is_damage(said: bytes) -> bool:
    """By the words of gpg: it came as far as the content, or it never came as far as the passphrase."""
    return b" PLAINTEXT " in said or b" BADMDC" in said or b" NEED_PASSPHRASE" not in said


@contextmanager
def gpg(passphrase: str, arguments: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """gpg in a home of its own, so that it neither sees nor leaves keys; the passphrase goes through a pipe."""
    program = shutil.which("gpg")
    if not program:
        raise NoGnuPG("gpg is not installed; install GnuPG or leave the passphrase empty")
    with tempfile.TemporaryDirectory(prefix="export-gpg-") as home:
        reading, writing = os.pipe()
        os.write(writing, passphrase.encode() + b"\n")
        os.close(writing)
        usual = ["--batch", "--yes", "--quiet", "--homedir", home, "--no-symkey-cache", "--pinentry-mode", "loopback"]
        process = subprocess.Popen(
            [program, *usual, "--passphrase-fd", str(reading), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(reading,),
        )
        os.close(reading)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            stop_agent(home)


def stop_agent(home: str) -> None:
    """gpg starts a helper that would outlive the folder it lives in."""
    if program := shutil.which("gpgconf"):
        subprocess.run([program, "--homedir", home, "--kill", "gpg-agent"], check=False, capture_output=True)
