"""./benchmark: run the scripts that show what is claimed, each on the throw-away sites it asks for."""

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bench import find_bench, why_no_bench
from tools.console import Stop, fail, say, shout
from tools.shadow import CHECKOUT
from tools.template import ensure_template, restore
from tools.tiers import app_site, installed_site
from tools.venvs import checks_python

FOLDER = CHECKOUT / "benchmarks"
USAGE = """usage: ./benchmark [NAME] [arguments]

Runs benchmarks/NAME.py, or all of them. A script says at its top what it needs: NEEDS_SITE = True for a site with
this app, NEEDS_STOCK_SITE = True for a second one with ERPNext alone, NEEDS_TWIN_SITE = True for a second one with
this app. It prints both sides, spread and ratio, and ends with 0 only if its bars hold. The names:"""


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.py") if declares(path, "NEEDS_SITE") is not None)


def declares(path: Path, flag: str) -> bool | None:
    """The value a script gives the flag at its top, read without importing it; None where it gives none."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == [flag]:
            return bool(ast.literal_eval(node.value))
    return None


def run(name: str, arguments: Sequence[str]) -> int:
    say(f"== benchmark {name}")
    if declares(FOLDER / f"{name}.py", "NEEDS_SITE"):
        return run_on_site(name, arguments)
    command = [str(checks_python()), "-m", f"benchmarks.{name}", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


def run_on_site(name: str, arguments: Sequence[str]) -> int:
    bench = find_bench()
    if not bench:
        shout(f"benchmark {name} can't run here: {why_no_bench()}")
        return 1
    with installed_site(bench, "bench") as (shadow, site):
        env: dict[str, str | Path] = {"RETAINER_SITE": site.name}
        if declares(FOLDER / f"{name}.py", "NEEDS_STOCK_SITE"):
            template = ensure_template(shadow)
            env["RETAINER_STOCK_SITE"] = restore(shadow, template.complete, template.key, "stock").name
        if declares(FOLDER / f"{name}.py", "NEEDS_TWIN_SITE"):
            env["RETAINER_TWIN_SITE"] = app_site(shadow, "twin").name
        done = shadow.run(
            [shadow.python, "-m", f"benchmarks.{name}", site.name, *arguments], check=False, capture=False, **env
        )
    return done.returncode


def main(words: Sequence[str]) -> int:
    os.chdir(CHECKOUT)
    if words and words[0] in ("-h", "--help"):
        say("\n".join([USAGE, *(f"  {name}" for name in names())]))
        return 0
    if words and words[0] not in names():
        return fail(f"no benchmark is called {words[0]}; there are: {', '.join(names())}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = [words[0]] if words else names()
    try:
        results = {name: run(name, words[1:]) for name in chosen}
    except Stop as problem:
        return fail(str(problem))
    say()
    for name, returncode in results.items():
        say(f"{'PASS' if returncode == 0 else 'FAIL'} {name}")
    return 0 if results and not any(results.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
