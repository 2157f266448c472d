"""Output of the command-line tools: plain lines that read the same in a terminal and in a CI log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):
    """The tool can't go on; the message says what is wrong and what to do next."""


def say(message: str = "") -> None:
    print(message, flush=True)


def shout(message: str) -> None:
    """Make a line nobody scrolls past: a skipped tier is not a passed one."""
    line = "!" * 78
    print(f"{line}\n!! {message}\n{line}", flush=True)


def tail(output: str, lines: int = 40) -> str:
    """The last lines as a terminal would show them: of a progress bar only its last state."""
    return "\n".join(line.rsplit("\r", 1)[-1] for line in output.replace("\r\n", "\n").rstrip().split("\n")[-lines:])


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    print(f"-- {what} ...", flush=True)
    yield
    print(f"-- {what}: {time.monotonic() - start:.1f} s", flush=True)


def fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr, flush=True)
    return 1
