"""Every wall at every size, measured: exact, nothing clipped, nothing overlapping."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WALLS = ("120110", "120110006", "120110002", "120110001011", "120110006010")
SIZES = ((1920, 1080), (3840, 2160), (3840, 1080), (7680, 2160), (1280, 1024))
LANGUAGES = ("zh", "en")

MEASURE = (Path(__file__).parent / "measure_boxes.js").read_text("utf-8")


@pytest.fixture(scope="module")
def painted(browser: Browser, district: Any) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def settle(page: Page, address: str) -> None:
    """Go there and wait until the frame, the map and the trend are painted."""
    page.goto(address)
    page.wait_for_function(
        """() => {
          const root = document.documentElement;
          const trend = document.querySelector(".trend-slot");
          if (!trend || root.dataset.live !== "live") return false;
          const drawn = trend.querySelector(".scatterlayer path") || !trend.checkVisibility();
          return drawn && document.querySelector(".map-label[style]");
        }"""
    )
    # Two pictures later nothing moves any more: rows fitted, labels apart.
    page.evaluate("() => new Promise(d => setTimeout(() => requestAnimationFrame(d), 400))")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("wall", WALLS)
def test_the_wall_fills_its_screen_exactly(
    painted: Page, district: Any, wall: str, size: tuple[int, int], language: str
) -> None:
    painted.set_viewport_size({"width": size[0], "height": size[1]})
    settle(painted, f"{district.base_url}/wall/{wall}?lang={language}")
    assert painted.evaluate(MEASURE) == []
