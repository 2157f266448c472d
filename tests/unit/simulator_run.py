"""The simulator as its user starts it, for the tests of its words and of its page."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*arguments, stdin=None):
    """The simulator in a Python that sees nothing but this checkout and the installed packages."""
    return subprocess.run(
        [sys.executable, "-m", "support_retainer", *map(str, arguments)],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        text=stdin is None or isinstance(stdin, str),
        check=False,
    )
