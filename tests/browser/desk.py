"""Hands for Frappe's desk: what a person does with a form, in words."""

from playwright.sync_api import Locator, Page, expect

# The timers of a chart are shorter than a second and run before this one, however busy the machine is.
AT_REST = """() => new Promise((done) => {
    let timer;
    const observer = new MutationObserver(() => wait());
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => (window.jQuery?.active ? wait() : (observer.disconnect(), done())), 1000);
    };
    observer.observe(document.body, { childList: true, subtree: true });
    wait();
    setTimeout(done, 15000);
})"""


def come_to_rest(page: Page) -> None:
    """Until no answer is awaited and nothing is drawn: a chart that is drawn after its page was left has no width."""
    page.evaluate(AT_REST)


def field(page: Page, fieldname: str) -> Locator:
    return page.locator(f".frappe-control[data-fieldname={fieldname}]:visible").first


def fill(page: Page, fieldname: str, text: str) -> None:
    box = field(page, fieldname).locator("input, textarea").first
    box.fill(text)
    box.press("Tab")


def choose(page: Page, fieldname: str, text: str, within: Locator | None = None) -> None:
    """Type into a link field and take the suggestion that reads like it; until the server has confirmed it."""
    control = (within or page).locator(f".frappe-control[data-fieldname={fieldname}]:visible").first
    box = control.locator("input").first
    box.click()
    box.fill(text)
    control.locator(".awesomplete [role=option]", has_text=text).first.click()
    page.wait_for_function("(control) => !control.fieldobj.inside_change_event", arg=control.element_handle())
    expect(box).to_have_value(text)


def save(page: Page) -> None:
    page.locator(".primary-action:visible", has_text="Save").click()


def submit(page: Page) -> None:
    page.locator(".primary-action:visible", has_text="Submit").click()
    page.locator(".modal.show .btn-primary", has_text="Yes").click()


def tab(page: Page, label: str) -> None:
    page.locator(".form-tabs .nav-link:visible", has_text=label).click()


def add_row(page: Page, table: str) -> Locator:
    """A new row of a child table, opened; returns its form."""
    field(page, table).locator(".grid-add-row").click()
    return open_last_row(page, table)


def open_last_row(page: Page, table: str) -> Locator:
    """A mandatory table of a new form has its first row already."""
    field(page, table).locator(".grid-body .rows > .grid-row").last.locator(".btn-open-row").click()
    return page.locator(".grid-row-open .form-in-grid")


def close_row(page: Page) -> None:
    page.locator(".grid-row-open .grid-collapse-row").first.click()
    expect(page.locator(".grid-row-open")).to_have_count(0)


def indicator(page: Page) -> Locator:
    return page.locator(".page-head:visible .indicator-pill").first


def open_board(page: Page, address: str) -> None:
    """Twice: Frappe draws nothing where the script of its boards comes after the cards, and then it is in the cache."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.reload()


def wait_for_charts(page: Page, count: int) -> None:
    """Until that many charts of a dashboard stand: one that is drawn after its page was left has no width."""
    expect(page.locator(".dashboard-widget-box .chart-loading-state")).to_have_count(2 * count)
    loading = page.locator(".dashboard-widget-box .chart-loading-state:visible", has_text="Loading")
    expect(loading).to_have_count(0, timeout=40_000)


def message(page: Page) -> Locator:
    return page.locator(".modal.show .msgprint")
