"""Fixtures of the tiers that run against a real site. ./test names the site in RETAINER_SITE."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.baseline import Baseline

# Redis keys of what a DocType looks like and who hooks into it; only code and customizations change them.
SHAPE = ("doctype_meta", "table_columns", "app_hooks", "installed_app_modules", "lang_user_translations")
Bench = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def site_name() -> str:
    name = os.environ.get("RETAINER_SITE")
    if not name:
        pytest.exit("no site to test on: start this tier with ./test", returncode=2)
    return name


@pytest.fixture(scope="session")
def connection(site_name: str) -> Iterator[None]:
    import frappe

    connect(site_name)
    yield
    frappe.destroy()


def connect(site_name: str) -> None:
    import frappe

    frappe.init(site=site_name, sites_path=".", force=True)
    frappe.connect()


@pytest.fixture(scope="session")
def baseline(connection: None) -> Baseline:
    return Baseline(Path(os.environ["RETAINER_BASELINE"]))


@pytest.fixture(autouse=True)
def site(request: pytest.FixtureRequest, baseline: Baseline, site_name: str) -> Iterator[str]:
    """The site, as Administrator; whatever the test writes is gone afterwards, committed or not.

    A test that commits says so with `@pytest.mark.commits`; one that commits without saying so fails, because
    it would have left its rows behind had nobody looked.
    """
    import frappe

    fresh(site_name)
    before, shape = commits(), customizations()
    yield site_name
    reshaped = customizations() != shape
    frappe.db.rollback()
    said_so = request.node.get_closest_marker("commits") is not None
    committed = commits() != before
    if said_so or committed:
        reshaped = reshaped or customizations() != shape  # committed, perhaps by another process
        baseline.restore()
    forget_caches(everything=reshaped)
    assert said_so or not committed, "this test commits: mark it with @pytest.mark.commits"


def fresh(site_name: str) -> None:
    """A request of its own for each test: no user, flag, message or cached document of the one before."""
    import frappe

    if getattr(frappe.local, "db", None) is None or frappe.local.site != site_name:
        connect(site_name)
    frappe.db.rollback()
    frappe.set_user("Administrator")
    frappe.local.flags = frappe._dict(currently_saving=[], redirect_location="")
    frappe.local.flags.currently_saving = []  # Frappe appends to it without asking whether it is there
    frappe.local.message_log.clear()
    frappe.local.form_dict.clear()


def commits() -> int:
    import frappe

    return int(frappe.db.sql("SHOW SESSION STATUS LIKE 'Com_commit'")[0][1])


def customizations() -> tuple[tuple[object, ...], ...]:
    """What tells whether the shape of any DocType is another one than before, for instance by a property setter."""
    import frappe

    doctypes = ("DocType", "Custom Field", "Property Setter", "Custom DocPerm", "Document Naming Rule")
    counts = " union all ".join(f"select count(*), max(modified) from `tab{doctype}`" for doctype in doctypes)
    return tuple(tuple(row) for row in frappe.db.sql(counts))


def forget_caches(everything: bool = True) -> None:
    """The Redis server is this run's own, so all of it may go; the shape of DocTypes stays where no test changed it.

    Reading that shape anew takes ten times as long as most tests.
    """
    import frappe

    if everything:
        frappe.cache.flushall()
        frappe.local.cache = {}
    else:
        gone = [key for key in frappe.cache.keys("*") if not is_shape(key)]  # of jobs too, which know no site
        if gone:
            frappe.cache.delete(*gone)
        frappe.local.cache = {key: value for key, value in frappe.local.cache.items() if is_shape(key)}
    frappe.local.role_permissions = {}
    frappe.local.document_cache = {}
    # Frappe keeps the mail accounts it has found for as long as the process lives.
    frappe.local.outgoing_email_account = {}
    frappe.local.incoming_email_account = {}
    frappe.db.value_cache.clear()


def is_shape(key: "bytes | str") -> bool:
    name = key.decode() if isinstance(key, bytes) else str(key)
    return any(kept in name for kept in SHAPE)


@pytest.fixture
def bench(site_name: str) -> Bench:
    """Run `bench --site ... <arguments>` in a process of its own: bench("retainer", "audit").returncode."""

    def run(*arguments: str, check: bool = False, timeout: float = 300) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            bench_command(site_name, *arguments),
            capture_output=True,
            text=True,
            check=check,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )

    return run


def bench_command(site_name: str, *arguments: str) -> list[str]:
    """The words to start a bench command with subprocess.Popen, for tests that kill it half-way."""
    return [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site_name, *arguments]
