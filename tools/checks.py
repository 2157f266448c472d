"""The tiers that need no bench: linters, types, layers, and tests/unit."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.console import say, timed
from tools.outcome import Outcome, count
from tools.shadow import CHECKOUT

# Each is one check that passes or fails as a whole.
CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "."),
    "mypy --strict on domain": ("-m", "mypy"),
    "import-linter": ("-c", "from importlinter.cli import lint_imports_command as run; run()"),
}


def lint(python: Path) -> Outcome:
    outcome = Outcome()
    for name, arguments in CHECKS.items():
        done = subprocess.run([str(python), *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False)
        outcome += Outcome(failed=1) if done.returncode else Outcome(passed=1)
        say(f"   {name}: {'FAILED' if done.returncode else 'ok'}")
        if done.returncode:
            say(done.stdout + done.stderr)
    return outcome


def unit(python: Path, pytest_arguments: Sequence[str]) -> Outcome:
    junit = CHECKOUT / ".pytest_cache" / "unit.xml"
    junit.unlink(missing_ok=True)
    if not list((CHECKOUT / "tests" / "unit").rglob("test_*.py")):
        say("   tests/unit holds no test yet")
        return Outcome()
    with timed("tests/unit"):
        done = subprocess.run(
            [str(python), "-m", "pytest", "-q", f"--junit-xml={junit}", *chosen("unit", pytest_arguments)],
            cwd=CHECKOUT,
            check=False,
        )
    return count(junit, done.returncode)


def chosen(tier: str, pytest_arguments: Sequence[str]) -> list[str]:
    """Arguments for pytest; the whole tier unless a path inside it is named."""
    named = any(not word.startswith("-") and f"tests/{tier}" in word for word in pytest_arguments)
    return [*pytest_arguments] if named else [*pytest_arguments, f"tests/{tier}"]
