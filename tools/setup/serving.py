"""Serve the site on this machine only: web, socket.io, worker and scheduler, in the background."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tools import redis
from tools.console import Stop, say
from tools.setup.plan import Plan

WEB = "web"


def services(plan: Plan) -> dict[str, tuple[Path, Sequence[str | Path]]]:
    """Name -> working folder and command. gunicorn and not `bench serve`, which opens a debugger to the network."""
    sites = plan.path / "sites"
    frappe = plan.frappe(on_site=False)
    return {
        WEB: (
            sites,
            [
                *(plan.python, "-m", "gunicorn", "--bind", f"127.0.0.1:{plan.port}", "--workers", "2"),
                *("--threads", "4", "--timeout", "120", "frappe.app:application_with_statics()"),
            ],
        ),
        "socketio": (plan.path, ["node", plan.path / "apps" / "frappe" / "socketio.js"]),
        "worker": (sites, [*frappe, "worker", "--queue", "short,default,long"]),
        "schedule": (sites, [*frappe, "schedule"]),
    }


def serve(plan: Plan) -> None:
    if web_answers(plan):
        say(f"already served on port {plan.port}")
        return
    if port_is_taken(plan.port):
        raise Stop(f"port {plan.port} is taken by another program: choose one with --port")
    busy = socketio_is_up(plan)
    for name, (folder, command) in services(plan).items():
        if name != WEB and busy:
            continue
        start(plan, name, folder, command)
    if busy:
        say("socket.io, worker and scheduler of this bench run already; only the web server was started")
    wait_for_web(plan)


def start(plan: Plan, name: str, folder: Path, command: Sequence[str | Path]) -> None:
    log = plan.path / "logs" / f"retainer-{name}.log"
    with log.open("ab") as output:
        process = plan.owner.start(command, cwd=folder, env=plan.environment(), stdout=output, stderr=subprocess.STDOUT)
    mark = pid_file(plan, name)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(str(process.pid))
    plan.owner.own(log, mark)


def pid_file(plan: Plan, name: str) -> Path:
    return plan.path / "config" / "pids" / f"retainer-{name}.pid"


def stop(plan: Plan) -> None:
    """End what serve() started, and only that."""
    for name in services(plan):
        mark = pid_file(plan, name)
        if not mark.is_file():
            continue
        pid = int(mark.read_text())
        if belongs_to(pid, plan):
            os.killpg(pid, signal.SIGTERM)
            wait_for_end(pid, plan)
            say(f"stopped {name}")
        mark.unlink()


def wait_for_end(pid: int, plan: Plan, seconds: int = 30) -> None:
    """A worker finishes its job first; what takes longer is ended outright, and its job is tried again later."""
    deadline = time.monotonic() + seconds
    while belongs_to(pid, plan):
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
            return
        time.sleep(0.2)


def belongs_to(pid: int, plan: Plan) -> bool:
    """A process number may have been given to somebody else since; its command line tells."""
    try:
        return str(plan.path).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def web_answers(plan: Plan) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{plan.port}/api/method/ping", headers={"Host": plan.site})
    # A proxy of the environment must not be asked for this machine's own address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as response:
            return b"pong" in response.read()
    except (urllib.error.URLError, OSError):
        return False


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def socketio_is_up(plan: Plan) -> bool:
    return redis.listens(int(plan.bench.config().get("socketio_port", 9000)))


def wait_for_web(plan: Plan, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if web_answers(plan):
            return
        time.sleep(0.5)
    log = plan.path / "logs" / f"retainer-{WEB}.log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
    raise Stop(f"the web server does not answer on port {plan.port}; end of {log}:\n{tail}")
