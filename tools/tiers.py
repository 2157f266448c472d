"""The tiers on a real site: ERPNext restored from the cached dump, this checkout installed, pytest inside."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools import redis
from tools.bench import Bench
from tools.checks import chosen
from tools.console import say, timed
from tools.outcome import Outcome, count
from tools.shadow import APP, CHECKOUT, Shadow, Site, shadow_bench
from tools.template import ensure_template, restore
from tools.venvs import bench_python

SITE_TIERS = ("site", "browser", "faults")
# No locks in it: LOCK TABLES would end the transaction that puts rows back.
ROWS_ONLY = ("--no-create-info", "--skip-triggers", "--hex-blob", "--skip-add-locks", "--skip-disable-keys")


@contextmanager
def installed_site(bench: Bench, label: str = "test") -> Iterator[tuple[Shadow, Site]]:
    """A throw-away bench and site with ERPNext, its set-up done, and this checkout's app."""
    python = bench_python(bench)
    with shadow_bench(bench, python) as shadow:
        yield shadow, app_site(shadow, label)


def app_site(shadow: Shadow, label: str) -> Site:
    template = ensure_template(shadow)
    with timed("restoring the ERPNext site"):
        site = restore(shadow, template.complete, template.key, label)
    install_app(shadow, site)
    return site


def install_app(shadow: Shadow, site: Site) -> None:
    with timed(f"installing {APP} from this checkout"):
        shadow.run([*shadow.frappe(site.name), "install-app", APP])


def run_site_tiers(bench: Bench, tiers: Sequence[str], arguments: Sequence[str]) -> dict[str, Outcome]:
    wanted = [tier for tier in tiers if has_tests(tier)]
    outcomes = {tier: Outcome() for tier in tiers}
    if not wanted:
        return outcomes
    with installed_site(bench) as (shadow, site):
        if "browser" in wanted:
            build_assets(shadow)
        save_baseline(shadow, site)
        for tier in wanted:
            outcomes[tier] = run_tier(shadow, site, tier, arguments)
    return outcomes


def has_tests(tier: str) -> bool:
    found = bool(list((CHECKOUT / "tests" / tier).rglob("test_*.py")))
    if not found:
        say(f"   tests/{tier} holds no test yet")
    return found


def save_baseline(shadow: Shadow, site: Site) -> None:
    """The rows a test that commits is rolled back to (tests/support/baseline.py reads it)."""
    target = shadow.path / "baseline.sql"
    with target.open("wb") as dump:
        shadow.server.dump(site.database, dump, *ROWS_ONLY)
    shadow.bench.owner.own(target)


def run_tier(shadow: Shadow, site: Site, tier: str, arguments: Sequence[str]) -> Outcome:
    junit = shadow.path / "results" / f"{tier}.xml"
    with timed(f"tests/{tier}"):
        done = shadow.run(
            [
                *(shadow.python, "-m", "pytest", "-q", f"--junit-xml={junit}"),
                *("-W", "ignore::DeprecationWarning"),
                *(f"--rootdir={shadow.app}", "-c", shadow.app / "pyproject.toml", "-p", "no:cacheprovider"),
                *absolute(shadow.app, chosen(tier, arguments)),
            ],
            check=False,
            capture=False,
            **test_environment(shadow, site),
        )
    keep_screenshots(shadow)
    return count(junit, done.returncode)


def test_environment(shadow: Shadow, site: Site) -> dict[str, str | Path]:
    return {
        "RETAINER_SITE": site.name,
        "RETAINER_BASELINE": shadow.path / "baseline.sql",
        "RETAINER_SCREENSHOTS": shadow.path / "screenshots",
        "RETAINER_PORT": str(redis.free_port()),
    }


def absolute(app: Path, words: Sequence[str]) -> list[str]:
    """pytest runs in the sites folder, as Frappe wants it, so paths of tests are made absolute."""
    return [str(app / word) if word.startswith("tests/") else word for word in words]


def build_assets(shadow: Shadow) -> None:
    """Bundle our scripts and styles into the shadow's own assets, if the app has any bundle."""
    public = shadow.app / APP / "public"
    if not any(public.rglob("*.bundle.*")):
        return
    with timed("building the app's assets"):
        shadow.bench.owner.run(
            ["node", "esbuild", "--production", "--apps", APP],
            cwd=shadow.bench.path / "apps" / "frappe",
            env=shadow.environment(),
            capture=True,
        )


def keep_screenshots(shadow: Shadow) -> None:
    made = shadow.path / "screenshots"
    if not os.listdir(made):
        return
    target = CHECKOUT / ".screenshots"
    shutil.copytree(made, target, dirs_exist_ok=True)
    say(f"   screenshots are in {target}")
