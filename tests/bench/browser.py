"""A wall in real Chromium, and what its developer tools tell of it."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.program import Program

HEADLINE = '[data-metric="cases.reported_today"]'
WIDTH, HEIGHT = 1920, 1080


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, headless."""
    with sync_playwright() as playwright:
        binary = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def wall_page(browser: Browser, script: str = "") -> Iterator[Page]:
    """An empty page of a fresh profile, with a script that runs before any of the page's own."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page = context.new_page()
        if script:
            page.add_init_script(script)
        yield page
    finally:
        context.close()


def tools_of(page: Page) -> CDPSession:
    """A session of the developer tools."""
    return page.context.new_cdp_session(page)


def open_wall(page: Page, program: Program) -> None:
    """The district's wall, until its numbers are live and map and chart have had their turn."""
    page.goto(f"{program.base_url}/wall/120110")
    page.wait_for_selector('html[data-live="live"]')
    page.wait_for_selector(f"{HEADLINE}[data-value]:not([data-value=''])")
    page.wait_for_selector(".leaflet-container", timeout=60_000)
    page.wait_for_timeout(3000)


class BusyTime:
    """The share of the main thread's time that was spent in tasks: by the clock, and by the
    processor, which is less when others share the machine."""

    def __init__(self, page: Page) -> None:
        self._by_clock = self._session(page, "timeTicks")
        self._by_processor = self._session(page, "threadTicks")
        self._begun = time.monotonic()
        self._before = self._read()

    def _session(self, page: Page, domain: str) -> CDPSession:
        tools = tools_of(page)
        tools.send("Performance.enable", {"timeDomain": domain})
        return tools

    def _read(self) -> dict[str, float]:
        clock, processor = _metrics(self._by_clock), _metrics(self._by_processor)
        return {
            "all tasks": clock["TaskDuration"],
            "all tasks, processor time": processor["TaskDuration"],
            "script, processor time": processor["ScriptDuration"],
            "style and layout, processor time": processor["RecalcStyleDuration"]
            + processor["LayoutDuration"],
        }

    def percent(self) -> dict[str, float]:
        """Since the beginning, by kind of work."""
        now, seconds = self._read(), time.monotonic() - self._begun
        return {kind: 100 * (now[kind] - before) / seconds for kind, before in self._before.items()}


def _metrics(tools: CDPSession) -> dict[str, float]:
    found: Any = tools.send("Performance.getMetrics")
    return {each["name"]: each["value"] for each in found["metrics"]}
