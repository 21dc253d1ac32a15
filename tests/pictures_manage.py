"""The pictures of administration: an administrator's and an operator's steps as docs/handbook.zh.md
tells them, each done before its picture is taken."""

from pathlib import Path

from playwright.sync_api import Browser, Page

from datasource.desk.demonstration import PASSWORD

WALL, WIDE = (1920, 1080), (3840, 1080)
DESK = (1440, 900)


def take_manage(browser: Browser, url: str, folder: Path) -> None:
    """Take them all of a running demonstration at `url`."""
    screen = _page(browser, *WALL)
    code = _code(screen, url)
    screen.screenshot(path=folder / "pair-1920x1080.png")
    wide = _page(browser, *WIDE)
    _code(wide, url)
    wide.screenshot(path=folder / "pair-3840x1080.png")
    wide.context.close()
    page = _page(browser, *DESK)
    _sign_in(page, url, "admin")
    _screens(page, url, folder, code)
    screen.wait_for_url("**/wall/120110")
    page.wait_for_selector('[data-list="devices"] td.is-good')
    page.screenshot(path=folder / "manage-devices-1440x900.png")
    _account(page, url, folder)
    _key(page, url, folder)
    page.goto(f"{url}/manage/audit")
    page.wait_for_selector('[data-whole="yes"]')
    page.screenshot(path=folder / "manage-audit-1440x900.png")
    for each in (screen, page):
        each.context.close()


def _page(browser: Browser, width: int, height: int) -> Page:
    viewport = {"width": width, "height": height}
    return browser.new_context(viewport=viewport, locale="zh-CN").new_page()  # type: ignore[arg-type]


def _code(page: Page, url: str) -> str:
    page.goto(f"{url}/pair")
    return str(page.wait_for_selector("[data-code]").get_attribute("data-code"))  # type: ignore[union-attr]


def _sign_in(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)


def _fill(page: Page, **values: str) -> None:
    for name, text in values.items():
        page.locator(f'dialog [id$="-{name}"]').fill(text)


def _screens(page: Page, url: str, folder: Path, code: str) -> None:
    page.goto(f"{url}/manage/devices")
    page.click('[data-do="playlist"]')
    _fill(page, name="大厅白天")
    for number, region in enumerate(("120110", "120110008", "120110001")):
        if number:
            page.click("dialog .playlist-pages > .tool")
        page.locator("dialog li").nth(number).locator("select").select_option(region)
    line = page.locator("dialog li").nth(2)
    line.locator('[data-part="begin"]').fill("08:30")
    line.locator('[data-part="end"]').fill("17:30")
    page.screenshot(path=folder / "manage-playlist-1440x900.png")
    page.click("dialog [type=submit]")
    page.wait_for_selector('[data-list="playlists"] td.name')
    page.click('[data-do="pair"]')
    _fill(page, code=code, name="指挥大厅左屏")
    page.locator('dialog [id$="-playlist"]').select_option(label="大厅白天")
    page.screenshot(path=folder / "manage-pair-1440x900.png")
    page.click("dialog [type=submit]")


def _account(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/manage/accounts")
    page.wait_for_selector("td.name")
    page.click('[data-do="account"]')
    _fill(page, name="dl0127")
    page.locator('dialog [id$="-role"]').select_option("street_operator")
    page.locator('dialog [id$="-region"]').select_option("120110008")
    page.screenshot(path=folder / "manage-account-1440x900.png")
    page.click("dialog [type=submit]")
    page.wait_for_selector("dialog .secret")
    page.click("dialog [type=submit]")
    page.wait_for_selector('td.name:text("dl0127")')
    page.screenshot(path=folder / "manage-accounts-1440x900.png")


def _key(page: Page, url: str, folder: Path) -> None:
    page.goto(f"{url}/manage/keys")
    page.click('[data-do="key"]')
    _fill(page, name="8890 热线", source="/dongli/8890")
    page.screenshot(path=folder / "manage-key-1440x900.png")
    # A key would shut out the simulated sources of the demonstration that come by HTTP.
    page.keyboard.press("Escape")
