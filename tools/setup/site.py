"""The site: Redis, database, ERPNext with its wizard answered, this app, the demo data."""

import json
import secrets
import subprocess
from urllib.parse import urlparse

from tools import database, redis, wizard
from tools.console import Stop
from tools.setup.plan import Plan, checkout_commit
from tools.setup.steps import Log, Step
from tools.shadow import APP


def site_steps(plan: Plan) -> list[Step]:
    return [
        Step("Redis running", lambda: not silent_servers(plan), lambda log: start_redis(plan), "start redis-server"),
        Step(
            "site with ERPNext",
            lambda: plan.recall().get("site_made", True) and "erpnext" in plan.answer("list-apps"),
            lambda log: make_site(plan, log),
            "choose another name with --site, or look into the log",
        ),
        Step(
            "setup wizard",
            lambda: "true" in plan.answer("execute", "frappe.is_setup_complete").lower(),
            lambda log: wizard.complete(plan.frappe(), plan.owner, plan.path / "sites", plan.environment()),
            f"complete the wizard in the browser, for a company in AED, on site {plan.site}",
        ),
        Step(
            "app on the site",
            lambda: plan.recall().get("commit") == checkout_commit() and APP in plan.answer("list-apps"),
            lambda log: install_app(plan, log),
            "read the traceback above; nothing of the site is lost",
        ),
        Step(
            "demo data",
            lambda: "demo" in plan.recall(),
            lambda log: load_demo(plan, log),
            f"bench --site {plan.site} retainer demo",
        ),
    ]


def redis_ports(plan: Plan) -> dict[str, int]:
    config = plan.bench.config()
    names = ("redis_cache", "redis_queue")
    return {name: urlparse(config.get(name, "")).port or 6379 for name in names}


def silent_servers(plan: Plan) -> list[str]:
    return [name for name, port in redis_ports(plan).items() if not redis.answers(port)]


def start_redis(plan: Plan) -> None:
    """With the bench's own configuration, in the background, as the bench's user."""
    for name in silent_servers(plan):
        config = plan.path / "config" / f"{name}.conf"
        if not config.is_file():
            raise Stop(f"{config} is missing: run `bench setup redis` in {plan.path}")
        plan.owner.start(
            ["redis-server", config, "--daemonize", "yes"],
            cwd=plan.path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ).wait()
    for port in redis_ports(plan).values():
        redis.wait(port)


def make_site(plan: Plan, log: Log) -> None:
    """`site_made` stays False until the end, so that a site that was interrupted half-way is made anew."""
    folder = plan.path / "sites" / plan.site
    again = plan.recall().get("site_made") is False
    if folder.exists() and not again:
        raise Stop(f"site {plan.site} exists without ERPNext; it is left as it is")
    server = database.administrator(plan.bench)
    password = secrets.token_urlsafe(12)
    plan.remember(site_made=False, administrator_password=password)
    log.run(
        plan.owner,
        [
            *(*plan.frappe(on_site=False), "new-site", plan.site),
            *("--db-root-username", server.user, "--db-root-password", server.password),
            *("--mariadb-user-host-login-scope", "localhost"),
            *("--admin-password", password, "--install-app", "erpnext"),
            *(["--force"] if again else []),
        ],
        cwd=plan.path / "sites",
        env=plan.environment(),
    )
    log.run(plan.owner, [*plan.frappe(), "enable-scheduler"], cwd=plan.path / "sites", env=plan.environment())
    plan.remember(site_made=True)


def install_app(plan: Plan, log: Log) -> None:
    command = ["migrate"] if APP in plan.answer("list-apps") else ["install-app", APP]
    log.run(plan.owner, [*plan.frappe(), *command], cwd=plan.path / "sites", env=plan.environment())
    plan.remember(commit=checkout_commit())


def load_demo(plan: Plan, log: Log) -> None:
    """`retainer demo --json` prints one JSON object; warnings of libraries may stand before it."""
    told = log.path.with_suffix(".json")
    with told.open("w") as target:
        process = plan.owner.start(
            [*plan.frappe(), "retainer", "demo", "--json"],
            cwd=plan.path / "sites",
            env=plan.environment(),
            stdout=target,
            stderr=subprocess.STDOUT,
        )
        returncode = process.wait()
    text = told.read_text()
    log.path.write_text(text)
    if returncode:
        raise Stop(f"exit code {returncode} from: bench --site {plan.site} retainer demo --json")
    plan.remember(demo=json.loads(text[text.index("{") :]))


def logins(plan: Plan) -> list[str]:
    """Lines for the page of logins. The administrator's password is named by its place, not printed."""
    memory = plan.recall()
    place = plan.memory_file
    administrator = f"in {place} (administrator_password)" if "administrator_password" in memory else "yours"
    lines = [f"{'Administrator':<40} password: {administrator}"]
    for person in memory.get("demo", {}).get("users", []):
        password = person.get("password", "as set before")
        lines.append(f"{person['user']:<40} password: {password:<24} {person['role']}, {person['where']}")
    return lines
