"""The site tiers side by side: each lane is a process with a throw-away bench and site of its own.

A core idles while MariaDB or a browser works, so five lanes on two cores take little more than half the time of one.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench import Bench, find_bench
from tools.console import say, timed
from tools.outcome import Outcome
from tools.shadow import CHECKOUT, shadow_bench
from tools.template import ensure_template
from tools.tiers import run_site_tiers
from tools.venvs import bench_python


@dataclass(frozen=True)
class Share:
    """Tiers of one lane; of a tier that several lanes share, its files number `part`, `part + of`, ... by size."""

    tiers: tuple[str, ...]
    part: int = 0
    of: int = 1

    def arguments(self) -> list[str]:
        if self.of == 1:
            return []
        [tier] = self.tiers
        files = sorted((CHECKOUT / "tests" / tier).glob("test_*.py"), key=lambda path: (path.stat().st_size, path.name))
        return [f"tests/{tier}/{path.name}" for path in files[self.part :: self.of]]


LANES = (
    *(Share(("site",), part, 2) for part in range(2)),
    *(Share(("faults",), part, 2) for part in range(2)),
    Share(("browser",)),
)


def run_in_lanes(bench: Bench) -> dict[str, Outcome]:
    """Every tier of LANES; what a lane printed follows once it is done, so that the two don't mix."""
    prepare(bench)
    with TemporaryDirectory(prefix="support-retainer-lanes-") as folder, ExitStack() as stack:
        runs = [stack.enter_context(Lane(Path(folder), number)) for number in range(len(LANES))]
        total: dict[str, Outcome] = {}
        for run in runs:
            for tier, outcome in run.finish().items():
                total[tier] = total.get(tier, Outcome()) + outcome
        return total


def prepare(bench: Bench) -> None:
    """What both lanes need and only one may build: the Python environment and the dump of the ERPNext site."""
    with shadow_bench(bench, bench_python(bench)) as shadow:
        ensure_template(shadow)


class Lane:
    """One process for some tiers; it cleans up after itself when it is terminated."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number, self.tiers = number, LANES[number].tiers
        self.outcomes = folder / f"{number}.json"
        self.said = folder / f"{number}.log"

    def __enter__(self) -> "Lane":
        self.output = self.said.open("wb")
        command = [sys.executable, "-m", "tools.lanes", str(self.outcomes), str(self.number)]
        self.process = subprocess.Popen(command, cwd=CHECKOUT, stdout=self.output, stderr=subprocess.STDOUT)
        return self

    def finish(self) -> dict[str, Outcome]:
        with timed(f"tests/{', tests/'.join(self.tiers)}"):
            self.process.wait()
        say(self.said.read_text(errors="replace"))
        if not self.outcomes.is_file():
            return {tier: Outcome(failed=1) for tier in self.tiers}
        return {tier: Outcome(**counts) for tier, counts in json.loads(self.outcomes.read_text()).items()}

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.output.close()


def main(words: Sequence[str]) -> int:
    bench = find_bench()
    assert bench, "a lane is started where there is a bench"
    target, number = words
    share = LANES[int(number)]
    outcomes = run_site_tiers(bench, share.tiers, share.arguments())
    Path(target).write_text(json.dumps({tier: asdict(outcome) for tier, outcome in outcomes.items()}))
    return 0


if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
