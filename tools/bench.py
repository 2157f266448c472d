"""An existing Frappe bench: where it is, whose it is, what it holds."""

import glob
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.account import Account

USUAL_PLACES = ("~/frappe-bench", "/home/*/frappe-bench", "/opt/frappe-bench", "/srv/frappe-bench")


@dataclass(frozen=True)
class Bench:
    path: Path
    owner: Account

    @property
    def python(self) -> Path:
        return self.path / "env" / "bin" / "python"

    @property
    def sites(self) -> Path:
        return self.path / "sites"

    def config(self) -> dict[str, Any]:
        return json.loads((self.sites / "common_site_config.json").read_text())

    def has_app(self, app: str) -> bool:
        return (self.path / "apps" / app / app / "__init__.py").is_file()

    def version(self, app: str) -> str:
        source = (self.path / "apps" / app / app / "__init__.py").read_text()
        found = re.search(r"""^__version__\s*=\s*["']([^"']+)""", source, re.MULTILINE)
        return found.group(1) if found else "unknown"


def is_bench(path: Path) -> bool:
    parts = ("sites/common_site_config.json", "apps/frappe/frappe/__init__.py", "env/bin/python")
    return all((path / part).exists() for part in parts)


def candidates() -> list[Path]:
    named = os.environ.get("FRAPPE_BENCH")
    if named:
        return [Path(named).expanduser().absolute()]
    found = [path for place in USUAL_PLACES for path in sorted(glob.glob(os.path.expanduser(place)))]
    return [Path(path) for path in found]


def find_bench() -> Bench | None:
    """The bench named by FRAPPE_BENCH, else the first one in the usual places."""
    for path in candidates():
        if is_bench(path):
            return Bench(path, Account.owning(path))
    return None


def why_no_bench() -> str:
    named = os.environ.get("FRAPPE_BENCH")
    where = f"in FRAPPE_BENCH={named}" if named else "in " + ", ".join(USUAL_PLACES)
    return f"no complete Frappe bench {where}; ./run builds one"
