"""Every kind of wall with the time machine's bar, measured at every size: exact, nothing clipped,
nothing overlapping."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.boxes import assert_exact, resize, turned
from tests.e2e.conftest import District, new_page
from tests.e2e.past import Past

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WALLS = ("120110", "120110002", "120110001005")
SIZES = ((1920, 1080), (3840, 1080), (1280, 1024), (1440, 900), (1280, 720))
LANGUAGES = ("zh", "en")
PAINTED = """() => {
  const root = document.documentElement;
  const trend = document.querySelector(".trend-slot");
  if (!trend || root.dataset.live !== "replay" || root.dataset.seq === undefined) return false;
  const drawn = trend.querySelector(".of-days .scatterlayer path") || !trend.checkVisibility();
  return drawn && document.querySelector(".map-label[style]");
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, district: District) -> Iterator[Page]:
    page = new_page(browser)
    past = Past(district.program.frame)
    past.moments = [
        {"at": f"2026-11-23T0{hour}:30:00.000Z", "kind": kind, "region": "120110"}
        for hour, kind in enumerate(("whistle_overdue", "alert", "alert", "whistle_overdue"))
    ]
    past.attach(page)
    yield page
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wall", WALLS)
def test_a_moment_with_its_bar_fills_its_screen_exactly(
    page: Page, district: District, wall: str, language: str
) -> None:
    # Loaded at another size each time (tests/e2e/test_layout_boxes.py).
    sizes = turned(SIZES, 2 * WALLS.index(wall) + LANGUAGES.index(language))
    resize(page, sizes[0])
    words = f"at=2026-11-23T14:59:00&trend=30&lang={language}"
    page.goto(f"{district.base_url}/wall/{wall}?{words}")
    page.wait_for_function(PAINTED)
    for size in sizes:
        resize(page, size)
        expect(page.locator(".replay-bar")).to_be_visible()
        assert_exact(page, size)
