"""The pictures of a meeting: a leader's steps as docs/handbook.zh.md tells them, each done before
its picture is taken; and walls on which an alarm calls."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from cockpit.domain.meeting import PAGE_NAMES
from datasource.desk.demonstration import PASSWORD
from tests.e2e.conftest import District, Wall
from tests.program import Program
from tests.support import wait_for

TABLE, SCREEN = (1440, 900), (1920, 1080)
DISTRICT, STREET, COMMUNITY = "120110", "120110008", "120110001005"
WALLS = ((DISTRICT, SCREEN), (DISTRICT, (3840, 1080)), (STREET, (1280, 1024)))


def take_meetings(browser: Browser, url: str, folder: Path) -> None:
    """Take them all of a running demonstration at `url`: each page, by keys, at both sizes; a
    street's and a community's, English and light ones; one frozen with the list behind a number;
    what can be taken home."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{url}/login")
    page.fill("input[name=name]", "leader")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    for size in (SCREEN, TABLE):
        _sized(page, size)
        page.goto(f"{url}/meeting/{DISTRICT}/{PAGE_NAMES[0]}")
        for name in PAGE_NAMES:
            _painted(page, name)
            _take(page, folder, name)
            page.keyboard.press("ArrowRight")
    others = (
        ("streets-light", DISTRICT, "streets", "?theme=light"),
        ("today-en", DISTRICT, "today", "?lang=en"),
        ("departments-en", DISTRICT, "departments", "?lang=en"),
        ("street-late", STREET, "late", ""),
        ("community-today", COMMUNITY, "today", ""),
        ("community-patrol-light", COMMUNITY, "patrol", "?theme=light"),
    )
    for name, region, shown, query in others:
        page.goto(f"{url}/meeting/{region}/{shown}{query}")
        _painted(page, shown)
        _take(page, folder, name)
    page.goto(f"{url}/meeting/{DISTRICT}/late")
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


def take_alarms(browser: Browser, program: Program, folder: Path) -> None:
    """Take walls on which a critical alert calls, which is raised for it; so it comes last."""
    district = District(program, program.redis_port)
    raised = {"kind": "fire_risk", "severity": "critical"}
    place = f"{STREET}007"
    event = district.event("alert.raised", "alert/picture", place, raised)
    district.publish(event | {"source": "/dongli/terminal"})
    for region, (width, height) in WALLS:
        page = browser.new_page(viewport={"width": width, "height": height})
        Wall(page, program.base_url, region).wait_live()
        page.wait_for_selector(".alarm:not([hidden])")
        page.wait_for_selector(".leaflet-interactive", state="attached")
        page.wait_for_timeout(4000)  # the chart is drawn, and the band has lit up
        page.screenshot(path=folder / f"alarm-{region}-{width}x{height}.png")
        page.close()


def _sized(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _painted(page: Page, name: str) -> None:
    told = "document.documentElement.dataset.painted ?? null"
    wait_for(lambda: page.evaluate(told) == name, 60)


def _take(page: Page, folder: Path, name: str) -> None:
    assert page.viewport_size
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    page.wait_for_timeout(700)  # a number rolls for a third of a second
    page.screenshot(path=folder / f"meeting-{name}-{width}x{height}.png")
