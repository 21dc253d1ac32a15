"""A wall talks to its own host only, and shows its first numbers without Plotly and Leaflet."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import District, new_page

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.parametrize("region", ["120110", "120110006", "120110001011"])
def test_no_request_leaves_the_host(browser: Browser, district: District, region: str) -> None:
    page = new_page(browser)
    own = urlsplit(district.base_url).netloc
    strangers: list[str] = []

    def hear(url: str) -> None:
        if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).netloc != own:
            strangers.append(url)

    page.on("request", lambda request: hear(request.url))
    page.on("websocket", lambda socket: hear(socket.url))
    page.goto(f"{district.base_url}/wall/{region}")
    page.wait_for_selector(".scatterlayer path")
    page.wait_for_selector(".map-label[style]")
    page.context.close()
    assert strangers == []


def test_the_first_numbers_need_neither_plotly_nor_leaflet(
    browser: Browser, district: District
) -> None:
    page = new_page(browser)
    held: list[Route] = []

    # Playwright needs a function of Python, not a list's own method.
    def hold(route: Route) -> None:
        held.append(route)

    for late in ("**/*plotly*", "**/dash_leaflet/**"):
        page.route(late, hold)
    page.goto(f"{district.base_url}/wall/120110")
    number = page.locator('.hero[data-metric="cases.reported_today"]')
    expect(number).not_to_be_empty()
    expect(page.locator('html[data-live="live"]')).to_have_count(1)
    for route in held:
        route.abort()
    page.context.close()
