"""Every kind of wall with the time machine's bar, measured at every size: exact, nothing clipped,
nothing overlapping."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import District
from tests.e2e.past import Past

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WALLS = ("120110", "120110002", "120110001005")
SIZES = ((1920, 1080), (3840, 1080), (1280, 1024), (1440, 900), (1280, 720))
MEASURE = (Path(__file__).parent / "measure_boxes.js").read_text("utf-8")
PAINTED = """() => {
  const root = document.documentElement;
  const trend = document.querySelector(".trend-slot");
  if (!trend || root.dataset.live !== "replay" || root.dataset.seq === undefined) return false;
  const drawn = trend.querySelector(".of-days .scatterlayer path") || !trend.checkVisibility();
  return drawn && document.querySelector(".map-label[style]");
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, district: District) -> Iterator[Page]:
    page = browser.new_page()
    past = Past(district.program.frame)
    past.moments = [
        {"at": f"2026-11-23T0{hour}:30:00.000Z", "kind": kind, "region": "120110"}
        for hour, kind in enumerate(("whistle_overdue", "alert", "alert", "whistle_overdue"))
    ]
    past.attach(page)
    yield page
    page.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("wall", WALLS)
def test_a_moment_with_its_bar_fills_its_screen_exactly(
    page: Page, district: District, wall: str, size: tuple[int, int], language: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    words = f"at=2026-11-23T14:59:00&trend=30&lang={language}"
    page.goto(f"{district.base_url}/wall/{wall}?{words}")
    page.wait_for_function(PAINTED)
    # Two pictures later nothing moves any more: rows fitted, labels apart.
    page.evaluate("() => new Promise(d => setTimeout(() => requestAnimationFrame(d), 400))")
    assert page.is_visible(".replay-bar")
    assert page.evaluate(MEASURE) == []
