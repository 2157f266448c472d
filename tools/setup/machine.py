"""The machine: packages of the distribution, an ordinary user, MariaDB as Frappe needs it, yarn."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from tools import database
from tools.account import Account
from tools.console import Stop, say
from tools.setup.plan import Plan, privileged, write_private
from tools.setup.steps import Log, Step

ORDINARY_USER = "frappe"
OLDEST_NODE = 18
# Package -> the program that shows it is there, or "" to ask dpkg.
PACKAGES = {
    "git": "git",
    "mariadb-server": "mariadbd",
    "mariadb-client": "mariadb",
    "redis-server": "redis-server",
    "nodejs": "node",
    "npm": "npm",
    "python3-venv": "",
    "python3-dev": "",
    "build-essential": "gcc",
    "pkg-config": "pkg-config",
    "libmariadb-dev": "mariadb_config",
    "libpango-1.0-0": "",
    "libpangoft2-1.0-0": "",
    "libharfbuzz-subset0": "",
    "fonts-dejavu-core": "",
}
# PDF of print formats; newer distributions have dropped it, and the app's own PDFs don't need it.
OPTIONAL = {"wkhtmltopdf": "wkhtmltopdf", "xvfb": "Xvfb"}
MARIADB_CONFIG = Path("/etc/mysql/mariadb.conf.d/90-support-retainer.cnf")
MARIADB_SETTINGS = """[mysqld]
character-set-client-handshake = FALSE
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_ci

[mysql]
default-character-set = utf8mb4
"""


def ordinary_account() -> Account:
    """The account a new bench is built in: the caller's, or `frappe` when the caller is root."""
    if os.geteuid() != 0:
        return Account.current()
    try:
        return Account.named(ORDINARY_USER)
    except KeyError:
        say(f"making the ordinary user '{ORDINARY_USER}', since bench refuses to work as root")
        command = ["useradd", "--create-home", "--shell", "/bin/bash", ORDINARY_USER]
        subprocess.run(command, check=True, capture_output=True)
        pwd.getpwnam(ORDINARY_USER)
        return Account.named(ORDINARY_USER)


def machine_steps(plan: Plan) -> list[Step]:
    return [
        Step(
            "system packages",
            lambda: not missing(PACKAGES),
            install_packages,
            "check the network and apt's sources (apt-get update), or install by hand what the log names",
        ),
        Step(
            "MariaDB running",
            lambda: database.is_up(settings(plan)),
            lambda log: database.start(settings(plan)),
            "start it yourself (service mariadb start) and look into its error log",
        ),
        Step(
            "MariaDB character set",
            lambda: has_character_set(plan),
            set_character_set,
            f"put character-set-server = utf8mb4 into {MARIADB_CONFIG} and restart MariaDB",
        ),
        Step(
            "MariaDB account for the bench",
            lambda: has_administrator(plan),
            lambda log: make_administrator(plan),
            'as root: mariadb -e "CREATE USER ..."; then put root_login and root_password into the bench\'s '
            "sites/common_site_config.json",
        ),
        Step(
            "node and yarn",
            lambda: has_node() and plan.succeeds(["yarn", "--version"]),
            lambda log: install_yarn(log),
            f"install Node.js {OLDEST_NODE} or newer (nodesource.com has packages), then: npm install -g yarn@1",
        ),
    ]


def settings(plan: Plan) -> dict[str, object]:
    """Database settings of the bench, or none while it is not built."""
    config = plan.path / "sites" / "common_site_config.json"
    return plan.bench.config() if config.is_file() else {}


def missing(packages: dict[str, str]) -> list[str]:
    return [name for name, program in packages.items() if not is_installed(name, program)]


def is_installed(package: str, program: str) -> bool:
    if program:
        return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is not None
    command = ["dpkg-query", "--show", "--showformat=${Status}", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "install ok installed" in done.stdout


def install_packages(log: Log) -> None:
    caller = Account.current()
    if not shutil.which("apt-get"):
        names = ", ".join(missing(PACKAGES))
        raise Stop(f"this is no Debian or Ubuntu, so install these yourself: {names}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = privileged(["apt-get", "install", "--yes", "--no-install-recommends"])
    log.run(caller, privileged(["apt-get", "update"]), env=quiet)
    log.run(caller, [*install, *missing(PACKAGES)], env=quiet)
    for name in missing(OPTIONAL):
        try:
            log.run(caller, [*install, name], env=quiet)
        except Stop:
            say(f"      (optional package {name} is not to be had here; going on without it)")


def has_character_set(plan: Plan) -> bool:
    if not database.is_local(settings(plan)):
        return True
    found = root_sql("SELECT @@character_set_server, @@collation_server")
    return bool(re.match(r"utf8mb4\s+utf8mb4_", found)) if found else has_administrator(plan)


def root_sql(statement: str) -> str:
    """As MariaDB's root through the unix socket; empty when that is not allowed here."""
    command = privileged([database.client("mariadb"), "--batch", "--skip-column-names", "-e", statement])
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout


def set_character_set(log: Log) -> None:
    caller = Account.current()
    write = f"cat > {MARIADB_CONFIG} <<'END'\n{MARIADB_SETTINGS}END"
    log.run(caller, privileged(["sh", "-c", write]))
    log.run(caller, privileged(["service", "mariadb", "restart"]))
    if not database.wait_until_up({}, seconds=60):
        raise Stop("MariaDB did not come back after its restart")


def has_administrator(plan: Plan) -> bool:
    config = settings(plan)
    host = "" if database.is_local(config) else str(config["db_host"])
    for user, password in database.known_administrators(plan.owner.home, config):
        try:
            database.Server(user, password, host).sql("SELECT 1")
        except Stop:
            continue
        return True
    return False


def make_administrator(plan: Plan) -> None:
    server = database.create_administrator("support_retainer", temporary=False)
    facts = {"user": server.user, "password": server.password}
    write_private(plan.owner.home / database.ADMIN_FILE, facts, plan.owner)


def has_node() -> bool:
    done = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", done.stdout)
    return bool(found) and int(found.group(1)) >= OLDEST_NODE


def install_yarn(log: Log) -> None:
    if not has_node():
        raise Stop(f"Node.js {OLDEST_NODE} or newer is needed")
    # Debian's own yarnpkg package works with Debian's node only, so it comes from npm.
    log.run(Account.current(), privileged(["npm", "install", "--global", "yarn@1"]))
