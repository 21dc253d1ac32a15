"""The operators' page in a real browser: what it shows is what the site says, and it says itself
when it is out of date."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from redis import Redis

from datasource.stats import RedisStats
from tests.e2e.conftest import District, Wall, reported
from tests.program import get_json
from tests.support import PREFIX, RedisServer, wait_for

pytestmark = pytest.mark.e2e

DESK = {"width": 1440, "height": 900}
OpenWall = Callable[..., Wall]


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
        wait_for(lambda: self.root("live") == live, 20)
        return self


@pytest.fixture
def open_status(browser: Browser) -> Iterator[Callable[..., StatusPage]]:
    pages: list[StatusPage] = []

    def opens(base_url: str, query: str = "") -> StatusPage:
        page = browser.new_context(viewport=DESK).new_page()
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
    assert wait_for(lambda: page.root("ready")) == "yes"
    wait_for(lambda: page.state("projector") == page.state("intake") == "good")
    assert "系统状态" in page.page.inner_text("h1")
    roles = {row.split("\n")[0] for row in page.rows("processes")}
    assert {"接收", "投影", "归档", "服务"} <= roles

    case = outside.event("case.reported", "case/1", "120110001005001", reported())
    outside.publish(case, {"id": "1"})
    wait_for(lambda: [row for row in page.rows("sources") if "/test" in row])
    wait_for(lambda: [row for row in page.rows("letters") if "envelope" in row])
    wait_for(lambda: page.figure("screens", "total") == "1")
    (screen,) = wait_for(lambda: page.rows("screens"))
    assert "张贵庄街道" in screen
    wait_for(lambda: "实时" in page.rows("screens")[0])

    # A standby somewhere else shows itself, and goes when it is silent.
    with Redis(port=redis_server.port) as client:
        RedisStats(client, PREFIX, instance="other-7").write("projector", {"seq": 1}, "standby")
        wait_for(lambda: [row for row in page.rows("processes") if "other-7" in row])
        assert page.figure("projector", "standby") == "1"
    wait_for(lambda: not [row for row in page.rows("processes") if "other-7" in row], 30)
    shown = json.dumps(get_json(f"{outside.base_url}/api/v1/status")[1])
    assert '"id"' not in shown


def test_it_names_a_role_that_is_gone_and_an_archive_that_stands_still(
    outside: District, open_status: Callable[..., StatusPage]
) -> None:
    page = open_status(outside.base_url).wait_live()
    assert wait_for(lambda: page.root("ready")) == "yes"
    archive = outside.program.role_process("archive")
    archive.suspend()
    try:
        wait_for(lambda: page.root("ready") == "no", 30)
        assert "归档" in page.page.inner_text(".ready")
        assert page.state("archive") == "late"
    finally:
        archive.resume()
    wait_for(lambda: page.root("ready") == "yes", 30)


def test_it_says_itself_when_it_cannot_be_renewed(
    outside: District, open_status: Callable[..., StatusPage], redis_server: RedisServer
) -> None:
    page = open_status(outside.base_url, "?lang=en").wait_live()
    assert "Status" in page.page.inner_text("h1")
    veil = "getComputedStyle(document.querySelector('.veil')).opacity"
    assert page.page.evaluate(veil) == "0"
    redis_server.kill()
    page.wait_live("stale")
    wait_for(lambda: page.page.evaluate(veil) == "1")
    assert "Redis does not answer" in page.page.inner_text(".veil-text")
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
        cut = page.page.evaluate(
            """() => [...document.querySelectorAll(
                 ".hop *, .status .row.head > *, .list-processes .row > *, .top > *")]
               .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0)
               .map((e) => `${e.className}: ${e.textContent}`)"""
        )
        assert cut == []
        assert page.page.evaluate("document.documentElement.scrollHeight <= innerHeight")
