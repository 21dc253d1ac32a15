"""A wall in real Chromium, and what its developer tools tell of it."""

import shutil
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
def wall_page(browser: Browser, script: str = "") -> Iterator[tuple[Page, CDPSession]]:
    """An empty page of a fresh profile, with a script that runs before any of the page's own."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        page = context.new_page()
        if script:
            page.add_init_script(script)
        yield page, context.new_cdp_session(page)
    finally:
        context.close()


def open_wall(page: Page, program: Program) -> None:
    """The district's wall, until its numbers are live and map and chart have had their turn."""
    page.goto(f"{program.base_url}/wall/120110")
    page.wait_for_selector('html[data-live="live"]')
    page.wait_for_selector(f"{HEADLINE}[data-value]:not([data-value=''])")
    page.wait_for_selector(".leaflet-container", timeout=60_000)
    page.wait_for_timeout(3000)


class BusyTime:
    """The share of the main thread's time that was spent in tasks."""

    def __init__(self, tools: CDPSession) -> None:
        self._tools = tools
        tools.send("Performance.enable")
        self._before = self._read()

    def _read(self) -> dict[str, float]:
        found: Any = self._tools.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in found["metrics"]}

    def percent(self) -> dict[str, float]:
        """Since the beginning: all tasks, and of them script, style and layout."""
        now, before = self._read(), self._before
        seconds = now["Timestamp"] - before["Timestamp"]
        names = {
            "all tasks": "TaskDuration",
            "script": "ScriptDuration",
            "style": "RecalcStyleDuration",
            "layout": "LayoutDuration",
        }
        return {k: 100 * (now[v] - before[v]) / seconds for k, v in names.items()}
