"""What a meeting's pages say when something is late, cut off, away or in another light, and that
everybody can read them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cockpit.domain.meeting import PAGE_NAMES, pages_of
from cockpit.domain.meeting_feeds import feeds_of
from datasource.geography import load_regions
from tests.e2e.access import assert_accessible
from tests.e2e.conftest import District
from tests.e2e.test_meeting import DISTRICT, Meeting
from tests.program import get_json
from tests.support import wait_for

pytestmark = pytest.mark.e2e

AT = "2026-11-23T06:45:10.000Z"  # 14:45:10 in Shanghai
FROZEN = f"?at={AT}&stay=1&bar=0"
REGISTER = "人员台账"
NO_ANSWER = "服务器没有应答"
_LINES = """[...document.querySelectorAll(".page-trends .scatterlayer .js-line")]
  .map((e) => getComputedStyle(e).stroke)"""
_TOLD = """(name) => [...document.querySelectorAll(`.page-trends ${name}`)]
  .filter((e) => e.getClientRects().length).map((e) => e.textContent)"""
BRIEFS = {
    "briefs": [
        {
            "kind": "daily", "name": "东丽区", "first": "2026-11-22", "last": "2026-11-22",
            "files": [{"id": "a" * 24, "format": "xlsx"}, {"id": "b" * 24, "format": "pptx"}],
        }
    ],
    "months": ["2026-11"], "month": "2026-11", "made": True, "time": "07:30",
}  # fmt: skip


@contextmanager
def meeting_of(browser: Browser, district: District, name: str) -> Iterator[Meeting]:
    """Somebody's meeting, closed at the end; none of its scripts may have had a fault."""
    meeting = Meeting(browser, district, name)
    yield meeting
    meeting.page.context.close()
    assert not meeting.faults


@pytest.fixture
def leader(browser: Browser, district: District) -> Iterator[Meeting]:
    wait_for(lambda: _is_archived(district), 240)  # it may still fold the simulated past
    with meeting_of(browser, district, "leader") as meeting:
        yield meeting


def _is_archived(district: District) -> bool:
    status, frame = get_json(f"{district.base_url}/api/v1/frames/{DISTRICT}/wall?at={AT}")
    return status == 200 and frame["at"] == AT


def people_late(route: Route) -> None:
    """The picture of a moment at which the register has been silent for ten minutes."""
    answer = route.fetch()
    told: Any = answer.json()
    for source in told["frame"]["sources"]:
        source["late"] = source["source"].endswith("/register")
        if source["late"]:
            source["last_seen"] = AT.replace("45:", "35:")
    route.fulfill(response=answer, json=told)


def dialog_of(page: Page, what: str) -> Any:
    """The dialog of that name, once it is open and no list is on its way."""
    dialog = page.locator(f"dialog[open][data-over={what}]")
    expect(dialog).to_be_visible()
    return dialog


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_each_page_and_a_late_source_is_named_where_it_feeds(
    leader: Meeting, theme: str
) -> None:
    feeds = {page.name: feeds_of(page) for page in pages_of(load_regions().district)}
    page = leader.page
    page.route("**/api/v1/replay/**", people_late)
    leader.open(PAGE_NAMES[0], f"{FROZEN}&theme={theme}")
    named = page.locator("[data-page]:not([hidden]) .late-source")
    for name, following in pairwise([*PAGE_NAMES, ""]):
        if "people" in feeds[name]:
            expect(named).to_have_text(f"◆ {REGISTER} 已 10 分钟无数据")
        else:
            expect(named).to_be_hidden()
        assert_accessible(page, name)
        if following:
            page.keyboard.press("ArrowRight")
            leader.painted(following)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_what_opens_over_a_page(leader: Meeting, theme: str) -> None:
    page = leader.page
    page.route("**/api/v1/papers?*", lambda route: route.fulfill(json=BRIEFS))
    leader.open("departments", f"{FROZEN}&theme={theme}")  # more of them than fit on a page
    for what, button in (
        ("legend", '[data-do="legend"]'),
        ("briefs", '[data-do="briefs"]'),
        ("rows", ".page-departments .rest"),
        ("drill", ".page-departments .number"),
    ):
        page.locator(button).first.click()
        dialog = dialog_of(page, what)
        expect(dialog.locator("tbody tr:visible, dt:visible").first).to_be_visible()
        assert_accessible(page, what)
        page.keyboard.press("Escape")


def test_charts_go_over_into_the_other_light(leader: Meeting) -> None:
    leader.open("trends", FROZEN)
    dark = leader.page.evaluate(_LINES)
    assert len(set(dark)) > 1
    leader.page.click('[data-do="theme"]')
    wait_for(lambda: not set(leader.page.evaluate(_LINES)) & set(dark))
    leader.page.click('[data-do="theme"]')
    wait_for(lambda: leader.page.evaluate(_LINES) == dark)


def test_the_past_that_is_known_stays_until_the_next_has_come(leader: Meeting) -> None:
    page, history = leader.page, "**/api/v1/history/**"
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(history, hold)
    page.goto(f"{leader.base}/meeting/{DISTRICT}/trends{FROZEN}")
    wait_for(lambda: page.evaluate(_TOLD, ":is(.empty, .words)") == ["正在读取…"] * 3)
    assert leader.root("painted") is None
    wait_for(lambda: len(held) == 2)
    for route in held:
        route.continue_()
    leader.painted("trends")
    assert page.evaluate(_TOLD, ".until") == ["数据截至 14:30"] * 3
    rows = page.evaluate(_TOLD, "tbody tr")

    page.unroute(history)
    page.route(history, lambda route: route.abort())
    page.keyboard.press("t")
    page.click('[data-replay-days="-1"]')
    failed = ["◆ 数据截至 11-23 14:30 · 历史数据暂时取不到"] * 3
    wait_for(lambda: page.evaluate(_TOLD, ".until") == failed)
    assert page.evaluate(_TOLD, "tbody tr") == rows

    page.unroute(history)  # it is asked again by itself
    wait_for(lambda: page.evaluate(_TOLD, ".until") == ["数据截至 14:30"] * 3, 60)
    assert page.evaluate(_TOLD, "tbody tr") != rows


def test_whistles_that_are_cut_off_are_told_and_all_of_them_listed(leader: Meeting) -> None:
    leader.open("departments", FROZEN)
    opened = leader.figures()["whistles.open"]
    leader.open("late", FROZEN)
    sheet = leader.page.locator(".page-late .sheet-whistles")
    assert int(opened) > 12
    expect(sheet.locator(".until")).to_have_text(f"前 12 个，在途共 {opened} 个")
    shown = sheet.locator("tbody tr:visible").count()
    rest = sheet.locator(".rest")
    expect(rest).to_have_text(f"另有 {int(opened) - shown} 行，看全表")
    rest.click()
    dialog = dialog_of(leader.page, "drill")
    expect(dialog.locator("tbody tr")).to_have_count(int(opened))
    expect(dialog.locator("h2")).to_contain_text("在途哨")


def test_the_line_below_a_number_has_its_list_and_persons_only_for_whom_they_are_a_duty(
    leader: Meeting, browser: Browser, district: District
) -> None:
    leader.open("today", FROZEN)
    for metric in ("cases.overdue_new_today", "whistles.at_risk", "patrols.expected"):
        note = leader.page.locator(f'.page-today .sub[data-list="{metric}"]')
        value = note.get_attribute("data-value")
        note.click()
        dialog = dialog_of(leader.page, "drill")
        expect(dialog.locator(".count")).to_have_text(f"共 {int(value or 0):,} 项")
        leader.page.keyboard.press("Escape")
    special = '.page-today .sub[data-list="visits.overdue.special"]'
    leader.page.click(special)
    expect(dialog_of(leader.page, "drill").locator(".list")).to_contain_text("本账号只看数字")
    with meeting_of(browser, district, "operator") as operator:
        operator.open("today", FROZEN)
        operator.page.click(special)
        told = dialog_of(operator.page, "drill").locator(".count")
        expect(told).to_contain_text("共")
        assert "名单截至" not in told.inner_text()


def test_a_list_of_another_moment_or_length_says_so(leader: Meeting) -> None:
    def earlier(route: Route) -> None:
        answer = route.fetch()
        told: Any = answer.json()
        told |= {"at": AT.replace("45:", "44:"), "value": 3, "total": 3, "rows": told["rows"][:3]}
        route.fulfill(response=answer, json=told)

    leader.page.route("**/api/v1/drill/**", earlier)
    leader.open("late", FROZEN)
    value = leader.figures()["cases.at_risk"]
    assert value != "3"
    leader.page.click('.page-late [data-metric="cases.at_risk"]')
    told = dialog_of(leader.page, "drill").locator(".count")
    expect(told).to_have_text(f"共 3 项 · 名单截至 2026-11-23 14:44:10 · 画面上为 {value}")


def test_faults_are_told_in_the_pages_language_and_events_of_another_day_with_it(
    leader: Meeting,
) -> None:
    page = leader.page
    leader.open("incident", "?at=2026-11-22T16:00:05.000Z&stay=1&bar=0")  # midnight in Shanghai
    times = page.locator(".page-incident .sheet-ticker tbody tr:visible td:first-child")
    expect(times.first).to_have_text(re.compile(r"^11-22 \d\d:\d\d:\d\d$"))
    page.route("**/api/v1/papers**", lambda route: route.abort())
    page.click('[data-do="briefs"]')
    expect(dialog_of(page, "briefs")).to_contain_text(NO_ANSWER)
    page.keyboard.press("Escape")
    page.unroute("**/api/v1/papers**")
    proxy = "<html>Bad Gateway</html>"
    page.route("**/api/v1/papers**", lambda route: route.fulfill(status=502, body=proxy))
    page.click(".papers summary")
    page.click('[data-paper="xlsx"][data-of="this"]')
    expect(page.locator(".meeting-tools .said")).to_contain_text(NO_ANSWER)
