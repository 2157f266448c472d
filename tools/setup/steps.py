"""Steps that know whether they are done: progress with elapsed time, one log each, help when one fails."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.account import Account, end
from tools.console import Stop, say, tail


class Log:
    """The output of one step, kept in a file and shown only when the step fails."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_text("")

    def run(
        self,
        account: Account,
        command: Sequence[str | Path],
        *,
        cwd: Path = Path("/"),
        env: Mapping[str, str | Path] | None = None,
    ) -> None:
        """Run to the end as that user; raises Stop when it fails."""
        words = " ".join(str(word) for word in command)
        with self.path.open("a") as output:
            output.write(f"$ {words}\n")
            output.flush()
            try:
                process = account.start(command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT)
            except OSError as problem:
                raise Stop(f"could not start {words}: {problem}") from problem
            try:
                returncode = process.wait()
            except BaseException:
                end(process)
                raise
        if returncode:
            raise Stop(f"exit code {returncode} from: {words}")

    def tail(self) -> str:
        # Bytes, because reading as text would turn the carriage returns of progress bars into line ends.
        return tail(self.path.read_bytes().decode(errors="replace"))


@dataclass(frozen=True)
class Step:
    """`done` is asked before and after `work`; `advice` says what a person can do when `work` fails."""

    name: str
    done: Callable[[], bool]
    work: Callable[[Log], None]
    advice: str


def run_steps(steps: Sequence[Step], folder: Path) -> None:
    """Do what is not done yet, in order; the first failure stops with its log and its advice."""
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for number, step in enumerate(steps, start=1):
        label = f"[{number:>2}/{len(steps)}] {step.name}"
        if step.done():
            say(f"{label}: already done")
            continue
        say(f"{label} ...")
        log = Log(folder / f"{number:02}-{step.name.replace(' ', '-')}.log")
        started = time.monotonic()
        carry_out(step, log)
        now = time.monotonic()
        say(f"{label}: done in {now - started:.1f} s ({now - begun:.0f} s in all)")


def carry_out(step: Step, log: Log) -> None:
    try:
        step.work(log)
        if not step.done():
            raise Stop("it ended without an error, yet what it should have made is not there")
    except Stop as problem:
        raise Stop(
            f"step '{step.name}' failed: {problem}\n"
            f"--- end of {log.path}\n{log.tail()}\n---\n"
            f"What to do: {step.advice}\nThen run ./run again; it continues with this step."
        ) from problem
