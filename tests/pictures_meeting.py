"""The pictures of a meeting: a leader's steps as docs/handbook.zh.md tells them, each done before
its picture is taken."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from cockpit.domain.meeting import PAGE_NAMES
from datasource.desk.demonstration import PASSWORD
from tests.support import wait_for

TABLE = (1440, 900)


def take_meetings(browser: Browser, url: str, folder: Path) -> None:
    """Take them all of a running demonstration at `url`: each page, by keys; light; one frozen with
    the list behind a number; what can be taken home."""
    width, height = TABLE
    viewport = {"width": width, "height": height}
    page = browser.new_context(viewport=viewport, locale="zh-CN").new_page()  # type: ignore[arg-type]
    page.goto(f"{url}/login")
    page.fill("input[name=name]", "leader")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto(f"{url}/meeting/120110/{PAGE_NAMES[0]}")
    for name in PAGE_NAMES:
        _painted(page, name)
        _take(page, folder, name)
        page.keyboard.press("ArrowRight")
    page.goto(f"{url}/meeting/120110/streets?theme=light")
    _painted(page, "streets")
    _take(page, folder, "streets-light")
    page.goto(f"{url}/meeting/120110/late")
    _painted(page, "late")
    page.click('[data-do="freeze"]')
    wait_for(lambda: "at=" in page.evaluate("location.search"), 90)
    page.click('.page-late [data-metric="cases.overdue"]')
    page.wait_for_selector("dialog[open][data-total]", timeout=90_000)
    _take(page, folder, "drill")
    page.keyboard.press("Escape")
    page.click(".papers summary")
    _take(page, folder, "papers")
    page.context.close()


def _painted(page: Page, name: str) -> None:
    told = "document.documentElement.dataset.painted ?? null"
    wait_for(lambda: page.evaluate(told) == name, 60)


def _take(page: Page, folder: Path, name: str) -> None:
    width, height = TABLE
    page.wait_for_timeout(700)  # a number rolls for a third of a second
    page.screenshot(path=folder / f"meeting-{name}-{width}x{height}.png")
