"""MariaDB as the tools need it: running, reachable as an administrator, driven through its own client."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tools.bench import Bench
from tools.console import Stop, say

ADMIN_FILE = ".support_retainer/mariadb.json"


@dataclass(frozen=True)
class Server:
    """A MariaDB server and an account that may create databases and users there."""

    user: str
    password: str
    host: str = ""
    port: int = 3306
    temporary: bool = False

    def arguments(self, program: str) -> list[str]:
        where = ["--host", self.host, "--port", str(self.port), "--protocol=tcp"] if self.host else []
        # MariaDB lets the system's root in as its own root, through the socket only.
        prefix = ["sudo"] if self.user == "root" and not self.password and os.geteuid() else []
        return [*prefix, client(program), *where, "--user", self.user]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "MYSQL_PWD": self.password}

    def sql(self, statements: str, database: str = "") -> str:
        """Run statements; returns tab-separated rows. The password travels by environment, not by `ps`."""
        command = [*self.arguments("mariadb"), "--batch", "--skip-column-names"]
        command += [database] if database else []
        done = subprocess.run(
            command, input=statements, env=self.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Stop(f"MariaDB refused: {done.stderr.strip()}")
        return done.stdout

    def load(self, dump: IO[bytes], database: str) -> None:
        command = [*self.arguments("mariadb"), database]
        done = subprocess.run(
            command, stdin=dump, env=self.environment(), stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise Stop(f"loading a dump into {database} failed: {done.stderr.strip()}")

    def dump(self, database: str, target: IO[bytes], *options: str) -> None:
        command = [*self.arguments("mariadb-dump"), "--single-transaction", "--quick", *options, database]
        done = subprocess.run(command, stdout=target, env=self.environment(), stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise Stop(f"dumping {database} failed: {done.stderr.decode().strip()}")

    def forget(self) -> None:
        """Remove the administrator account if this run made it for itself."""
        if self.temporary:
            self.sql(f"DROP USER IF EXISTS '{self.user}'@'localhost'")


def client(program: str) -> str:
    """`mariadb` is called `mysql` in older packages."""
    path = shutil.which(program) or shutil.which(program.replace("mariadb", "mysql"))
    if not path:
        raise Stop(f"{program} is not installed: apt-get install mariadb-client")
    return path


def is_local(config: Mapping[str, Any]) -> bool:
    return config.get("db_host", "localhost") in ("localhost", "127.0.0.1", "::1", "")


def is_up(config: Mapping[str, Any]) -> bool:
    host = [] if is_local(config) else ["--host", str(config["db_host"])]
    command = [client("mariadb-admin"), *host, "--connect-timeout=3", "ping"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # "Access denied" is an answer too: the server is there.
    return done.returncode == 0 or "denied" in done.stderr.lower()


def start(config: Mapping[str, Any]) -> None:
    """Start the local server if it is down; waits until it answers."""
    if is_up(config):
        return
    if not is_local(config):
        raise Stop(f"MariaDB on {config['db_host']} does not answer: start it there")
    say("-- starting MariaDB")
    privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for command in (["systemctl", "start", "mariadb"], ["service", "mariadb", "start"]):
        if shutil.which(command[0]):
            subprocess.run([*privileged, *command], capture_output=True, stdin=subprocess.DEVNULL, check=False)
        if wait_until_up(config, seconds=30):
            return
    raise Stop("MariaDB is down and could not be started: start it (service mariadb start), then try again")


def wait_until_up(config: Mapping[str, Any], seconds: int) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_up(config):
            return True
        time.sleep(0.5)
    return False


def administrator(bench: Bench) -> Server:
    """An administrator: the bench's own, else the one ./run made, else (as root) one for this run alone."""
    config = bench.config()
    host = "" if is_local(config) else str(config["db_host"])
    port = int(config.get("db_port") or 3306)
    for user, password in known_administrators(bench.owner.home, config):
        return Server(user, password, host, port)
    if os.geteuid() == 0 and not host:
        return create_administrator(f"retainer_{secrets.token_hex(4)}", temporary=True)
    raise Stop(
        "no MariaDB administrator: put root_login and root_password into "
        f"{bench.sites}/common_site_config.json, or run this as root"
    )


def known_administrators(home: Path, config: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = [(str(config["root_login"]), str(config["root_password"]))] if config.get("root_password") else []
    kept = home / ADMIN_FILE
    if kept.is_file() and os.access(kept, os.R_OK):
        stored = json.loads(kept.read_text())
        found.append((stored["user"], stored["password"]))
    return found


def create_administrator(user: str, *, temporary: bool) -> Server:
    """Make an account with all rights through the unix socket, which MariaDB trusts root on."""
    password = secrets.token_urlsafe(24)
    Server("root", "").sql(
        f"CREATE OR REPLACE USER '{user}'@'localhost' IDENTIFIED BY '{password}';"
        f"GRANT ALL PRIVILEGES ON *.* TO '{user}'@'localhost' WITH GRANT OPTION;"
    )
    return Server(user, password, temporary=temporary)
