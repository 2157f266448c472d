"""What the tools keep between runs: in the home of the bench's user, one builder at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.account import Account


def cache_folder(owner: Account) -> Path:
    return owner.home / ".cache" / "support_retainer"


@contextmanager
def locked(owner: Account) -> Iterator[Path]:
    """The folder, while no other run builds in it; a second run waits and then finds what the first has built."""
    folder = cache_folder(owner)
    owner.run(["mkdir", "-p", folder], cwd=Path("/"))
    with (folder / "lock").open("a") as lock:
        owner.own(folder / "lock")
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
