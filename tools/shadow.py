"""A throw-away bench around an existing one: same Frappe, same ERPNext, this checkout's app, sites of its own.

The user's bench is only read. Sites, logs, assets, Redis and database are the shadow's and go away with it.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools import database, redis
from tools.bench import Bench
from tools.console import say
from tools.database import Server

APP = "support_retainer"
PREFIX = "support-retainer-"
CHECKOUT = Path(__file__).resolve().parent.parent
OWNER_MARK = "run-by.json"


@dataclass
class Site:
    name: str
    database: str


@dataclass
class Shadow:
    bench: Bench
    path: Path
    server: Server
    redis: redis.Redis
    python: Path
    sites_made: list[Site] = field(default_factory=list)

    @property
    def sites(self) -> Path:
        return self.path / "sites"

    @property
    def app(self) -> Path:
        return self.path / "apps" / APP

    def environment(self, extra: Mapping[str, str | Path] | None = None) -> dict[str, str | Path]:
        return {
            "FRAPPE_BENCH_ROOT": self.path,
            "SITES_PATH": self.sites,
            "PYTHONPATH": self.app,
            "PYTHONPYCACHEPREFIX": self.path / "pycache",
            **(extra or {}),
        }

    def frappe(self, site: str = "") -> list[str | Path]:
        """The `bench` command line without bench: what bench itself calls."""
        named: list[str | Path] = ["--site", site] if site else []
        return [self.python, "-m", "frappe.utils.bench_helper", "frappe", *named]

    def run(
        self, arguments: Sequence[str | Path], *, check: bool = True, capture: bool = True, **env: str | Path
    ) -> "subprocess.CompletedProcess[str]":
        return self.bench.owner.run(arguments, cwd=self.sites, env=self.environment(env), check=check, capture=capture)

    def new_site_name(self, label: str) -> Site:
        mark = secrets.token_hex(4)
        site = Site(f"{label}-{mark}.localhost", f"_retainer_{label}_{mark}")
        self.sites_made.append(site)
        self.record()
        return site

    def record(self) -> None:
        """Leave word of who runs this and which databases it made, for the sweep after a kill -9."""
        made = {"pid": os.getpid(), "databases": [site.database for site in self.sites_made]}
        (self.path / OWNER_MARK).write_text(json.dumps(made))

    def drop(self, site: Site) -> None:
        drop_databases(self.server, site.database)
        shutil.rmtree(self.sites / site.name, ignore_errors=True)
        self.sites_made.remove(site)


def drop_databases(server: Server, name: str) -> None:
    """A site's own and those that tests made beside it, whose names begin with its own."""
    beside = server.sql("SHOW DATABASES LIKE '{}\\_%'".format(name.replace("_", "\\_"))).split()
    for one in (name, *beside):
        drop_database(server, one)


def drop_database(server: Server, name: str) -> None:
    # A test that was killed may still hold the tables; its connections end first.
    server.sql(
        f"KILL USER '{name}'@'localhost'; DROP DATABASE IF EXISTS `{name}`;"
        f"DROP USER IF EXISTS '{name}'@'localhost'; DROP USER IF EXISTS '{name}'@'127.0.0.1';"
    )


@contextmanager
def shadow_bench(bench: Bench, python: Path, *, with_app: bool = True) -> Iterator[Shadow]:
    """Build one, hand it out, and remove it with everything in it, also after a failure or Ctrl-C."""
    database.start(bench.config())
    server = database.administrator(bench)
    sweep(server)
    path = Path(tempfile.mkdtemp(prefix=PREFIX))
    path.chmod(0o755)
    shadow: Shadow | None = None
    try:
        lay_out(path, bench, with_app=with_app)
        bench.owner.own(path)
        shadow = Shadow(bench, path, server, redis.start(path, bench.owner), python)
        shadow.record()
        configure(shadow)
        yield shadow
    finally:
        take_down(path, server, shadow)


def lay_out(path: Path, bench: Bench, *, with_app: bool) -> None:
    for folder in ("apps", "sites", "logs", "config/pids", "screenshots", "results"):
        (path / folder).mkdir(parents=True)
    apps = ["frappe", "erpnext"]
    for app in apps:
        (path / "apps" / app).symlink_to(bench.path / "apps" / app)
    (path / "env").symlink_to(bench.path / "env")
    if (bench.sites / "assets").is_dir():
        shutil.copytree(bench.sites / "assets", path / "sites" / "assets", symlinks=True)
    if with_app:
        copy_checkout(path / "apps" / APP)
        apps.append(APP)
        link_assets(path)
    (path / "sites" / "apps.txt").write_text("\n".join(apps) + "\n")


def link_assets(path: Path) -> None:
    link = path / "sites" / "assets" / APP
    public = path / "apps" / APP / APP / "public"
    if link.is_symlink():
        link.unlink()
    if public.is_dir() and link.parent.is_dir():
        link.symlink_to(public)


def copy_checkout(target: Path) -> None:
    """Copy what git would commit or could add, so that a build folder or an old venv can't pass a test."""
    listing = subprocess.run(
        ["git", "-C", str(CHECKOUT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        ignored = shutil.ignore_patterns(".venv*", ".git", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(CHECKOUT, target, ignore=ignored)
        return
    for name in filter(None, listing.stdout.split("\0")):
        source, copy = CHECKOUT / name, target / name
        if source.is_file() or source.is_symlink():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy, follow_symlinks=False)


def configure(shadow: Shadow) -> None:
    config = {key: value for key, value in shadow.bench.config().items() if key.startswith("db_")}
    config.update(
        # A restore test makes and drops a database of its own.
        root_login=shadow.server.user,
        root_password=shadow.server.password,
        redis_cache=shadow.redis.url(0),
        redis_queue=shadow.redis.url(1),
        redis_socketio=shadow.redis.url(0),
        # Mail is composed and queued as on a real site, and never leaves the machine.
        mute_emails=1,
        mail_server="localhost",
        auto_email_id="support@retainer.example",
        developer_mode=0,
        serve_default_site=True,
        socketio_port=redis.free_port(),
    )
    target = shadow.sites / "common_site_config.json"
    target.write_text(json.dumps(config, indent=1))
    shadow.bench.owner.own(target)


def take_down(path: Path, server: Server, shadow: Shadow | None) -> None:
    if shadow:
        for site in list(shadow.sites_made):
            shadow.drop(site)
        shadow.redis.stop()
    server.forget()
    shutil.rmtree(path, ignore_errors=True)


def sweep(server: Server) -> None:
    """Remove what a run that was killed outright has left behind."""
    for mark in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{OWNER_MARK}"):
        try:
            left = json.loads(mark.read_text())
        except (OSError, ValueError):
            continue
        if alive(left["pid"]):
            continue
        say(f"-- removing what a killed run left: {mark.parent}")
        for name in left["databases"]:
            drop_databases(server, name)
        shutil.rmtree(mark.parent, ignore_errors=True)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
