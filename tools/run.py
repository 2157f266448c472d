"""./run: the whole product on this machine, or, where Frappe is out of reach, its simulator."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.account import Account
from tools.bench import find_bench
from tools.console import Stop, fail, say
from tools.setup import serving
from tools.setup.machine import machine_steps, ordinary_account
from tools.setup.plan import Plan, may_be_root, privileged
from tools.setup.site import logins, site_steps
from tools.setup.software import software_steps
from tools.setup.steps import run_steps
from tools.shadow import CHECKOUT

FRAPPE = "https://github.com/frappe/frappe"
SAMPLE = "support_retainer/sample/tickets.csv"
LOGS = Path(".cache/support_retainer/run")


def parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description=__doc__)
    parser.add_argument("--site", default="support.localhost", help="name of the site (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (default: %(default)s)")
    parser.add_argument("--no-serve", action="store_true", help="set everything up and stop there")
    parser.add_argument("--stop", action="store_true", help="end the background services of an earlier ./run")
    return parser.parse_args(words)


def plan_for(options: argparse.Namespace) -> Plan | None:
    """On the bench there is, else on a new one; None where Frappe can't be downloaded."""
    bench = find_bench()
    if bench:
        say(f"using the bench in {bench.path}")
        return Plan(bench.owner, bench.path, options.site, options.port)
    if not frappe_is_reachable():
        return None
    owner = ordinary_account()
    named = os.environ.get("FRAPPE_BENCH")
    path = Path(named).expanduser().absolute() if named else owner.home / "frappe-bench"
    return Plan(owner, path, options.site, options.port)


def frappe_is_reachable(seconds: int = 30) -> bool:
    """Asked through git, which knows the user's proxies and mirrors; installs git first where it is missing."""
    try:
        command = ["git", "ls-remote", "--exit-code", FRAPPE, "HEAD"]
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        done = subprocess.run(
            command, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except FileNotFoundError:
        return install_git() and frappe_is_reachable(seconds)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def install_git() -> bool:
    if not may_be_root():
        return False
    for command in (["apt-get", "update"], ["apt-get", "install", "--yes", "git"]):
        try:
            subprocess.run(privileged(command), capture_output=True, stdin=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


def set_up(plan: Plan) -> None:
    steps = [*machine_steps(plan), *software_steps(plan), *site_steps(plan)]
    run_steps(steps, Account.current().home / LOGS)


def page(plan: Plan, *, served: bool) -> None:
    url = f"http://{plan.site}:{plan.port}"
    say()
    say(f"=== {plan.site} on {plan.path}")
    if served:
        say(f"    desk    {url}/app")
        say(f"    portal  {url}/support")
        say("    stop    ./run --stop")
    else:
        say(f"    ./run --site {plan.site} --port {plan.port} serves it")
    say()
    for line in logins(plan):
        say(f"    {line}")


def simulate() -> int:
    """The product's main job with no bench: tickets in, invoices and SLA out."""
    say(
        f"Frappe can't be downloaded (no route to {FRAPPE}) and there is no bench here, so this is the embedded "
        "simulator on sample data instead."
    )
    return subprocess.run(
        [simulator_python(), "-m", "support_retainer", "simulate", "--catalogue", "000", "--tickets", SAMPLE],
        cwd=CHECKOUT,
        check=False,
    ).returncode


def simulator_python() -> str:
    """This Python if it has dateutil, else one in a small environment of its own."""
    probe = [sys.executable, "-c", "import dateutil"]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        return sys.executable
    folder = CHECKOUT / ".venv-simulator"
    inside = str(folder / "bin" / "python")
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [inside, "-m", "pip", "install", "--quiet", "python-dateutil"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Stop(f"the simulator needs python-dateutil: apt-get install python3-dateutil\n{done.stderr}")
    return inside


def main(words: Sequence[str]) -> int:
    options = parse(words)
    try:
        plan = plan_for(options)
        if plan is None:
            return simulate()
        if options.stop:
            serving.stop(plan)
            return 0
        set_up(plan)
        if not options.no_serve:
            serving.serve(plan)
        page(plan, served=not options.no_serve)
    except Stop as problem:
        return fail(str(problem))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
