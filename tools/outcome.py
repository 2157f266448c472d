"""What the tiers came to: counts from junit files, the closing line, .last-test.json."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tools.shadow import CHECKOUT

LAST = CHECKOUT / ".last-test.json"


@dataclass(frozen=True)
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def cases_of(junit: Path) -> dict[str, str]:
    """Test name -> passed, failed or skipped; nothing for a runner that died before it wrote its result."""
    if not junit.is_file() or not junit.stat().st_size:
        return {}
    # Written by the test runner a moment ago, so the standard parser is safe here.
    root = ElementTree.parse(junit).getroot()  # noqa: S314
    found: dict[str, str] = {}
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        found[name] = worst(found.get(name), state_of(case))
    return found


def worst(before: str | None, now: str) -> str:
    """A test whose body passed and whose teardown failed is listed twice; it failed."""
    return "failed" if "failed" in (before, now) else now


def state_of(case: "ElementTree.Element") -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def count(junit: Path, returncode: int) -> Outcome:
    """Counts of one pytest run. A runner that broke, or found no test, is one failure."""
    states = list(cases_of(junit).values())
    counts = Outcome(*(states.count(state) for state in ("passed", "failed", "skipped")))
    if returncode and not counts.failed:
        return counts + Outcome(failed=1)
    return counts


def write_last(tiers: Mapping[str, Outcome]) -> None:
    """A run of one tier joins the others' results only while they are of the very same, committed state."""
    state = {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    before = read_last()
    same = not state["dirty"] and {key: before.get(key) for key in state} == state
    kept = before["tiers"] if same else {}
    entries = {**kept, **{name: asdict(outcome) for name, outcome in tiers.items()}}
    LAST.write_text(json.dumps({**state, "tiers": entries}, indent=1) + "\n")


def read_last() -> dict[str, Any]:
    try:
        return json.loads(LAST.read_text())
    except (OSError, ValueError):
        return {}


def git(*arguments: str) -> str:
    command = ["git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
