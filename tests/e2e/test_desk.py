"""Desks in a real browser on a real site: a case from its report to its end by two people and a
department, with the numbers of wall and desk at each step."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cockpit.clock import DAY, HOUR, MINUTE
from tests.e2e.access import assert_accessible
from tests.e2e.desk_story import Story, whistle
from tests.e2e.desks import (
    COMMUNITY,
    DEPARTMENT,
    DISTRICT,
    GRID,
    PASSWORD,
    SEND,
    STREET,
    Desk,
    Site,
    opened_site,
    sign_in,
)
from tests.e2e.truth import Screen
from tests.support import wait_for

pytestmark = pytest.mark.e2e

SPEED = 30  # so that a limit of minutes passes
# A page that is always in the background, and notes what it would have told and sounded.
SIGNALS = """
window.signals = { told: [], tones: 0 };
Object.defineProperty(document, "hidden", { get: () => true });
window.Notification = class {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, { body }) { signals.told.push([title, body]); }
};
const part = { connect: (next) => next, setValueAtTime() {}, exponentialRampToValueAtTime() {} };
window.AudioContext = class {
  currentTime = 0;
  destination = part;
  async resume() {}
  createGain() { return { ...part, gain: part }; }
  createOscillator() {
    return { ...part, frequency: {}, start() { signals.tones += 1; }, stop() {} };
  }
};
"""


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    with opened_site(browser, speed=SPEED) as made:
        yield made


def test_from_report_to_close_every_number_is_right_everywhere(site: Site) -> None:
    site.settle()
    story = Story(site)
    clerk, director = story.clerk, story.director
    story.held("patrol.pinged")
    site.report("A1")
    story.held("case.reported")
    clerk.wait_row("A1")
    clerk.press("j", "a")
    story.held("case.accepted")
    director.wait_row("A1")
    director.press("j", "f")
    story.held("case.filed")
    # The clerk goes on with what the director has filed.
    clerk.go("to_dispatch")
    clerk.wait_row("A1")
    clerk.press("j")
    clerk.ask("d")
    clerk.set_instant(site.district.now() + 9 * MINUTE)
    clerk.submit()
    clerk.wait_count("to_handle", 1)
    story.held("case.dispatched")

    # Late: by itself, in the tile, and in the list that the tile opens. It raises itself.
    clerk.wait_count("overdue", 1)
    unsaid = ":is(.desk-tile, .desk-queue):is(:not([title]), [title=''])"
    assert clerk.page.locator(unsaid).count() == 0
    assert "n = " in (clerk.page.get_attribute('[data-tile="coverage"]', "title") or "")
    clerk.page.click('[data-tile="overdue"]')
    clerk.wait_total(1)
    clerk.open("A1")
    expect(clerk.page).to_have_url(re.compile("/case/A1"))
    facts = clerk.page.locator(".facts-of")
    expect(facts).to_contain_text("2 级")
    story.held("case.supervised")

    operator = site.desk("operator", f"{DISTRICT}/case/A1?queue=overdue")
    story.screens.append(Screen("operator", operator.page))
    operator.begin("case.supervised")
    operator.page.select_option(".desk-act select", "3")
    operator.submit()
    expect(facts).to_contain_text("3 级")
    story.held("case.supervised")
    whistle(story)

    # Checked and closed by the director, at the case itself.
    director.page.goto(f"{site.url}/desk/{STREET}/case/A1?queue=overdue")
    director.ready()
    for name in ("case.handled", "case.verified", "case.closed"):
        director.begin(name)
        if name == "case.verified":
            director.page.select_option(".desk-act select", "true")
            director.submit()
        story.held(name)
    expect(clerk.page.locator(".subject-state")).to_contain_text("已结案")
    expect(facts).to_contain_text("▲ 超期")
    clerk.wait_count("overdue", 0)
    clerk.wait_count("cases_all", 1)
    story.look_back()
    site.close_pages()


def test_of_two_operators_one_wins_also_among_many(site: Site) -> None:
    director, clerk = (site.desk(name, f"{STREET}/to_accept") for name in ("director", "clerk"))
    for key in ("B1", "B2", "B3"):
        site.report(key)
    for key in ("B1", "B2", "B3"):
        director.wait_row(key)
    director.press("j", "x", "j", "x", "j", "x")
    # The director decides upon three, one of which the clerk is about to change.
    director.ask("a")
    clerk.open("B2")
    dialog = clerk.ask("n")
    clerk.submit()
    expect(dialog.locator(".wrong")).to_have_text("▲ 请填写")
    dialog.locator("textarea").fill("不属于本街道")
    clerk.submit()
    clerk.wait_count("to_accept", 2)
    director.submit()
    director.wait_told(
        r"受理 B2：clerk 已先行“不受理”（\d\d-\d\d \d\d:\d\d），请查看最新情况后再定"
    )
    director.wait_count("to_accept", 0)
    director.wait_count("to_dispatch", 2)
    # What one did oneself is done and no news; what another did is.
    for key in ("B1", "B3"):
        director.wait_mark(key, "已办")
        director.wait_chosen(key, False)
    director.wait_chosen("B2")
    expect(director.page.locator(".updates")).to_have_text("有 1 条更新")
    site.held([Screen("director", director.page), Screen("clerk", clerk.page)], "case.declined")
    site.close_pages()


def test_alerts_are_shelved_noted_acknowledged_and_cleared(site: Site) -> None:
    site.tell("alert.raised", "alert/al1", {"kind": "health", "severity": "warning"})
    clerk = site.desk("clerk", f"{STREET}/alerts_unacknowledged")
    clerk.open("al1")
    open_, active = clerk.agreed("alerts_unacknowledged"), clerk.count("alerts_active")
    assert open_
    assert active
    clerk.ask("p").locator("textarea").fill("已电话联系，稍后上门")
    clerk.submit()
    clerk.wait_count("alerts_unacknowledged", open_ - 1)
    tile = clerk.page.locator('.desk-tile b[data-count="alerts_unacknowledged"]')
    expect(tile).to_have_attribute("data-value", str(open_ - 1))
    assert clerk.count("alerts_active") == active
    clerk.remark("家属已到")
    clerk.may("alert.shelved")
    clerk.ask("p").locator("textarea").fill("马上上门")
    clerk.set_instant(site.district.now() + 6 * MINUTE)
    clerk.submit()
    clerk.wait_count("alerts_unacknowledged", open_)  # it has come back by itself
    clerk.may("alert.acknowledged")
    clerk.press("a")
    clerk.wait_count("alerts_unacknowledged", open_ - 1)
    clerk.may("alert.cleared")
    clerk.press("c")
    clerk.wait_count("alerts_active", active - 1)
    site.held([Screen("clerk", clerk.page)], "alert.cleared")
    site.close_pages()


def test_a_visit_is_recorded_and_a_worker_excused(site: Site) -> None:
    care = {"group": "care", "category": "child", "level": "high"}
    site.tell("person.enrolled", "person/v1", care, ago=20 * DAY)
    clerk = site.desk("clerk", f"{STREET}/visits_overdue")
    clerk.open("v1")
    late = clerk.agreed("visits_overdue")
    assert late
    clerk.ask("v").locator("select").select_option("well")
    clerk.submit()
    clerk.wait_count("visits_overdue", late - 1)
    dialog = clerk.ask("l")
    dialog.locator("input").first.fill(GRID)
    # Only who is away for a whole shift leaves its grid unexpected.
    clerk.set_instant(site.district.now() - 12 * HOUR)
    dialog.locator("textarea").fill("病假")
    clerk.submit()
    wall = site.wall(COMMUNITY)
    screens = [Screen("clerk", clerk.page), Screen("wall", wall.page)]
    site.held(screens, "worker.excused")
    wall.wait_value("patrols.expected", 12)
    site.close_pages()


def test_signals_are_off_until_wanted_and_tell_only_ones_own(site: Site) -> None:
    page = site.page(site.sessions["department"])
    page.context.grant_permissions(["notifications"], origin=site.url)
    page.add_init_script(SIGNALS)
    page.goto(f"{site.url}/desk/{DISTRICT}")
    desk = Desk(page).ready()
    waiting = desk.count("whistles_to_sign") or 0

    def blow(key: str, department: str = DEPARTMENT) -> None:
        whistle = {"kind": "routine", "department": department, "category": "0101"}
        site.tell("whistle.blown", f"whistle/{key}", whistle, region=STREET)

    blow("n1")
    desk.wait_count("whistles_to_sign", waiting + 1)
    assert page.evaluate("[signals.told.length, signals.tones]") == [0, 0]
    for name in ("sound", "notify"):
        page.click(f'[data-switch="{name}"]')
    expect(page.locator('[data-switch="notify"]')).to_have_attribute("aria-pressed", "true")
    wait_for(lambda: page.evaluate("signals.tones") == 2)  # so that one knows how it sounds
    blow("other", "区水务局")
    blow("n2")
    desk.wait_count("whistles_to_sign", waiting + 2)
    wait_for(lambda: page.evaluate("signals.tones") == 4)
    assert page.evaluate("signals.told") == [
        ["东丽区工作台：有新的待办", f"吹哨 · 待签收 {waiting + 2}"]
    ]
    site.close_pages()


def test_by_keyboard_alone_from_the_login_to_the_next_case(site: Site) -> None:
    site.report("K1")
    page = site.page()
    page.goto(f"{site.url}/login?next=/desk/{STREET}/to_accept")
    expect(page.locator("input[name=name]")).to_be_focused()
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    clerk = Desk(page).ready()
    clerk.wait_row("K1")
    waiting = clerk.agreed("to_accept")
    clerk.press("/")
    expect(page.locator('.list-tools input[type="search"]')).to_be_focused()
    page.keyboard.type("K1")
    expect(page).to_have_url(re.compile("search=K1"))
    clerk.wait_total(1)
    clerk.press("Enter")  # onto the list
    expect(page.locator(".desk-grid .ag-cell:focus")).to_have_count(1)
    clerk.press("Enter")  # into the case
    page.wait_for_selector(".timeline li")
    clerk.may("case.accepted")
    clerk.press("a")
    clerk.wait_count("to_accept", waiting - 1)
    clerk.may("case.filed")
    clerk.press("f")
    expect(page.locator(".timeline li")).to_have_count(3)
    clerk.may("case.dispatched")
    clerk.press("Escape")
    expect(page.locator(".desk-detail")).to_be_hidden()
    clerk.press("Control+k")
    page.wait_for_selector(".desk-find[open]")
    page.keyboard.type("派遣")
    page.keyboard.press("Enter")
    page.wait_for_selector(".desk-find", state="hidden")
    expect(page.locator(".desk-act[open] h2")).to_have_text("派遣")
    site.close_pages()


def test_what_people_type_is_text(site: Site) -> None:
    clerk = site.desk("clerk", f"{STREET}/case/B1?queue=to_dispatch")
    clerk.page.wait_for_selector(".remark-form")
    evil = "<img src=x onerror=\"document.title='!'\"><script>document.title='!'</script>=1+1"
    assert clerk.remark(evil) == evil
    assert "!" not in clerk.page.title()
    assert not clerk.page.locator(".desk-detail img").count()
    site.close_pages()


def test_a_session_that_ends_in_the_middle(site: Site) -> None:
    site.report("C1")
    page = site.page()
    sign_in(page, site.url, "clerk", PASSWORD)
    page.goto(f"{site.url}/desk/{STREET}/to_accept")
    clerk = Desk(page).ready()
    clerk.wait_row("C1")
    mine = page.evaluate(SEND, ["GET", "/api/v1/sessions", None])["sessions"]
    own = next(each["id"] for each in mine if each["current"])
    page.evaluate(SEND, ["DELETE", f"/api/v1/sessions/{own}", None])
    clerk.press("j", "a")
    link = page.locator(".desk-notice a")
    link.wait_for()
    assert "/login?next=%2Fdesk%2F" in (link.get_attribute("href") or "")
    clerk.wait_mark("C1", "未执行")
    link.click()
    page.fill("input[name=name]", "clerk")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/login" not in address)
    clerk.ready()
    clerk.wait_count("to_accept", 1)  # it was not done
    site.close_pages()


def test_redis_away_while_acting(site: Site) -> None:
    clerk = site.desk("clerk", f"{STREET}/to_accept")
    clerk.wait_row("C1")
    redis = site.district.program.role_process("redis-server")
    redis.suspend()
    try:
        clerk.press("j", "a")
        clerk.page.wait_for_selector(".ag-row.is-unsure")
        expect(clerk.page.locator(".desk-foot .waiting")).to_contain_text("待核实")
    finally:
        redis.resume()
    clerk.wait_count("to_accept", 0)
    expect(clerk.page.locator(".desk-foot .waiting")).to_have_text("")
    clerk.page.goto(f"{site.url}/desk/{STREET}/case/C1")
    clerk.page.wait_for_selector(".timeline li")
    told = clerk.page.locator(".timeline li b").all_inner_texts()
    assert told == ["受理", "上报"], "done once"
    site.close_pages()


def test_a_desk_is_accessible(site: Site) -> None:
    site.report("X1")
    director = site.desk("director", f"{STREET}/to_accept")
    director.open("X1")
    director.page.wait_for_selector(".timeline li")
    assert_accessible(director.page)
    director.press("Control+k")
    director.page.wait_for_selector(".desk-find[open]")
    assert_accessible(director.page)
    director.press("Escape")
    expect(director.page.locator(".desk-find")).to_be_hidden()
    director.press("?")
    director.page.wait_for_selector(".desk-keys[open]")
    assert_accessible(director.page)
    director.press("Escape")
    expect(director.page.locator(".desk-keys")).to_be_hidden()
    director.press("Escape")
    expect(director.page.locator(".desk-detail")).to_be_hidden()
    director.page.goto(f"{site.url}/manage/duties")
    director.page.wait_for_selector(".manage-duties .ag-row")
    assert_accessible(director.page)
    site.close_pages()


def test_a_view_is_kept_in_its_address(site: Site) -> None:
    for key in ("F1", "F2"):
        site.report(key, "0105")
    clerk = site.desk("clerk", f"{STREET}/to_accept")
    clerk.wait_row("F2")
    clerk.page.select_option('.choices [data-column="grade"]', "urgent")
    clerk.page.fill('.list-tools input[type="search"]', "F")
    expect(clerk.page).to_have_url(re.compile("search=F"))
    clerk.wait_total(2)
    clerk.page.click('.ag-header-cell[col-id="key"] .ag-header-cell-label')
    clerk.page.click('.ag-header-cell[col-id="key"] .ag-header-cell-label')
    expect(clerk.page).to_have_url(re.compile("sort=key:desc"))
    expect(clerk.page).to_have_url(re.compile("filter="))
    director = site.page(site.sessions["director"])
    director.goto(clerk.page.url)
    clerk.page.reload()
    for desk in (clerk.ready(), Desk(director).ready()):
        desk.wait_total(2)
        desk.wait_keys("F2", "F1")
        expect(desk.page.locator('.choices [data-column="grade"]')).to_have_value("urgent")
        expect(desk.page.locator('.list-tools input[type="search"]')).to_have_value("F")
    site.close_pages()


def test_keys_mean_the_row_that_was_reached_and_heads_sort(site: Site) -> None:
    for key in ("Q1", "Q2"):
        site.report(key)
    clerk = site.desk("clerk", f"{STREET}/to_accept?search=Q&sort=key:asc")
    clerk.wait_row("Q2")
    clerk.wait_keys("Q1", "Q2")
    clerk.press("j", "x")
    clerk.wait_chosen("Q1")
    # A head sorts, and the ring goes where its row goes.
    head = clerk.page.locator('.ag-header-cell[col-id="key"]')
    head.focus()
    head.press("Enter")
    expect(clerk.page).to_have_url(re.compile("sort=key:desc"))
    clerk.wait_keys("Q2", "Q1")
    expect(clerk.page.locator(".desk-detail")).to_be_hidden()
    expect(clerk.row("Q2").locator(".ag-cell-focus")).to_have_count(0)
    # Somebody else takes the row; what has come into its place is not meant.
    director = site.desk("director", f"{STREET}/to_accept?search=Q1")
    director.wait_row("Q1")
    director.press("j", "a")
    clerk.wait_mark("Q1", "已变动")
    clerk.press("r")
    clerk.wait_keys("Q2")
    expect(clerk.page.locator(".chosen")).to_be_hidden()
    expect(clerk.page.locator(".ag-cell-focus")).to_have_count(0)
    clerk.press("a", "j")
    expect(clerk.row("Q2").locator(".ag-cell-focus")).to_have_count(1)
    clerk.wait_mark("Q2", "")
    expect(clerk.page.locator(".desk-foot .waiting")).to_have_text("")
    site.close_pages()
