"""The pictures of desks for docs/handbook.zh.md: each is taken after the step that the handbook
tells has been done on the running program, so that a step which no longer works has no picture."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect

from datasource.desk.demonstration import PASSWORD

STREET, DISTRICT = "120110001", "120110"
SIZE: ViewportSize = {"width": 1440, "height": 900}
ROW = ".ag-center-cols-container .ag-row"
PATIENCE = 90_000
Shoot = Callable[[Page, str], None]


def take_desks(browser: Browser, url: str, folder: Path) -> None:
    """Do the handbook's steps at the desks of a demonstration, and keep pictures of them."""

    def shoot(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}-1440x900.png")

    street = _signed_in(browser, url, "street", f"/desk/{STREET}/to_accept", shoot)
    _cases(street, shoot)
    _whistle(street, shoot)
    _keyboard(street, shoot)
    street.goto(f"{url}/manage/duties")
    street.wait_for_selector(".manage-duties .ag-row", timeout=PATIENCE)
    shoot(street, "desk-duties")
    street.context.close()
    for name, path in (
        ("operator", f"/desk/{DISTRICT}/overdue"),
        ("department", f"/desk/{DISTRICT}/whistles_all"),
        ("community", "/desk/120110001005/visits_due_today"),
    ):
        page = _signed_in(browser, url, name, path, shoot)
        shoot(page, f"desk-{name}")
        page.context.close()


def _signed_in(browser: Browser, url: str, name: str, path: str, shoot: Shoot) -> Page:
    page = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/login?next={path}")
    if name == "street":
        shoot(page, "login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".queue-total[data-value]")
    page.wait_for_timeout(1500)  # the rows are painted, the tiles filled
    return page


def _cases(page: Page, shoot: Shoot) -> None:
    shoot(page, "desk-street")
    page.locator(ROW).first.locator('[col-id="key"]').click()
    page.wait_for_selector(".timeline li")
    shoot(page, "desk-case")
    page.click('[data-command="case.accepted"]')
    page.locator(".subject-state", has_text="待立案").wait_for()
    page.click('[data-command="case.dispatched"]')
    page.wait_for_selector(".desk-act[open] select")
    shoot(page, "desk-dispatch")
    page.click(".desk-act[open] button.main")
    page.locator(".subject-state", has_text="已派遣").wait_for()


def _whistle(page: Page, shoot: Shoot) -> None:
    page.keyboard.press("w")
    page.wait_for_selector(".desk-act[open] select")
    shoot(page, "desk-whistle")
    page.click(".desk-act[open] button.main")
    expect(page.locator(".desk-foot .waiting")).to_have_text("")
    page.click('[data-queue="whistles_to_sign"]')
    page.locator(ROW, has_text="w-").first.locator('[col-id="key"]').click()
    page.wait_for_selector(".timeline li")
    shoot(page, "desk-whistle-open")
    page.keyboard.press("Escape")


def _keyboard(page: Page, shoot: Shoot) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector(".desk-find[open]")
    shoot(page, "desk-palette")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector(".desk-keys[open]")
    shoot(page, "desk-keys")
    page.keyboard.press("Escape")
