"""Packages of the npm registry for a test, fetched once a run into a folder of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def fetch(folder: Path, *packages: str) -> Path:
    """The node_modules with the packages; the test is skipped, with the reason, where there is no npm or registry."""
    if not shutil.which("npm"):
        pytest.skip("no npm on this machine: install Node.js")
    command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    home = {"HOME": str(folder), "npm_config_cache": str(folder / "cache")}
    done = subprocess.run(
        [*command, *packages], capture_output=True, text=True, timeout=240, env={**os.environ, **home}
    )
    if done.returncode:
        pytest.skip(f"npm cannot fetch {', '.join(packages)}: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"
