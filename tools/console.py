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


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    print(f"-- {what} ...", flush=True)
    yield
    print(f"-- {what}: {time.monotonic() - start:.1f} s", flush=True)


def fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr, flush=True)
    return 1
