"""The trend panel's weeks: which days it asks for and draws, live and in a moment."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cockpit.clock import parse_instant
from tests.e2e.conftest import FULL_HD, District, Wall, new_page
from tests.e2e.past import LAST, Past
from tests.support import wait_for

pytestmark = pytest.mark.e2e

DISTRICT = "120110"
MOMENT = "2026-11-20T02:12:36.000Z"
WORDS = ".panel-trend .trend-words"


@pytest.fixture
def past(shared: District) -> Past:
    return Past(shared.program.frame)


@pytest.fixture
def opens(browser: Browser, shared: District, past: Past) -> Iterator[Callable[..., Wall]]:
    walls: list[Wall] = []

    def open_(query: str = "", region: str = DISTRICT) -> Wall:
        page = new_page(browser, viewport=FULL_HD)
        past.attach(page)
        walls.append(Wall(page, shared.base_url, region, query))
        return walls[-1]

    yield open_
    faults = [fault for wall in walls for fault in wall.faults]
    for wall in walls:
        wall.page.context.close()
    assert not faults


def drawn(wall: Wall) -> list[Any]:
    """The lines that Plotly has drawn: name and values."""
    return wall.page.evaluate(  # type: ignore[no-any-return]
        "[...(document.querySelector('.of-days .js-plotly-plot')?.data ?? [])]"
        ".map(line => [line.name, line.y])"
    )


def lines(wall: Wall, days: int) -> dict[str, list[float]]:
    """The lines once they reach over so many days that are over."""

    def look() -> dict[str, list[float]] | None:
        found = dict(drawn(wall))
        return found if len(found.get("first") or []) == days else None

    return wait_for(look) or {}


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_weeks_are_drawn_up_to_today(opens: Callable[..., Wall], past: Past, days: int) -> None:
    wall = opens().wait_live()
    today = wall.page.locator('[data-trend-period="today"]')
    expect(today).to_have_attribute("aria-pressed", "true")
    wall.page.click(f'[data-trend-period="{days}"]')
    found = lines(wall, days - 1)
    expect(wall.page).to_have_url(re.compile(f"trend={days}"))
    assert past.histories[-1]["days"] == str(days)
    # Days that are over from the archive, today from the picture.
    assert len(found["second"]) == days - 1
    assert found["first_today"] == [found["first"][-1], int(wall.value("cases.reported_today"))]
    assert found["second_today"] == [found["second"][-1], int(wall.value("cases.closed_today"))]
    wall.page.reload()
    lines(wall, days - 1)


def test_another_measure_and_back_to_today(opens: Callable[..., Wall]) -> None:
    wall = opens("?trend=7").wait_live()
    counts = lines(wall, 6)
    wall.page.click('[data-trend-measure="coverage"]')
    shares = wait_for(lambda: lines(wall, 6)["first"] != counts["first"] and lines(wall, 6))
    assert all(0.9 <= value <= 1 for value in shares["first"])
    assert shares["second"] == []
    expect(wall.page).to_have_url(re.compile("measure=coverage"))
    wall.page.click('[data-trend-period="today"]')
    expect(wall.page.locator(".trend-slot > .of-today")).to_be_visible()
    expect(wall.page.locator(".trend-slot > .of-days")).to_be_hidden()
    expect(wall.page).not_to_have_url(re.compile("trend="))


def test_a_moment_s_history_ends_at_it(opens: Callable[..., Wall], past: Past) -> None:
    wall = opens(f"?at={MOMENT}&trend=7")
    lines(wall, 6)
    asked = past.histories[-1]
    assert "days" not in asked
    assert parse_instant(asked["from"]) == parse_instant("2026-11-14T00:00:00+08:00")
    assert parse_instant(asked["to"]) - parse_instant(MOMENT) <= 1000
    # The same days as long as the day is the same, and others in another one.
    count = len(past.histories)
    wall.page.keyboard.press("ArrowRight")
    wait_for(lambda: wall.root("replay") != MOMENT)
    assert len(past.histories) == count
    wall.page.fill(".replay-bar .of-day", "2026-11-18")
    wall.page.keyboard.press("Enter")
    wait_for(lambda: wall.root("view") and len(past.histories) > count)
    assert parse_instant(past.histories[-1]["to"]) < LAST
    assert json.loads(wall.page.get_attribute(".trend-slot", "data-days"))


def test_no_history_is_said_in_words(opens: Callable[..., Wall], past: Past) -> None:
    past.days_kept = 1
    wall = opens("?trend=30").wait_live()
    expect(wall.page.locator(WORDS)).to_have_text("尚无历史")
    wall.page.click('[data-trend-period="today"]')
    expect(wall.page.locator(WORDS)).to_be_hidden()


def test_a_history_that_cannot_be_had_is_said_and_nothing_else_suffers(
    opens: Callable[..., Wall],
) -> None:
    wall = opens("?trend=30")
    wall.page.unroute_all()
    wall.page.route(
        "**/api/v1/history/**",
        lambda route: route.fulfill(status=503, json={"error": {"code": "query.unavailable"}}),
    )
    wall.page.reload()
    wall.wait_live()
    expect(wall.page.locator(WORDS)).to_contain_text("query.unavailable")
