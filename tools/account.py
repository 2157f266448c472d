"""Run programs as the ordinary user who owns a bench, whoever started the tool."""

import contextlib
import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.console import Stop, tail

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Python and git settings of the caller would redirect the bench's own programs; CI makes Frappe's workers
# believe that they are under test; XDG_* point into the caller's home.
DROPPED = (
    "CI",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "FRAPPE_BENCH_ROOT",
    "FRAPPE_SITE",
    "SITES_PATH",
)
DROPPED_PREFIXES = ("XDG_", "PYENV_", "SUDO_", "COV_", "PYTEST_")


@dataclass(frozen=True)
class Account:
    """An ordinary user of this machine."""

    name: str
    uid: int
    gid: int
    home: Path

    @classmethod
    def named(cls, name: str) -> "Account":
        entry = pwd.getpwnam(name)
        return cls(name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))

    @classmethod
    def owning(cls, path: Path) -> "Account":
        return cls.named(pwd.getpwuid(path.stat().st_uid).pw_name)

    @classmethod
    def current(cls) -> "Account":
        return cls.named(pwd.getpwuid(os.geteuid()).pw_name)

    def identity(self) -> dict[str, Any]:
        """Keywords that make subprocess start a program as this user; none when the caller is this user already."""
        if os.geteuid() == self.uid:
            return {}
        if os.geteuid() != 0:
            raise Stop(f"the bench belongs to {self.name}: run this as {self.name} or as root")
        groups = os.getgrouplist(self.name, self.gid)
        return {"user": self.uid, "group": self.gid, "extra_groups": groups}

    def environment(self, extra: Mapping[str, str | Path] | None = None) -> dict[str, str]:
        """The caller's environment (proxy, TLS and package settings included) seen from this user's home."""
        kept = {key: value for key, value in os.environ.items() if not is_dropped(key)}
        home = str(self.home)
        kept.update(HOME=home, USER=self.name, LOGNAME=self.name, PATH=f"{home}/.local/bin:{SYSTEM_PATH}")
        kept.update({key: str(value) for key, value in (extra or {}).items()})
        return kept

    def run(
        self,
        arguments: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str | Path] | None = None,
        check: bool = True,
        capture: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; a failure with `check` raises Stop with the end of the output."""
        process = self.start(
            arguments,
            cwd=cwd,
            env=env,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
            text=True,
        )
        try:
            output, _ = process.communicate()
        except BaseException:
            end(process)
            raise
        if check and process.returncode:
            words = " ".join(str(word) for word in arguments)
            raise Stop(f"this failed with exit code {process.returncode}: {words}\n{tail(output or '')}")
        return subprocess.CompletedProcess(arguments, process.returncode, output)

    def start(
        self,
        arguments: Sequence[str | Path],
        *,
        cwd: Path,
        env: Mapping[str, str | Path] | None = None,
        **options: Any,
    ) -> "subprocess.Popen[Any]":
        """Start in a session of its own, so that end() reaches whatever it starts in turn."""
        return subprocess.Popen(
            [str(word) for word in arguments],
            cwd=cwd,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **self.identity(),
            **options,
        )

    def own(self, *paths: Path) -> None:
        """Hand files made by root to this user, folders with all they hold (links themselves, not their targets)."""
        if os.geteuid() != 0:
            return
        for path in paths:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)
            if path.is_dir() and not path.is_symlink():
                self.own(*path.iterdir())


def end(process: "subprocess.Popen[Any]") -> None:
    """Ask the process and all it started to end, then make them."""
    for kind, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=patience)


def is_dropped(key: str) -> bool:
    return key in DROPPED or key.startswith(DROPPED_PREFIXES)
