"""Every wall at every size, measured: exact, nothing clipped, nothing overlapping.

A page is loaded for every wall and language, and then its window becomes that of one screen after
the other, as when a screen is turned or replaced. The size at which a page is loaded goes round, so
that every size is also one at which a wall begins.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.boxes import assert_exact, resize, turned
from tests.e2e.conftest import new_page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WALLS = ("120110", "120110006", "120110002", "120110001011", "120110006010")
SIZES = ((1920, 1080), (3840, 2160), (3840, 1080), (7680, 2160), (1280, 1024))
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def painted(browser: Browser, district: Any) -> Iterator[Page]:
    page = new_page(browser)
    yield page
    page.context.close()


PAINTED = """() => {
  const root = document.documentElement;
  const trend = document.querySelector(".trend-slot");
  if (!trend || root.dataset.live !== "live") return false;
  const drawn = trend.querySelector(".scatterlayer path") || !trend.checkVisibility();
  return drawn && document.querySelector(".map-label[style]");
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("wall", WALLS)
def test_the_wall_fills_its_screen_exactly(
    painted: Page, district: Any, wall: str, language: str
) -> None:
    sizes = turned(SIZES, WALLS.index(wall) + LANGUAGES.index(language))
    resize(painted, sizes[0])
    painted.goto(f"{district.base_url}/wall/{wall}?lang={language}")
    painted.wait_for_function(PAINTED)
    for size in sizes:
        resize(painted, size)
        assert_exact(painted, size)
