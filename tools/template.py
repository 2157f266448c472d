"""The cached dump of a site with ERPNext alone: installing ERPNext takes minutes, loading a dump seconds."""

import gzip
import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tools import wizard
from tools.bench import Bench
from tools.cache import cache_folder, locked
from tools.console import timed
from tools.database import Server
from tools.shadow import Shadow, Site

# Change this when the recipe below changes: old dumps are then built anew.
RECIPE = 1
SITE_FOLDERS = ("private/files", "public/files", "private/backups", "logs", "locks")


@dataclass(frozen=True)
class Template:
    """Two dumps of one site, before and after the setup wizard, and the key its passwords are encrypted with."""

    bare: Path
    complete: Path
    key: Path

    def exists(self) -> bool:
        return self.bare.is_file() and self.complete.is_file() and self.key.is_file()


def template_of(bench: Bench) -> Template:
    folder = cache_folder(bench.owner)
    recipe = json.dumps([RECIPE, wizard.answers()], sort_keys=True)
    mark = hashlib.sha256(recipe.encode()).hexdigest()[:8]
    stem = f"erpnext-{bench.version('frappe')}-{bench.version('erpnext')}-{mark}"
    return Template(folder / f"{stem}-bare.sql.gz", folder / f"{stem}.sql.gz", folder / f"{stem}.key")


def ensure_template(shadow: Shadow) -> Template:
    template = template_of(shadow.bench)
    with locked(shadow.bench.owner):
        if not template.exists():
            with timed("building the ERPNext-only site once (kept for later runs)"):
                build(shadow, template)
    return template


def build(shadow: Shadow, template: Template) -> None:
    site = shadow.new_site_name("template")
    admin = shadow.server
    shadow.run(
        [
            *shadow.frappe(),
            "new-site",
            site.name,
            *("--db-name", site.database),
            *("--db-root-username", admin.user, "--db-root-password", admin.password),
            *("--mariadb-user-host-login-scope", "localhost"),
            *("--admin-password", secrets.token_hex(12)),
            *("--install-app", "erpnext"),
        ]
    )
    save(shadow, site, template.bare)
    wizard.complete(shadow.frappe(site.name), shadow.bench.owner, shadow.sites, shadow.environment())
    save(shadow, site, template.complete)
    config = json.loads((shadow.sites / site.name / "site_config.json").read_text())
    template.key.write_text(config.get("encryption_key", ""))
    template.key.chmod(0o600)
    shadow.bench.owner.own(template.key)
    shadow.drop(site)


def save(shadow: Shadow, site: Site, target: Path) -> None:
    """Dump and compress; renamed into place last, so that an interrupted build leaves no half file to trust."""
    raw, packed = target.with_suffix(".raw"), target.with_suffix(".part")
    with raw.open("wb") as dump:
        shadow.server.dump(site.database, dump)
    with raw.open("rb") as source, gzip.open(packed, "wb", compresslevel=3) as result:
        shutil.copyfileobj(source, result)
    raw.unlink()
    packed.rename(target)
    shadow.bench.owner.own(target)


def restore(shadow: Shadow, dump: Path, key: Path, label: str) -> Site:
    """A new site with the contents of the dump."""
    site = shadow.new_site_name(label)
    fill_site(shadow.server, dump, site, shadow.sites / site.name, {"encryption_key": key.read_text()})
    shadow.bench.owner.own(shadow.sites / site.name)
    return site


def fill_site(server: Server, dump: Path, site: Site, folder: Path, config: Mapping[str, object]) -> None:
    """Database, user and folder of a site, with what the dump holds; `config` is added to its configuration."""
    password = secrets.token_hex(16)
    create_database(server, site.database, password)
    load(server, dump, site.database)
    write_folder(folder, {"db_name": site.database, "db_password": password, "db_type": "mariadb", **config})


def load(server: Server, dump: Path, database: str) -> None:
    with gzip.open(dump, "rb") as packed, TemporaryFile() as plain:
        # One transaction and no per-row checks: the dump was consistent when it was taken.
        plain.write(b"SET autocommit=0, unique_checks=0, foreign_key_checks=0;\n")
        shutil.copyfileobj(packed, plain)
        plain.write(b"\nCOMMIT;\n")
        plain.flush()
        plain.seek(0)
        server.load(plain, database)


def create_database(server: Server, name: str, password: str) -> None:
    hosts = ("localhost", "127.0.0.1")
    users = "".join(
        f"CREATE USER '{name}'@'{host}' IDENTIFIED BY '{password}';"
        f"GRANT ALL PRIVILEGES ON `{name}`.* TO '{name}'@'{host}';"
        # Tests of exports make databases beside their own: a client's, and the one a dump is restored to.
        f"GRANT ALL PRIVILEGES ON `{name}\\_%`.* TO '{name}'@'{host}';"
        for host in hosts
    )
    server.sql(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;" + users)


def write_folder(folder: Path, config: Mapping[str, object]) -> None:
    for part in SITE_FOLDERS:
        (folder / part).mkdir(parents=True)
    config = {"allow_tests": True, "host_name": f"http://{folder.name}", **config}
    (folder / "site_config.json").write_text(json.dumps({k: v for k, v in config.items() if v}, indent=1))
