"""The operators' page in a real browser: what it shows is what the site says, and it says itself
when it is out of date."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request
from redis import Redis

from datasource.stats import RedisStats
from tests.e2e.conftest import District, Wall, new_page, reported
from tests.program import wait_json
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.e2e

DESK = {"width": 1440, "height": 900}
OpenWall = Callable[..., Wall]


# What is cut off by its box, and the page itself when it is higher than its window.
CUT = """() => [
  ...[...document.querySelectorAll(
      ".hop *, .status .row.head > *, .list-processes .row > *, .top > *")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0),
  ...(document.documentElement.scrollHeight > innerHeight ? [document.documentElement] : []),
].map((e) => `${e.className}: ${e.textContent.slice(0, 80)}`)"""


class StatusPage:
    """The page /status of a running program."""

    def __init__(self, page: Page, base_url: str, query: str = "") -> None:
        self.page, self.base_url = page, base_url
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(f"{base_url}/status{query}")

    def root(self, name: str) -> Any:
        return self.page.evaluate(f"document.documentElement.dataset.{name} ?? null")

    def state(self, stage: str) -> str | None:
        return self.page.get_attribute(f'[data-stage="{stage}"]', "data-state")

    def figure(self, stage: str, name: str) -> str | None:
        place = f'[data-stage="{stage}"] [data-figure="{name}"]'
        return self.page.get_attribute(place, "data-value")

    def rows(self, name: str) -> list[str]:
        return [row.inner_text() for row in self.page.query_selector_all(
            f'[data-list="{name}"] .rows .row:not([hidden])')]  # fmt: skip

    def wait_live(self, live: str = "live") -> "StatusPage":
        wait_for(lambda: self.root("live") == live)
        return self

    def wait_ready(self, ready: str = "yes") -> None:
        wait_for(lambda: self.root("ready") == ready)


@pytest.fixture
def open_status(browser: Browser) -> Iterator[Callable[..., StatusPage]]:
    pages: list[StatusPage] = []

    def opens(base_url: str, query: str = "") -> StatusPage:
        page = new_page(browser, viewport=DESK)
        pages.append(StatusPage(page, base_url, query))
        return pages[-1]

    yield opens
    faults = [fault for page in pages for fault in page.faults]
    for page in pages:
        page.page.context.close()
    assert not faults


def test_it_shows_processes_sources_screens_and_what_was_rejected(
    outside: District,
    open_wall: OpenWall,
    open_status: Callable[..., StatusPage],
    redis_server: RedisServer,
) -> None:
    open_wall(outside.base_url, "120110001").wait_live()
    page = open_status(outside.base_url).wait_live()
    page.wait_ready()
    wait_for(lambda: page.state("projector") == page.state("intake") == "good")
    assert "系统状态" in page.page.inner_text("h1")
    roles = {"接收", "投影", "归档", "服务"}
    wait_for(lambda: roles <= {row.split("\n")[0] for row in page.rows("processes")})

    case = outside.event("case.reported", "case/1", "120110001005001", reported())
    outside.publish(case, {"id": "1"})
    wait_for(lambda: [row for row in page.rows("sources") if "/test" in row])
    wait_for(lambda: [row for row in page.rows("letters") if "envelope" in row])
    wait_for(lambda: page.figure("screens", "total") == "1")
    wait_for(
        lambda: ["张贵庄街道" in row and "实时" in row for row in page.rows("screens")] == [True]
    )

    # A standby somewhere else shows itself, and goes when it is silent.
    with Redis(port=redis_server.port) as client:
        standby = RedisStats(client, PREFIX, instance="other-7")

        def look() -> bool:
            standby.write("projector", {"seq": 1}, "standby")
            rows = [row for row in page.rows("processes") if "other-7" in row]
            return len(rows) == 1 and page.figure("projector", "standby") == "1"

        wait_for(look)
    wait_for(lambda: not [row for row in page.rows("processes") if "other-7" in row])
    shown = json.dumps(wait_json(f"{outside.base_url}/api/v1/status"))
    assert '"id"' not in shown


def test_it_names_a_role_that_is_gone_and_an_archive_that_stands_still(
    outside: District, open_status: Callable[..., StatusPage]
) -> None:
    page = open_status(outside.base_url).wait_live()
    page.wait_ready()
    archive = outside.program.role_process("archive")
    archive.suspend()
    try:
        page.wait_ready("no")
        wait_for(lambda: "归档" in page.page.inner_text(".ready"))
        wait_for(lambda: page.state("archive") == "late")
    finally:
        archive.resume()
    page.wait_ready()


def test_what_it_asks_for_with_nobody_before_it_says_so(
    outside: District, browser: Browser
) -> None:
    """So that an open page alone keeps no session alive."""
    page, asked = new_page(browser, viewport=DESK), list[bool]()

    def hear(request: Request) -> None:
        if "/api/v1/status" in request.url:
            asked.append("x-unattended" in request.headers)

    page.on("request", hear)
    page.clock.install()
    page.goto(f"{outside.base_url}/status")
    wait_for(lambda: page.evaluate("1") and False in asked)
    page.clock.fast_forward("01:01")
    asked.clear()
    wait_for(lambda: page.evaluate("1") and True in asked)
    page.keyboard.press("Shift")
    asked.clear()
    wait_for(lambda: page.evaluate("1") and False in asked)
    page.context.close()


def test_it_says_itself_when_it_cannot_be_renewed(
    outside: District, open_status: Callable[..., StatusPage], redis_server: RedisServer
) -> None:
    page = open_status(outside.base_url, "?lang=en").wait_live()
    assert "Status" in page.page.inner_text("h1")
    veil = "getComputedStyle(document.querySelector('.veil')).opacity"
    wait_for(lambda: page.page.evaluate(veil) == "0")
    redis_server.kill()
    page.wait_live("stale")
    wait_for(lambda: page.page.evaluate(veil) == "1")
    wait_for(lambda: "Redis does not answer" in page.page.inner_text(".veil-text"))
    redis_server.start()
    page.wait_live()
    wait_for(lambda: page.page.evaluate(veil) == "0")

    server = outside.program.role_process("serve")
    server.suspend()
    try:
        page.wait_live("stale")
        wait_for(lambda: page.page.evaluate(veil) == "1")
    finally:
        server.resume()
    page.wait_live()


def test_every_line_has_its_place_at_1440_by_900(
    outside: District, open_status: Callable[..., StatusPage]
) -> None:
    for query in ("", "?lang=en"):
        page = open_status(outside.base_url, query).wait_live()
        wait_for(lambda page=page: len(page.rows("processes")) >= 4)
        cut: list[str] = []

        def whole(page: StatusPage = page, cut: list[str] = cut) -> bool:
            cut[:] = page.page.evaluate(CUT)
            return not cut

        try:
            wait_for(whole)
        except AssertionError:
            pytest.fail("\n".join(cut))
