"""The time machine in the page: which moment it paints, how it goes on, and that nothing live is
ever painted into a moment, nor the other way round. The past is made up (past.py)."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from cockpit.clock import DAY, HOUR, MINUTE, parse_instant, to_text
from tests.e2e.conftest import FULL_HD, District, Wall, new_page, reported
from tests.e2e.past import FIRST, LAST, PAST, STEPS, Past, open_at
from tests.program import wait_json
from tests.support import wait_for

pytestmark = pytest.mark.e2e

STREET, DISTRICT, COMMUNITY, GRID = "120110001", "120110", "120110001005", "120110001005001"
MOMENT = parse_instant("2026-11-20T10:12:36+08:00")
AT = "?at=2026-11-20T10:12:36%2B08:00"
# Notes each state of the page in which a live number stands in a moment, or the reverse.
WATCH = """() => {
  window.wrong = [];
  const look = () => {
    const root = document.documentElement;
    const value = document.querySelector('.hero[data-metric="cases.open"]')?.dataset.value;
    if (!value || root.dataset.seq === undefined) return;
    const past = Number(value) >= PAST;
    if (past !== (root.dataset.live === "replay")) window.wrong.push([root.dataset.live, value]);
  };
  new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});
}"""


@pytest.fixture
def past(shared: District) -> Past:
    return Past(shared.program.frame)


@pytest.fixture
def opens(browser: Browser, shared: District, past: Past) -> Iterator[Callable[..., Wall]]:
    """Opens a wall whose past is made up, and at the end finds that it was never mixed."""
    walls: list[Wall] = []

    def open_(query: str = "", region: str = DISTRICT, clock: bool = False) -> Wall:
        page = new_page(browser, viewport=FULL_HD)
        if clock:
            page.clock.install()
        past.attach(page)
        page.add_init_script(f"({WATCH.replace('PAST', str(PAST))})()")
        walls.append(Wall(page, shared.base_url, region, query))
        return walls[-1]

    yield open_
    mixed = [wall.page.evaluate("window.wrong") for wall in walls]
    faults = [fault for wall in walls for fault in wall.faults]
    for wall in walls:
        wall.page.context.close()
    assert not faults
    assert not any(mixed)


def badge(wall: Wall) -> str:
    return wall.page.inner_text(".top .live")


def at_of(wall: Wall) -> int:
    """The moment on the page. Raises when there is none."""
    return parse_instant(str(wall.root("replay")))


def shows(wall: Wall, instant: int) -> bool:
    """Whether picture, root and address are of this instant."""
    same = wall.root("replay") == to_text(instant) and wall.value("cases.open")
    return same == str(open_at(instant)) and f"at={to_text(instant)}" in wall.page.url


def settle(wall: Wall, instant: int) -> None:
    wait_for(lambda: shows(wall, instant))


def held(wall: Wall, past: Past) -> bool:
    """Whether a request of the page waits. Playwright hands them on while it is asked something."""
    return wall.root("view") is not None and bool(past.held)


def test_an_address_shows_its_moment(opens: Callable[..., Wall], shared: District) -> None:
    sockets: list[str] = []
    wall = opens(AT)
    wall.page.on("websocket", lambda socket: sockets.append(socket.url))
    settle(wall, MOMENT)
    assert wall.root("live") == "replay"
    assert (wall.root("epoch"), wall.seq()) == ("replay", (MOMENT - FIRST) // 1_000_000)
    assert re.search("回放 2026年11月20日 星期五 10:12:36 .*暂停", badge(wall))
    assert wall.page.title().startswith("【回放 2026年11月20日 10:12:36】")
    assert wall.page.inner_text(".top .clock") == "10:12:36"
    frame = "getComputedStyle(document.body, '::after').borderImageSource"
    assert "repeating-linear-gradient" in wall.page.evaluate(frame)
    assert wall.page.evaluate("getComputedStyle(document.querySelector('.veil')).display") == "none"
    # An event that comes now changes nothing here.
    before = shared.frame(DISTRICT)["seq"]
    shared.publish(shared.event("case.reported", "case/now", GRID, reported()))
    shared.frame(DISTRICT, before + 1)
    assert shows(wall, MOMENT)
    assert not sockets


@pytest.mark.parametrize(
    "written", ["2026-11-20T02:12:36Z", "2026-11-20T10:12:36", "2026-11-20T10:12:36+08:00"]
)
def test_a_moment_may_be_written_as_people_do(opens: Callable[..., Wall], written: str) -> None:
    settle(opens(f"?at={written}"), MOMENT)


def test_countdowns_stand_still_while_it_is_paused(opens: Callable[..., Wall]) -> None:
    wall = opens(AT, clock=True)
    settle(wall, MOMENT)
    wall.page.clock.run_for(5000)
    assert wall.page.inner_text(".top .clock") == "10:12:36"
    assert shows(wall, MOMENT)


def test_playing_runs_by_the_wall_clock_and_asks_for_one_picture_at_a_time(
    opens: Callable[..., Wall], past: Past
) -> None:
    wall = opens(AT, clock=True)
    settle(wall, MOMENT)
    wall.page.click('[data-replay-speed="60"]')
    past.requests.clear()
    wall.page.keyboard.press("Space")
    wait_for(lambda: "60× 播放" in badge(wall))
    wait_for(lambda: at_of(wall) > MOMENT + 2 * MINUTE)
    assert all(request["session"] == "0123abcd-4567cdef" for request in past.requests)
    # While an answer does not come nothing else is asked, and then the time between is skipped.
    past.hold()
    wait_for(lambda: held(wall, past))
    asked = len(past.requests)
    held_at = at_of(wall)
    wall.page.clock.run_for(1500)
    assert held(wall, past)
    assert len(past.requests) == asked
    past.let_go()
    wait_for(lambda: at_of(wall) > held_at + 80_000_000)
    wall.page.keyboard.press("Space")
    wait_for(lambda: "暂停" in badge(wall))
    wait_for(lambda: shows(wall, at_of(wall)))
    stood = at_of(wall)
    wall.page.reload()
    settle(wall, stood)


def test_it_stops_at_the_last_moment_and_offers_live(opens: Callable[..., Wall]) -> None:
    wall = opens(f"?at={to_text(LAST - MINUTE)}")
    settle(wall, LAST - MINUTE)
    wall.page.click('[data-replay-speed="600"]')
    wall.page.keyboard.press("Space")
    settle(wall, LAST)
    expect(wall.page.locator(".said")).to_have_text("已到最近时刻")
    assert "暂停" in badge(wall)
    expect(wall.page.locator('[data-replay-do="play"]')).to_be_disabled()


def test_steps_and_jumps_by_key_and_by_button(opens: Callable[..., Wall], past: Past) -> None:
    wall = opens(AT)
    settle(wall, MOMENT)
    now = MOMENT
    keys = {
        "ArrowRight": "next",
        "ArrowLeft": "previous",
        "w": "overdue",
        "Shift+W": "back_overdue",
        "a": "alert",
        "Shift+A": "back_alert",
    }
    for key, go in keys.items():
        wall.page.keyboard.press(key)
        now += STEPS[go]
        settle(wall, now)
        assert past.requests[-1]["go"] == go
    for go in keys.values():
        wall.page.click(f'[data-replay-go="{go}"]')
        now += STEPS[go]
        settle(wall, now)


def test_inputs_slider_and_marks_lead_to_their_moments(
    opens: Callable[..., Wall], past: Past
) -> None:
    overdue = parse_instant("2026-11-20T08:30:00+08:00")
    past.moments = [
        {"at": to_text(overdue), "kind": "whistle_overdue", "region": STREET},
        {"at": to_text(overdue + HOUR), "kind": "alert", "region": STREET},
        {"at": to_text(overdue + HOUR), "kind": "case_overdue", "region": STREET},
    ]
    wall = opens(AT)
    settle(wall, MOMENT)
    date, time = (wall.page.locator(f".replay-bar .of-{part}") for part in ("day", "time"))
    assert (date.input_value(), time.input_value()) == ("2026-11-20", "10:12:36")
    expect(wall.page.locator("[data-moment]")).to_have_count(2)
    wall.page.click('[data-moment="whistle_overdue"]')
    settle(wall, overdue)
    date.fill("2026-11-31")
    date.press("Enter")
    expect(date).to_have_attribute("aria-invalid", "true")
    date.fill("11-19")  # the year may be left out
    date.press("Enter")
    settle(wall, overdue - DAY)
    time.fill("9:00:01")
    time.press("Enter")
    settle(wall, parse_instant("2026-11-19T09:00:01+08:00"))
    date.press("ArrowUp")
    settle(wall, parse_instant("2026-11-20T09:00:01+08:00"))
    wall.page.click('[data-replay-days="-1"]')
    settle(wall, parse_instant("2026-11-19T09:00:01+08:00"))
    wall.page.locator(".replay-bar input[type=range]").focus()
    wall.page.keyboard.press("ArrowRight")
    settle(wall, parse_instant("2026-11-19T09:01:00+08:00"))


def test_from_live_to_a_moment_and_back(opens: Callable[..., Wall], past: Past) -> None:
    wall = opens(clock=True).wait_live()
    expect(wall.page.locator(".replay-bar")).to_be_hidden()
    wall.page.keyboard.press("t")
    expect(wall.page.locator(".replay-bar")).to_be_visible()
    wall.wait_live()
    past.hold()
    wall.page.keyboard.press("Shift+W")
    wait_for(lambda: held(wall, past))
    # Until the picture is there the page is live, and says so.
    wall.page.clock.run_for(1500)
    assert wall.root("replay") is None
    wall.wait_live()
    past.let_go()
    wait_for(lambda: wall.root("live") == "replay")
    wall.page.keyboard.press("Escape")
    wall.wait_live()
    wait_for(lambda: int(wall.value("cases.open") or PAST) < PAST)
    assert (wall.root("replay"), "at=" in wall.page.url) == (None, False)
    wait_for(lambda: "实时" in badge(wall))
    assert "回放" not in wall.page.title()
    expect(wall.page.locator(".replay-bar")).to_be_hidden()


def test_going_down_and_up_keeps_the_moment(opens: Callable[..., Wall]) -> None:
    wall = opens(AT, STREET)
    settle(wall, MOMENT)
    wall.page.click(".panel-compare .row[data-href] >> nth=0")
    wait_for(lambda: wall.page.url.split("/")[-1].startswith(STREET + "0"))
    wall.region = wall.page.url.split("/")[-1].split("?")[0]
    settle(wall, MOMENT)
    link = wall.page.locator(f'.crumbs a[data-go="{DISTRICT}"]')
    assert f"at={to_text(MOMENT)}" in str(link.get_attribute("href"))
    link.click()
    wall.region = DISTRICT
    settle(wall, MOMENT)
    wall.page.go_back()
    wall.page.go_back()
    wall.region = STREET
    settle(wall, MOMENT)


def test_a_fault_leaves_the_picture_and_is_said_with_its_code(
    opens: Callable[..., Wall], past: Past
) -> None:
    wall = opens(AT)
    settle(wall, MOMENT)
    said = wall.page.locator(".said")
    past.fault = (404, {"code": "replay.nothing_there"})
    wall.page.keyboard.press("w")
    expect(said).to_contain_text("replay.nothing_there")
    assert shows(wall, MOMENT)
    past.fault = (503, {"code": "query.unavailable"})
    wall.page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("query.unavailable")
    assert shows(wall, MOMENT)
    past.fault = None
    settle(wall, MOMENT + STEPS["next"])
    expect(said).to_have_text("")


def test_out_of_range_offers_the_ends(opens: Callable[..., Wall]) -> None:
    wall = opens("?at=2025-01-01T00:00:00Z")
    expect(wall.page.locator(".said")).to_contain_text("replay.out_of_range")
    assert wall.root("live") == "replay"
    assert wall.value("cases.open") is None
    wall.page.click('[data-replay-offer="first"]')
    settle(wall, FIRST)


def test_a_wall_that_nobody_touches_returns_to_live(opens: Callable[..., Wall]) -> None:
    wall = opens(AT, clock=True)
    settle(wall, MOMENT)
    # Who still waits for it would think that half a minute had gone by.
    wall.page.wait_for_selector("#trend .plot-container")
    wall.page.mouse.move(800, 500)
    wall.page.clock.fast_forward("09:10")
    wait_for(lambda: "秒后返回实时" in badge(wall))
    wall.page.clock.fast_forward("01:00")
    wall.wait_live()
    wait_for(lambda: "at=" not in wall.page.url)


def test_a_wall_that_shall_stay_stays(opens: Callable[..., Wall]) -> None:
    wall = opens(f"{AT}&stay=1", clock=True)
    settle(wall, MOMENT)
    wall.page.clock.fast_forward("30:00")
    wall.page.clock.run_for(1000)
    assert shows(wall, MOMENT)


def test_a_page_whose_structure_was_lost_asks_again(browser: Browser, shared: District) -> None:
    page = new_page(browser, viewport=FULL_HD)
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route("**/_dash-update-component*", lose_the_first)
    page.goto(f"{shared.base_url}/wall/{STREET}")
    page.wait_for_selector('html[data-live="live"] .wall')
    assert lost
    page.context.close()


def test_the_real_past_is_painted_as_it_was(
    shared: District, open_wall: Callable[..., Wall]
) -> None:
    """No made-up past: archive, query and page together."""
    recorded = []
    before = shared.frame(STREET)
    count = before["panels"]["cases"]["open"]
    for number in (1, 2, 3):
        shared.publish(shared.event("case.reported", f"case/past{number}", GRID, reported()))
        recorded.append(shared.frame(STREET, before["seq"] + number))
    address = f"{shared.base_url}/api/v1/replay/{STREET}/wall?at="
    first = recorded[0]["at"]
    wait_json(address + recorded[1]["at"])
    wall = open_wall(shared.base_url, STREET, f"?at={first}")
    wall.wait_value("cases.open", count + 1)
    shown = wait_json(address + str(wall.root("replay")))
    assert (wall.root("replay"), wall.seq()) == (first, shown["frame"]["seq"])
    assert shown["frame"]["panels"] == recorded[0]["panels"]
    wall.page.keyboard.press("ArrowRight")
    wall.wait_value("cases.open", count + 2)
    wall.page.keyboard.press("ArrowLeft")
    wall.wait_value("cases.open", count + 1)
    wall.page.keyboard.press("Escape")
    wall.wait_live()
    wall.wait_value("cases.open", count + 3)
