"""Desks in a real browser on a real site: a case from its report to its end by two people and a
department, with the numbers of wall and desk at each step."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from cockpit.clock import HOUR, MINUTE, to_text
from tests.e2e.conftest import Wall
from tests.e2e.desks import (
    DEPARTMENT,
    DISTRICT,
    PASSWORD,
    SEND,
    STREET,
    Desk,
    Site,
    opened_site,
    sign_in,
)
from tests.support import wait_for

pytestmark = pytest.mark.e2e

SPEED = 30  # so that a limit of minutes passes


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    with opened_site(browser, speed=SPEED) as made:
        yield made


def serious(page: Page) -> list[str]:
    """What axe-core finds of serious or critical faults."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {[node['html'][:100] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def set_due(desk: Desk, instant: int) -> None:
    """Into the open dialog's deadline."""
    local = to_text(instant + 8 * HOUR)[:16]
    desk.page.fill(".desk-act input[type=datetime-local]", local)


def test_from_report_to_close(site: Site) -> None:
    wall, clerk = site.wall(STREET), site.desk("clerk", f"{STREET}/to_accept")
    wall.wait_value("cases.open", 0)
    site.report("A1")
    clerk.wait_row("A1")
    wall.wait_value("cases.open", 1)
    clerk.wait_count("to_accept", 1)
    # By keyboard alone: onto the first row, accept it.
    clerk.press("j", "a")
    clerk.wait_count("to_accept", 0)
    clerk.wait_count("to_dispatch", 1)
    wall.wait_value("cases.stage.accepted", 1)

    clerk.press("2")
    clerk.wait_row("A1")
    clerk.press("j", "d")
    clerk.page.wait_for_selector(".desk-act[open] select")
    set_due(clerk, site.district.now() + 6 * MINUTE)
    clerk.submit()
    clerk.wait_count("to_handle", 1)
    wall.wait_value("cases.stage.dispatched", 1)

    # Late: on the wall, in the tile, in the queue, and in the list that the tile opens.
    wall.wait_value("cases.overdue", 1, 60)
    clerk.wait_count("overdue", 1)
    tile = clerk.page.locator('[data-tile="overdue"]')
    wait_for(lambda: tile.locator("b").get_attribute("data-value") == "1", 20)
    tile.click()
    clerk.wait_total(1)
    clerk.open("A1")
    assert "/case/A1" in clerk.page.url

    operator = site.desk("operator", f"{DISTRICT}/case/A1?queue=overdue")
    operator.page.click('[data-command="case.supervised"]')
    operator.page.select_option(".desk-act select", "3")
    operator.submit()
    facts = clerk.page.locator(".facts-of")
    wait_for(lambda: "3 级" in facts.inner_text(), 30)

    whistle(site, clerk, wall)

    clerk.page.goto(f"{site.url}/desk/{STREET}/case/A1?queue=overdue")
    clerk.ready()
    for name in ("case.handled", "case.verified", "case.closed"):
        button = clerk.page.locator(f'[data-command="{name}"]')
        button.click(timeout=30_000)
        if name == "case.verified":
            clerk.page.select_option(".desk-act select", "true")
            clerk.submit()
    wall.wait_value("cases.open", 0)
    wall.wait_value("cases.closed_today", 1)
    wall.wait_value("cases.overdue", 0)
    clerk.wait_count("overdue", 0)
    wait_for(lambda: "已结案" in clerk.page.inner_text(".subject-state"), 30)
    site.close_pages()


def whistle(site: Site, clerk: Desk, wall: Wall) -> None:
    """The street blows for the open case; the department signs, comes and settles it."""
    clerk.press("w")
    item = clerk.page.locator(".desk-act[open] select").first
    wanted = item.evaluate(
        "(each, name) => [...each.options].find((o) => o.text.includes(name)).value", DEPARTMENT
    )
    item.select_option(wanted)
    clerk.submit()
    clerk.wait_count("whistles_to_sign", 1)
    wall.wait_value("whistles.open", 1)
    department = site.desk("department", DISTRICT)
    assert department.count("to_accept") is None, "a department sees whistles only"
    for queue, key in (("to_sign", "s"), ("to_arrive", "a"), ("to_finish", "u")):
        department.page.click(f'[data-queue="whistles_{queue}"]')
        department.wait_row("w-")
        department.press("j", key)
        department.wait_count(f"whistles_{queue}", 0)
    clerk.page.click('[data-queue="whistles_to_confirm"]')
    clerk.wait_row("w-")
    clerk.press("j", "c")
    clerk.wait_count("whistles_to_confirm", 0)
    wall.wait_value("whistles.open", 0)


def test_of_two_operators_one_wins(site: Site) -> None:
    first, second = site.desk("director", f"{STREET}/to_accept"), site.desk("clerk", STREET)
    site.report("B1")
    first.wait_row("B1")
    second.open("B1")
    # The second decides upon what the first is about to change.
    second.page.click('[data-command="case.declined"]')
    second.page.fill(".desk-act textarea", "不属于本街道")
    first.press("j", "a")
    first.wait_count("to_accept", 0)
    second.submit()
    notice = second.page.locator(".desk-notice")
    notice.wait_for(timeout=30_000)
    assert "director" in notice.inner_text()
    first.wait_count("to_dispatch", 1)
    site.close_pages()


def test_what_people_type_is_text(site: Site) -> None:
    clerk = site.desk("clerk", f"{STREET}/case/B1?queue=to_dispatch")
    clerk.page.wait_for_selector(".remark-form")
    evil = "<img src=x onerror=\"document.title='!'\"><script>document.title='!'</script>=1+1"
    clerk.press("m")
    clerk.page.fill(".remark-form textarea", evil)
    clerk.page.click(".remark-form button")
    remark = clerk.page.locator(".remark p")
    remark.wait_for(timeout=30_000)
    assert remark.inner_text() == evil
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
    link.wait_for(timeout=30_000)
    assert "/login?next=%2Fdesk%2F" in (link.get_attribute("href") or "")
    assert clerk.row("C1").locator(".mark").inner_text() == "未执行"
    link.click()
    page.fill("input[name=name]", "clerk")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: f"/desk/{STREET}/to_accept" in address, timeout=60_000)
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
        clerk.page.wait_for_selector(".ag-row.is-unsure", timeout=60_000)
        assert "待确认" in clerk.page.inner_text(".desk-foot .waiting")
    finally:
        redis.resume()
    clerk.wait_count("to_accept", 0)
    wait_for(lambda: clerk.page.inner_text(".desk-foot .waiting") == "", 60)
    clerk.page.goto(f"{site.url}/desk/{STREET}/case/C1")
    clerk.page.wait_for_selector(".timeline li", timeout=30_000)
    told = clerk.page.locator(".timeline li b").all_inner_texts()
    assert told == ["受理", "上报"], "done once"
    site.close_pages()


def test_a_desk_is_accessible(site: Site) -> None:
    site.report("X1")
    director = site.desk("director", f"{STREET}/to_accept")
    director.open("X1")
    director.page.wait_for_selector(".timeline li", timeout=30_000)
    assert not serious(director.page)
    director.press("Control+k")
    director.page.wait_for_selector(".desk-find[open]")
    assert not serious(director.page)
    director.press("Escape", "?")
    director.page.wait_for_selector(".desk-keys[open]")
    assert not serious(director.page)
    director.press("Escape", "Escape")
    assert director.page.is_hidden(".desk-detail")
    director.page.goto(f"{site.url}/manage/duties")
    director.page.wait_for_selector(".manage-duties .ag-row", timeout=60_000)
    assert not serious(director.page)
    site.close_pages()
