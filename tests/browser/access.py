"""What keeps somebody from using a page: what axe-core calls serious, and a page wider than its window."""

import json

import pytest
from playwright.sync_api import Page

from tests.support import npm

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (npm.fetch(tmp_path_factory.mktemp("axe"), "axe-core@4") / "axe-core" / "axe.min.js").read_text()


def faults(page: Page, axe: str) -> list[str]:
    """What axe-core finds, as text; its script is run past the page's own policy, which forbids foreign ones."""
    page.evaluate(axe)
    found = json.loads(page.evaluate("axe.run().then((found) => JSON.stringify(found.violations))"))
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {one['help']} {one['nodes'][0]['html'][:150]}"
        for one in found
        if one["impact"] in SERIOUS
    ]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
