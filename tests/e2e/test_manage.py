"""Administration and screens in a real browser, on a real site whose walls are paired: stories of
an administrator, of a screen in a hall, and of an auditor."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from cockpit.clock import HOUR, MINUTE, parse_instant
from tests.e2e.access import assert_accessible
from tests.e2e.conftest import District, new_page, start
from tests.e2e.desks import choose_password, sign_in
from tests.program import CLOCK
from tests.support import wait_for

pytestmark = pytest.mark.e2e

DESK: ViewportSize = {"width": 1440, "height": 900}
SCRIPT = "<script>document.title='!'</script>"
LIST = '[data-list="{}"] tbody tr[data-id]'
Open = Callable[..., Page]


@dataclass
class Site:
    """A running site and its first administrator, who has chosen a password."""

    district: District
    administrator: Page

    @property
    def url(self) -> str:
        return self.district.base_url


@pytest.fixture(scope="module")
def opens(browser: Browser) -> Iterator[Open]:
    """Opens a page in a browser of its own; none may have had a fault of its own scripts."""
    pages: list[Page] = []
    faults: list[str] = []

    def opened(viewport: ViewportSize | None = None) -> Page:
        page = new_page(browser, viewport=viewport or DESK, locale="zh-CN")
        page.on("pageerror", lambda error: faults.append(str(error)))
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert not faults


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, opens: Open) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    program = start(folder, simulate=False, walls="paired")
    try:
        said = r"密码\s+(\S+)"
        told = wait_for(lambda: re.findall(said, (folder / "out").read_text("utf-8")))[0]
        page = opens()
        sign_in(page, program.base_url, "administrator", told)
        choose_password(page, told)
        yield Site(District(program, program.redis_port), page)
    finally:
        program.stop()


def fill(page: Page, **values: str) -> None:
    """The fields of the open dialog, by name."""
    for name, text in values.items():
        control = page.locator(f'dialog [id$="-{name}"]')
        if control.evaluate("(each) => each.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)


def submit(page: Page) -> None:
    page.click("dialog [type=submit]")


def act(page: Page, name: str, row: str = "tr") -> None:
    """Begin what is done with a row by its button. Lists are drawn anew every few seconds, perhaps
    between pressing and letting go."""
    page.locator(f"{row} [data-act={name}]").first.dispatch_event("click")


def acknowledge(screen: Page) -> None:
    """Silence the alarm by its key: while another wall comes there is none for a moment."""

    def look() -> bool:
        screen.keyboard.press("a")
        kept = screen.evaluate("sessionStorage.getItem('cockpit.acknowledged')")
        return bool(kept) and not screen.is_visible(".alarm")

    wait_for(look)


def make_playlist(page: Page, name: str, *regions: str) -> None:
    page.click('[data-do="playlist"]')
    fill(page, name=name)
    for number, region in enumerate(regions):
        if number:
            page.click("dialog .playlist-pages > .tool")
        line = page.locator("dialog li").nth(number)
        line.locator("select").select_option(region)
        line.locator('[data-part="seconds"]').fill("5")
    submit(page)
    page.wait_for_selector(f"{LIST.format('playlists')} .name")


def test_a_screen_pairs_follows_its_playlist_raises_an_alarm_and_is_revoked(
    site: Site, opens: Open
) -> None:
    screen, page = opens({"width": 1920, "height": 1080}), site.administrator
    screen.goto(f"{site.url}/wall/120110")
    assert "/pair" in screen.url
    code = wait_for(lambda: screen.get_attribute(".pairing .code", "data-code")) or ""
    assert_accessible(screen)

    page.goto(f"{site.url}/manage/devices")
    page.wait_for_selector('[data-list="playlists"] tbody tr')
    make_playlist(page, SCRIPT, "120110", "120110001")
    page.click('[data-do="pair"]')
    fill(page, code=code.lower(), name=SCRIPT)
    page.locator('dialog [id$="-playlist"]').select_option(label=SCRIPT)
    submit(page)
    screen.wait_for_url(f"{site.url}/wall/120110")
    page.wait_for_selector('[data-list="devices"] td.is-good')
    expect(page.locator(f"{LIST.format('devices')} .name")).to_have_text(SCRIPT)
    assert page.title() != "!"

    screen.wait_for_url(f"{site.url}/wall/120110001")
    begun = parse_instant(CLOCK) - 5 * HOUR
    late = {"kind": "emergency", "department": "区城管委", "category": "0106"}
    site.district.publish(
        site.district.event("whistle.blown", "whistle/1", "120110001005", late, begun)
    )
    alarm = expect(screen.locator(".alarm:not([hidden])"))
    alarm.to_contain_text("张贵庄街道")
    alarm.to_contain_text("区城管委")
    acknowledge(screen)

    page.goto(f"{site.url}/status")
    expect(page.locator('[data-list="screens"] .rows')).to_contain_text(SCRIPT)
    page.goto(f"{site.url}/manage/devices")
    # Another wall instead: the screen goes there by itself.
    act(page, "change")
    fill(page, playlist="", region="120110002")
    submit(page)
    screen.wait_for_url(f"{site.url}/wall/120110002")

    act(page, "revoke")
    submit(page)
    screen.wait_for_url(f"{site.url}/pair")
    again = wait_for(lambda: screen.get_attribute(".pairing .code", "data-code"))
    assert again != code


def test_an_account_is_made_with_a_password_for_once_and_the_audit_tells_of_it(
    site: Site, opens: Open
) -> None:
    page = site.administrator
    page.goto(f"{site.url}/manage/accounts")
    page.click('[data-do="account"]')
    fill(page, name="shenji01", role="auditor", region="120110")
    submit(page)
    password = page.inner_text("dialog .secret")
    submit(page)
    expect(page.locator(LIST.format("accounts"))).to_have_count(2)
    wait_for(lambda: password not in page.content())
    page.click('[data-do="account"]')
    fill(page, name="shenji01", role="auditor", region="120110")
    submit(page)
    expect(page.locator("dialog .fault")).to_contain_text("已有")
    page.keyboard.press("Escape")

    auditor = opens()
    sign_in(auditor, site.url, "shenji01", password)
    auditor.goto(f"{site.url}/manage/audit")
    choose_password(auditor, password)
    auditor.goto(f"{site.url}/manage/audit")
    rows = auditor.locator(LIST.format("audit"))
    expect(rows.filter(has_text="新建账号").first).to_be_visible()
    expect(auditor.locator(".chain")).to_have_attribute("data-whole", "yes")
    auditor.select_option('[data-field="what"] select', label="密码")
    expect(rows.filter(has_text="登录")).to_have_count(0)
    assert_accessible(auditor)
    # What is not an auditor's says so, and is written down.
    answer = auditor.goto(f"{site.url}/manage/accounts")
    assert answer is not None
    assert answer.status == 403
    act(page, "end", f"{LIST.format('accounts')}:has-text('shenji01')")
    submit(page)
    page.wait_for_selector(".manage > .said:has-text('shenji01')")
    auditor.goto(f"{site.url}/manage/audit")
    assert "/login" in auditor.url


def test_a_key_is_shown_once_and_every_page_is_whole(site: Site) -> None:
    page = site.administrator
    page.goto(f"{site.url}/manage/keys")
    page.click('[data-do="key"]')
    fill(page, name=SCRIPT, source="/test")
    submit(page)
    key = page.inner_text("dialog .secret")
    submit(page)
    expect(page.locator(LIST.format("keys"))).to_contain_text(SCRIPT)
    wait_for(lambda: key not in page.content())
    act(page, "revoke")
    assert_accessible(page)
    submit(page)
    expect(page.locator('[data-act="revoke"]')).to_have_count(0)
    for name in ("accounts", "devices", "audit"):
        page.goto(f"{site.url}/manage/{name}")
        page.wait_for_selector(f"{LIST.format(name)}, .none")
        assert_accessible(page, name)
    assert page.title() != "!"


def test_a_rotation_by_address_waits_for_alarms_and_for_the_space_bar(site: Site) -> None:
    page = site.administrator
    page.goto(f"{site.url}/wall/rotate?pages=120110,120110003&seconds=5")
    alert = {"kind": "fire_risk", "severity": "critical"}
    begun = parse_instant(CLOCK) - MINUTE
    site.district.publish(
        site.district.event("alert.raised", "alert/1", "120110001005", alert, begun)
    )
    page.wait_for_selector(".alarm-title:has-text('紧急预警')")
    assert "/wall/120110?" in page.url
    page.click(".alarm-seen")
    page.wait_for_url(re.compile("/wall/120110003[?]"))
    page.wait_for_selector("html[data-live=live]")
    page.keyboard.press("Space")
    page.wait_for_selector(".kiosk[data-held]")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("/wall/120110[?]"))
    assert page.goto(f"{site.url}/wall/rotate?pages=1").status == 404  # type: ignore[union-attr]
