"""A web server on the throw-away site and a headless Chromium; pages are opened as a user with given roles."""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import desk
from tests.browser.access import axe
from tests.support.site import baseline, bench, connection, site, site_name

__all__ = ["axe", "baseline", "bench", "connection", "site", "site_name"]

PASSWORD = "Str0ng-enough-for-a-test"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# A form asks the server several times before it stands; a machine that tests on all its cores answers late.
expect.set_options(timeout=20_000)

SLOW_LINE = Path(__file__).with_name("slow_line.js")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Races between a page and its answers show themselves on a line that is slow and uneven."""
    parser.addoption(
        "--slow-line", type=int, default=0, metavar="MS", help="let requests wait for up to MS milliseconds"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The server works on the same database and commits, so each test here is put back like one that commits."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.commits)


@pytest.fixture(scope="session")
def base_url(site_name: str) -> Iterator[str]:
    """The address of the site; browsers take every name under localhost for this machine."""
    port = int(os.environ["RETAINER_PORT"])
    log = Path(os.environ["RETAINER_SCREENSHOTS"]).parent / "logs" / "browser-web.log"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "frappe.app:application_with_statics()"], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_for(site_name, port, log)
        yield f"http://{site_name}:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(site_name: str, port: int, log: Path) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/method/ping", headers={"Host": site_name})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(120):
        try:
            with opener.open(request, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"the web server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not program:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def login(chromium: Browser, base_url: str, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """login("Retainer Agent") or login(user="ann@client.example"): a page in a session of its own.

    At the end of the test every page must be free of uncaught script errors, of errors in the console (what the policy
    of the page forbids is one) and of answers of 500 and above.
    """
    faults: list[str] = []
    contexts = []
    latest = request.config.getoption("--slow-line")

    def open_page(*roles: str, user: str | None = None, width: int = 1280, height: int = 900) -> Page:
        user = user or make_user(roles)
        set_password(user)
        context = chromium.new_context(base_url=base_url, viewport={"width": width, "height": height})
        contexts.append(context)
        if latest:
            context.add_init_script(SLOW_LINE.read_text().replace("LATEST", str(latest)))
        page = context.new_page()
        log_in(page, user)
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if is_fault(said) else None)
        page.on("response", lambda got: faults.append(f"{got.url}: {got.status}") if got.status >= 500 else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


def is_fault(said: ConsoleMessage) -> bool:
    """Refusals that a test provokes are lines in the console too, as is that nobody serves websockets here.

    The desk writes the server's traceback there; where that was no refusal, the answer was a 500.
    """
    is_refusal = said.text.startswith(("Failed to load resource", "Traceback (most recent call last)"))
    return said.type == "error" and not is_refusal and "socket.io" not in said.text


def log_in(page: Page, user: str) -> None:
    """From inside the browser, which alone knows what a name under localhost means on every machine."""
    page.goto("/api/method/ping")
    status = page.evaluate(
        """async (form) => (await fetch("/api/method/login", {
            method: "POST", body: new URLSearchParams(form)
        })).status""",
        {"usr": user, "pwd": PASSWORD},
    )
    assert status == 200, f"{user} can't log in: {status}"


def make_user(roles: tuple[str, ...]) -> str:
    import frappe

    email = "-".join(roles).lower().replace(" ", "-") + "@retainer.example"
    if not frappe.db.exists("User", email):
        user = frappe.get_doc(doctype="User", email=email, first_name=roles[0], send_welcome_email=0)
        user.append_roles(*roles)
        user.insert()
    return email


def set_password(user: str) -> None:
    """Committed, since the web server is another process."""
    import frappe
    from frappe.utils.password import update_password

    update_password(user, PASSWORD)
    frappe.db.commit()


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
    """Keep a picture of the page; ./test copies it to .screenshots/.

    The whole page in one picture resizes it for a moment, and a chart of Frappe's that is moving breaks on that.
    """

    def take(page: Page, name: str) -> Path:
        if page.locator(".frappe-chart, .dashboard-widget-box").count():
            desk.come_to_rest(page)
        path = Path(os.environ["RETAINER_SCREENSHOTS"]) / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
