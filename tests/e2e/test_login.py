"""Signing in with a real browser: without scripts, with a session that ends in the middle, and in
two browsers at once."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from datasource.desk.demonstration import PASSWORD
from tests.e2e.conftest import PATIENCE, District, Wall

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

STREET = "120110001"
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def person(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A browser of somebody's own."""
    contexts: list[Any] = []

    def opens(**options: Any) -> Page:
        contexts.append(browser.new_context(viewport=DESK, **options))
        page: Page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield opens
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> None:
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")


def test_a_wall_of_a_demonstration_needs_nobody(
    district: District, open_wall: Callable[..., Wall]
) -> None:
    wall = open_wall(district.base_url, STREET).wait_live()
    assert wall.page.context.cookies() == []


def test_signing_in_works_without_scripts(district: District, person: Callable[..., Page]) -> None:
    page = person(java_script_enabled=False)
    page.goto(f"{district.base_url}/account?lang=en")
    assert page.url.startswith(f"{district.base_url}/login?lang=en&next=/account")
    page.fill("input[name=name]", "street")
    page.keyboard.press("Enter")  # said by the page in its own language, not by the browser
    expect(page.locator("[role=alert]")).to_contain_text("A field is empty")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_have_text("The name or the password is wrong.")
    expect(page.locator("input[name=name]")).to_have_value("street")
    expect(page.locator("input[name=password]")).to_be_focused()
    sign_in(page, "street")
    expect(page.locator("h1")).to_have_text("Change password")
    page.click("text=Sign out")
    expect(page.locator("input[name=name]")).to_be_visible()
    page.goto(f"{district.base_url}/account")
    assert "/login" in page.url


def test_a_session_that_is_ended_elsewhere_hears_of_it_within_seconds(
    district: District, person: Callable[..., Page]
) -> None:
    first, second = person(), person()
    for page in (first, second):
        page.goto(f"{district.base_url}/login?next=/desk/{STREET}")
        sign_in(page, "street2")
        page.wait_for_url(re.compile(f"^http://[^/]+/desk/{STREET}"))
    root = first.locator("html")
    expect(root).to_have_attribute("data-live", "live")
    second.goto(f"{district.base_url}/account")
    others = second.locator("tr[data-session] button")
    while others.count():
        with second.expect_navigation():
            others.first.click()
    expect(second.locator("tr[data-session] b")).to_have_count(1)
    # What stands on the desk may still be read; it says what is the matter, and the way back.
    again = first.locator(".desk-notice a")
    expect(again).to_be_visible()
    expect(root).not_to_have_attribute("data-live", "live")
    again.click()
    sign_in(first, "street2")
    first.wait_for_url(re.compile(f"^http://[^/]+/desk/{STREET}"))


def test_who_may_not_is_told_so_on_a_page(district: District, person: Callable[..., Page]) -> None:
    page = person()
    page.goto(f"{district.base_url}/login")
    expect(page.locator("[data-demonstration] tr")).to_have_count(9)
    sign_in(page, "community")
    page.wait_for_url(re.compile("^http://[^/]+/desk/"))
    answer = page.goto(f"{district.base_url}/manage/accounts")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("[data-error='access.refused']")).to_be_visible()
