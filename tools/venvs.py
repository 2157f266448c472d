"""The two Python environments of the tools, each made once per list of requirements."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bench import Bench
from tools.cache import locked
from tools.console import Stop, timed
from tools.shadow import CHECKOUT

CHECKS = (
    "ruff>=0.6,<0.16",
    "mypy>=1.11,<2",
    "types-python-dateutil",
    "pytest>=8,<9",
    "hypothesis>=6.100,<7",
    "import-linter>=2.1,<3",
    "python-dateutil>=2.8",
    "businesstimedelta>=1.0",
)
IN_BENCH = (
    "pytest>=8,<9",
    "hypothesis>=6.100,<7",
    "freezegun>=1.5,<2",
    # The mail servers of the tests, on the loopback; this IMAP server needs Python 3.11.
    "aiosmtpd>=1.4.6,<2",
    "pymap>=0.36.7,<0.37; python_version >= '3.11'",
    "playwright>=1.48,<2",
    "businesstimedelta>=1.0",
    # What Frappe's own test runner and ERPNext's tests import.
    "unittest-xml-reporting>=3.2",
    "Faker>=18",
    "responses>=0.23",
)
STAMP = "requirements.sha256"


def digest(requirements: Sequence[str], interpreter: str) -> str:
    return hashlib.sha256("\n".join([interpreter, *requirements]).encode()).hexdigest()


def is_current(folder: Path, wanted: str) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == wanted and (folder / "bin" / "python").exists()


def checks_python() -> Path:
    """Python with linters, type checker and test runner; lives in the checkout, needs no bench."""
    folder = CHECKOUT / ".venv-test"
    wanted = digest(CHECKS, sys.version)
    if not is_current(folder, wanted):
        with timed("making .venv-test"):
            make([sys.executable, "-m", "venv", "--clear", str(folder)])
            make([str(folder / "bin" / "pip"), "install", "--quiet", *CHECKS])
            (folder / STAMP).write_text(wanted)
    return folder / "bin" / "python"


def make(command: list[str]) -> None:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(
            f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}\n"
            "This needs python3-venv and a route to PyPI (or PIP_INDEX_URL)."
        )


def bench_python(bench: Bench) -> Path:
    """Python that sees all of the bench's packages and the test tools on top, without adding any to the bench."""
    wanted = digest(IN_BENCH, str(bench.python))
    with locked(bench.owner) as cache:
        # A folder of its own for each list, so that a run in progress keeps the one it started with.
        folder = cache / f"python-{wanted[:12]}"
        if not is_current(folder, wanted):
            with timed("making the test environment on top of the bench's"):
                overlay(bench, folder)
                (folder / STAMP).write_text(wanted)
                bench.owner.own(folder / STAMP)
    return folder / "bin" / "python"


def overlay(bench: Bench, folder: Path) -> None:
    owner, root = bench.owner, Path("/")
    shutil.rmtree(folder, ignore_errors=True)
    ask = "import sys, sysconfig; print(sys._base_executable); print(sysconfig.get_path('purelib'))"
    answer = owner.run([bench.python, "-c", ask], cwd=root, capture=True).stdout.splitlines()
    base, packages = answer[-2], answer[-1]
    owner.run([base, "-m", "venv", folder], cwd=root, capture=True)
    inside = owner.run(
        [folder / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        cwd=root,
        capture=True,
    ).stdout.strip()
    # addsitedir and not a bare path: the bench's own .pth files lead to frappe and erpnext.
    link = Path(inside) / "bench.pth"
    link.write_text(f"import site; site.addsitedir({packages!r})\n")
    owner.own(link)
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    owner.run([*pip, *IN_BENCH], cwd=root, capture=True)
