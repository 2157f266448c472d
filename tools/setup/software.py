"""The bench and the three apps on it."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.bench import is_bench
from tools.console import Stop
from tools.setup.plan import KEPT, Plan, checkout_commit
from tools.setup.steps import Log, Step
from tools.shadow import APP, CHECKOUT

BRANCH = "version-15"
ERPNEXT = "https://github.com/frappe/erpnext"
NETWORK = "check the route to github.com and to PyPI (proxy settings are passed through)"
# Newest first is not best first: Frappe 15 supports these.
PYTHONS = ("python3.12", "python3.11", "python3.10", "python3")


def software_steps(plan: Plan) -> list[Step]:
    return [
        Step(
            "bench command",
            lambda: plan.bench_command() is not None,
            lambda log: install_command(plan, log),
            NETWORK,
        ),
        Step("bench with Frappe", lambda: bench_is_built(plan), lambda log: build_bench(plan, log), NETWORK),
        Step(
            "pkg_resources for Frappe",
            lambda: plan.succeeds([plan.python, "-W", "ignore", "-c", "import pkg_resources"]),
            lambda log: pip(plan, log, "setuptools<81"),
            NETWORK,
        ),
        Step(
            "ERPNext",
            lambda: app_is_there(plan, "erpnext"),
            lambda log: get_app(plan, log, ERPNEXT, "--branch", BRANCH),
            NETWORK,
        ),
        Step(
            "this app",
            lambda: app_is_current(plan),
            lambda log: get_this_app(plan, log),
            f"look at {plan.path}/apps/{APP}: commit or remove what was changed there",
        ),
        Step(
            "assets",
            lambda: assets_are_built(plan),
            lambda log: build_assets(plan, log),
            f"run `bench build` in {plan.path} and read what it says",
        ),
    ]


def install_command(plan: Plan, log: Log) -> None:
    folder = plan.kept / "bench-cli"
    log.run(plan.owner, ["mkdir", "-p", "-m", "700", plan.kept])
    log.run(plan.owner, [system_python(plan), "-m", "venv", "--clear", folder])
    # bench calls `uv`, which it does not require by itself.
    log.run(plan.owner, [folder / "bin" / "pip", "install", "--quiet", "frappe-bench", "uv"])


def system_python(plan: Plan) -> str:
    """A Python that the bench's user can start and that can make environments."""
    for name in PYTHONS:
        if plan.succeeds([name, "-c", "import sys, ensurepip; sys.exit(sys.version_info < (3, 10))"]):
            return name
    raise Stop("no Python 3.10 or newer with venv was found for " + plan.owner.name)


def unfinished(plan: Plan) -> Path:
    """Stands while `bench init` runs, so that a half-made folder of ours is told from somebody's data."""
    return plan.kept / f"unfinished-{plan.path.name}"


def bench_is_built(plan: Plan) -> bool:
    return is_bench(plan.path) and not unfinished(plan).exists()


def build_bench(plan: Plan, log: Log) -> None:
    mark = unfinished(plan)
    if mark.exists():
        shutil.rmtree(plan.path, ignore_errors=True)
    if plan.path.exists():
        raise Stop(f"{plan.path} exists and is no complete bench: remove it or set FRAPPE_BENCH")
    log.run(plan.owner, ["mkdir", "-p", plan.kept])
    log.run(plan.owner, ["touch", mark])
    options = ["--frappe-branch", BRANCH, "--python", system_python(plan), "--no-backups", "--skip-assets"]
    command = [str(plan.bench_command()), "init", *options, str(plan.path)]
    log.run(plan.owner, command, cwd=plan.path.parent, env=plan.environment())
    mark.unlink()


def pip(plan: Plan, log: Log, *requirements: str) -> None:
    """Install into the bench's environment, which uv makes without a pip of its own."""
    uv = shutil.which("uv", path=str(plan.environment()["PATH"]))
    tool = [uv, "pip", "install", "--python"] if uv else []
    plain = [] if uv else ["-m", "pip", "install"]
    log.run(plan.owner, [*tool, str(plan.python), *plain, *requirements], env=plan.environment())


def listed_apps(plan: Plan) -> list[str]:
    listing = plan.path / "sites" / "apps.txt"
    return listing.read_text().split() if listing.is_file() else []


def app_is_there(plan: Plan, app: str) -> bool:
    return app in listed_apps(plan) and plan.succeeds([plan.python, "-c", f"import {app}"])


def get_app(plan: Plan, log: Log, source: str, *options: str) -> None:
    command = [str(plan.bench_command()), "get-app", "--skip-assets", "--overwrite", *options, source]
    log.run(plan.owner, command, cwd=plan.path, env=plan.environment())


def app_folder(plan: Plan) -> Path:
    return plan.path / "apps" / APP


def app_is_current(plan: Plan) -> bool:
    return app_is_there(plan, APP) and installed_commit(plan) == checkout_commit()


def installed_commit(plan: Plan) -> str:
    done = plan.owner.run(
        ["git", "-C", app_folder(plan), "rev-parse", "HEAD"], cwd=Path("/"), check=False, capture=True
    )
    return done.stdout.strip()


def get_this_app(plan: Plan, log: Log) -> None:
    """Clone or update from this checkout. Only what is committed is taken, as with any other app."""
    source = stage(plan, log)
    folder = app_folder(plan)
    if not (folder / ".git").exists() or not app_is_there(plan, APP):
        get_app(plan, log, str(source))
        return
    state = plan.owner.run(["git", "-C", folder, "status", "--porcelain"], cwd=Path("/"), capture=True)
    if state.stdout.strip():
        raise Stop(f"{folder} holds changes that are not committed")
    log.run(plan.owner, ["git", "-C", folder, "fetch", "--force", source, "HEAD"])
    log.run(plan.owner, ["git", "-C", folder, "checkout", "--quiet", "-B", "installed", "FETCH_HEAD"])
    pip(plan, log, "--quiet", "--editable", str(folder))


def stage(plan: Plan, log: Log) -> Path:
    """A copy of this repository that belongs to the bench's user, who may not read the checkout itself."""
    target = plan.owner.home / KEPT / "source" / APP
    shutil.rmtree(target, ignore_errors=True)
    log.run(plan.owner, ["mkdir", "-p", target.parent])
    command = ["git", "clone", "--quiet", "--no-hardlinks", str(CHECKOUT), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    if done.returncode:
        raise Stop(f"copying the checkout failed: {done.stderr.strip()}")
    plan.owner.own(target)
    return target


def assets_are_built(plan: Plan) -> bool:
    built = plan.path / "sites" / "assets" / "assets.json"
    return built.is_file() and built_mark(plan).is_file() and built_mark(plan).read_text() == checkout_commit()


def built_mark(plan: Plan) -> Path:
    return plan.path / "config" / f"{APP}.assets"


def build_assets(plan: Plan, log: Log) -> None:
    complete = (plan.path / "sites" / "assets" / "assets.json").is_file()
    only = ["--app", APP] if complete else []
    log.run(plan.owner, [str(plan.bench_command()), "build", *only], cwd=plan.path, env=plan.environment())
    built_mark(plan).write_text(checkout_commit())
    plan.owner.own(built_mark(plan))
