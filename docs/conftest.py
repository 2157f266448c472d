"""The browser of the tests, pointed at the demo."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import base_url, chromium, login, screenshot
from tests.support.site import baseline, bench, connection, site, site_name

__all__ = ["base_url", "baseline", "bench", "chromium", "connection", "login", "screenshot", "site", "site_name"]


@pytest.fixture
def picture(screenshot: Callable[[Page, str], Path]) -> Callable[[Page, str], None]:
    """A picture once everything is drawn: no request runs, nothing fades in, no alert lies over it."""

    def take(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(800)
        page.evaluate("document.querySelectorAll('#alert-container, .desk-alert').forEach((alert) => alert.remove())")
        screenshot(page, name)

    return take
