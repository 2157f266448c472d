"""A client's site: a second Frappe site with ERPNext and without our app, with database, user, folder, Redis and web
process of its own. What the checks and the exports of a site elsewhere talk to in the tests.

It is made when a test first asks for it, in some seconds from the dump that ./test keeps, and goes with the session.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.support.web_server import serving
from tools import template
from tools.account import Account
from tools.bench import Bench
from tools.database import Server
from tools.shadow import Site, drop_databases

WATCHER = "watch@supplier.example"


@dataclass(frozen=True)
class SecondSite:
    """`api_key` and `api_secret` are those of a user who is System Manager there and nothing else."""

    name: str
    url: str
    database: str
    api_key: str
    api_secret: str
    server: Server

    def sql(self, statements: str) -> list[list[str]]:
        """Rows of the last statement, as text; committed."""
        return [line.split("\t") for line in self.server.sql(statements, self.database).splitlines()]

    def bench(self, *arguments: str) -> str:
        """`bench --site ...` there, in a process of its own; returns what it printed."""
        command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", self.name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def call(self, method: str, *arguments: Any) -> Any:
        """What a function of the site returns when it is called with these; committed."""
        said = self.bench("execute", method, "--args", json.dumps(arguments))
        return json.loads(said) if said.strip() else None

    def key_of(self, user: str) -> tuple[str, str]:
        """A new API key of a user, for instance of Administrator, who may read everything."""
        secret = self.call("frappe.core.doctype.user.user.generate_keys", user)["api_secret"]
        return self.sql(f"SELECT api_key FROM tabUser WHERE name = '{user}'")[0][0], secret

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Its scheduler is switched off meanwhile."""
        self.bench("disable-scheduler")
        try:
            yield
        finally:
            self.bench("enable-scheduler")


@pytest.fixture(scope="session")
def second_site(connection: None) -> Iterator[SecondSite]:
    import frappe

    server = Server(frappe.conf.root_login, frappe.conf.root_password, frappe.conf.get("db_host") or "")
    with made(server) as site, serving(site.name, threads=4) as port:
        key, secret = watcher(SecondSite(site.name, "", site.database, "", "", server))
        yield SecondSite(site.name, f"http://127.0.0.1:{port}/", site.database, key, secret, server)


@contextmanager
def made(server: Server) -> Iterator[Site]:
    import frappe

    # The bench whose Frappe runs here, not the throw-away one around it: the dump is kept for that.
    home = Path(frappe.__file__).resolve().parents[3]
    kept = template.template_of(Bench(home, Account.owning(home)))
    if not kept.exists():
        pytest.fail("there is no dump of an ERPNext site yet: ./test site makes it")
    site = Site(f"second-{frappe.generate_hash(length=6)}.localhost", f"{frappe.conf.db_name}_second")
    folder = Path(frappe.local.sites_path, site.name).resolve()
    drop_databases(server, site.database)
    try:
        template.fill_site(server, kept.complete, site, folder, configuration())
        yield site
    finally:
        drop_databases(server, site.database)
        shutil.rmtree(folder, ignore_errors=True)


def configuration() -> dict[str, object]:
    """Redis databases of its own, so that its queues and caches are not ours."""
    import frappe

    where = str(frappe.conf.redis_cache)
    plain = where.rsplit("/", 1)[0] if where.count("/") > 2 else where
    redis = {"redis_cache": f"{plain}/8", "redis_socketio": f"{plain}/8", "redis_queue": f"{plain}/9"}
    return {"encryption_key": Fernet.generate_key().decode(), **redis}


def watcher(site: SecondSite) -> tuple[str, str]:
    role = ("--user-type", "System User", "--add-role", "System Manager")
    site.bench("add-user", WATCHER, "--first-name", "Watch", *role)
    return site.key_of(WATCHER)
