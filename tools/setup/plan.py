"""What one ./run is about, and the small file in which it remembers what it did."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.account import SYSTEM_PATH, Account
from tools.bench import Bench, is_bench
from tools.shadow import CHECKOUT

KEPT = ".support_retainer"


@dataclass(frozen=True)
class Plan:
    """The bench to use or to build, its user, and the site on it."""

    owner: Account
    path: Path
    site: str
    port: int

    @property
    def bench(self) -> Bench:
        return Bench(self.path, self.owner)

    @property
    def python(self) -> Path:
        return self.path / "env" / "bin" / "python"

    @property
    def kept(self) -> Path:
        """Passwords and progress, readable by the bench's user alone."""
        return self.owner.home / KEPT

    @property
    def memory_file(self) -> Path:
        return self.kept / f"{self.path.name}-{self.site}.json"

    def frappe(self, *, on_site: bool = True) -> list[str | Path]:
        site = ["--site", self.site] if on_site else []
        return [self.python, "-m", "frappe.utils.bench_helper", "frappe", *site]

    def environment(self) -> dict[str, str | Path]:
        """PATH with the bench command, and the uv beside it, first."""
        command = self.bench_command()
        first = f"{command.parent}:" if command else ""
        return {"PATH": f"{first}{self.owner.home}/.local/bin:{SYSTEM_PATH}"}

    def bench_command(self) -> Path | None:
        home = self.owner.home
        own = home / KEPT / "bench-cli" / "bin" / "bench"
        others = (home / ".local/bin/bench", home / "bench-env/bin/bench", Path("/usr/local/bin/bench"))
        return next((path for path in (own, *others) if path.exists()), None)

    def succeeds(self, command: Sequence[str | Path], cwd: Path | None = None) -> bool:
        """Whether it exists, may be started and ends well."""
        try:
            done = self.owner.run(command, cwd=cwd or Path("/"), env=self.environment(), check=False, capture=True)
        except OSError:
            return False
        return done.returncode == 0

    def answer(self, *arguments: str) -> str:
        """Output of a bench command on the site; empty when it fails."""
        if not is_bench(self.path) or not (self.path / "sites" / self.site / "site_config.json").exists():
            return ""
        done = self.owner.run(
            [*self.frappe(), *arguments],
            cwd=self.path / "sites",
            env=self.environment(),
            check=False,
            capture=True,
        )
        return done.stdout if done.returncode == 0 else ""

    def recall(self) -> dict[str, Any]:
        return json.loads(self.memory_file.read_text()) if self.memory_file.is_file() else {}

    def remember(self, **facts: Any) -> None:
        write_private(self.memory_file, {**self.recall(), **facts}, self.owner)


def write_private(path: Path, facts: dict[str, Any], owner: Account) -> None:
    """Write for the owner's eyes only; the mode is set before the first byte is written."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as target:
        json.dump(facts, target, indent=1)
    owner.own(path.parent)


def privileged(command: Sequence[str]) -> list[str]:
    """The command as root: as it is for root, else through sudo with the caller's environment."""
    return list(command) if os.geteuid() == 0 else ["sudo", "--preserve-env", *command]


def may_be_root() -> bool:
    return os.geteuid() == 0 or shutil.which("sudo") is not None


def checkout_commit() -> str:
    command = ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
