"""The duty lists in a browser: what their limits and kinds say in dialogs, and their editing."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.desks import STREET, Desk, Site, opened_site

pytestmark = pytest.mark.e2e
EMERGENCY = "签收 10 分钟 · 报到 30 分钟 · 办结 24 小时"
ROUTINE = "签收 1 小时 · 报到 24 小时 · 办结 5 个工作日"
GET = """(path) => import("/assets/js/core/ask.js").then((ask) => ask.get(path))"""
# What is typed, and what is kept of it; null for what is no limit.
READ = """(texts) => import("/assets/js/desk/limits.js").then(({ limitOf, limitText }) =>
  texts.map((text) => [limitOf(text), limitText(limitOf(text) ?? "")]))"""
TYPED = {
    "30 分钟": "30 minutes", "2小时": "2 hours", " １２  个小时": "12 hours",
    "4 工作小时": "4 working hours", "1个工作日": "1 working days",
    "5 Working Days": "5 working days", "1 hour": "1 hours", "": "",
    "0 小时": None, "12345 小时": None, "半天": None, "2 天": None, "2 hours 3 minutes": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    with opened_site(browser) as made:
        yield made


def hint(dialog: Locator, line: int) -> Locator:
    return dialog.locator(".line").nth(line).locator("small")


def case(site: Site, key: str) -> Desk:
    """The clerk's desk with a new case of gas opened."""
    site.report(key, "0404")
    desk = site.desk("clerk", f"{STREET}/to_accept")
    desk.open(key)
    return desk


def test_a_whistle_runs_by_the_kind_that_its_item_offers(site: Site) -> None:
    clerk = case(site, "G1")
    dialog = clerk.ask("w")
    item, kind = dialog.locator("select").all()
    expect(item.locator("option:checked")).to_have_text("燃气异味 → 区城市燃气服务中心")
    expect(kind).to_have_value("emergency")
    expect(hint(dialog, 1)).to_have_text(EMERGENCY)
    kind.select_option("routine")
    expect(hint(dialog, 1)).to_have_text(ROUTINE)
    item.select_option(label="违法建设 → 区城管委")
    expect(kind).to_have_value("tough")
    item.select_option(label="燃气异味 → 区城市燃气服务中心")
    expect(kind).to_have_value("emergency")
    clerk.submit()
    clerk.wait_count("whistles_to_sign", 1)
    clerk.go("whistles_to_sign")
    clerk.open("w-")
    expect(clerk.page.locator(".facts-of")).to_contain_text("应急哨")
    site.close_pages()


def test_a_dispatch_says_by_which_limit_time_runs(site: Site) -> None:
    clerk = case(site, "G2")
    dialog = clerk.ask("d")
    unit = dialog.locator("select")
    expect(unit.locator("option:checked")).to_have_text("按职责清单 · 1 小时")
    expect(hint(dialog, 0)).to_have_text("清单建议：公共安全办 · 1 小时")
    expect(hint(dialog, 1)).to_have_text("留空则按清单时限：1 小时")
    offered = unit.locator("option").all_inner_texts()
    assert "街道 · 公共安全办 · 1 小时" in offered
    assert not [text for text in offered if "所在" in text]
    (community,) = [text for text in offered if text.startswith("社区 · ")]
    unit.select_option(label=community)
    expect(hint(dialog, 1)).to_have_text("留空则按规则计时")
    clerk.submit()
    expect(clerk.page.locator(".facts-of")).to_contain_text(community.removeprefix("社区 · "))
    site.close_pages()


def cell(page: Page, row: int, column: str) -> Locator:
    return page.locator(f'.ag-row[row-index="{row}"] .ag-cell[col-id="{column}"]')


def retype(page: Page, text: str) -> None:
    """Into the limit of the first row."""
    cell(page, 0, "limit").dblclick()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def kept(page: Page, version: int = 0) -> Any:
    told = page.evaluate(GET, f"/api/v1/duties/{STREET}?name=street&version={version}")
    return told["lists"][0]["rows"]


def test_lists_are_edited_in_the_words_of_ones_language(site: Site) -> None:
    page = site.page(site.sessions["director"])
    page.goto(f"{site.url}/manage/duties")
    expect(page.locator(".note")).to_contain_text("沿用")
    page.click('[data-duty="street"]')
    expect(cell(page, 0, "unit")).to_have_text("综合执法大队")
    read = page.evaluate(READ, list(TYPED))
    assert dict(zip(TYPED, (limit for limit, _ in read), strict=True)) == TYPED
    assert [shown for _, shown in read[:5]] == [
        "30 分钟", "2 小时", "12 小时", "4 工作小时", "1 个工作日",
    ]  # fmt: skip
    said, save = page.locator(".manage > .said"), page.locator('[data-do="save"]')
    retype(page, "半天")
    expect(cell(page, 0, "limit")).to_have_text("▲ 半天")
    save.click()
    expect(said).to_contain_text("“半天”无法识别")
    expect(cell(page, 0, "limit").locator("input")).to_be_focused()
    page.keyboard.press("Escape")
    retype(page, "3 工作小时")
    save.click()
    expect(said).to_contain_text("已保存为版本 2")
    assert kept(page)[0]["limit"] == "3 working hours"
    expect(save).to_be_disabled()
    page.goto(f"{site.url}/manage/duties?lang=en")
    page.wait_for_selector(".manage-duties .ag-row")
    page.click('[data-duty="street"]')
    expect(cell(page, 0, "limit")).to_have_text("3 working hours")
    site.close_pages()


def test_an_earlier_version_and_a_list_from_above_are_taken_over_as_they_are(site: Site) -> None:
    page = site.page(site.sessions["director"])
    page.goto(f"{site.url}/manage/duties")
    expect(page.locator(".note")).to_contain_text("沿用")
    said, save = page.locator(".manage > .said"), page.locator('[data-do="save"]')
    page.click('[data-duty="whistle"]')
    expect(cell(page, 0, "limits")).to_have_text(ROUTINE)
    cell(page, 0, "kind").dblclick()
    page.keyboard.press("Enter")
    page.locator(".ag-list-item", has_text="应急哨").click()
    expect(cell(page, 0, "limits")).to_have_text(EMERGENCY)
    save.click()
    expect(said).to_contain_text("已保存为版本 2")
    expect(save).to_be_disabled()
    page.select_option('[data-field="version"] select', "1")
    expect(said).to_contain_text("正在查看历史版本 1")
    save.click()
    expect(said).to_contain_text("已保存为版本 3")
    expect(cell(page, 0, "limits")).to_have_text(ROUTINE)
    page.click('[data-duty="community"]')
    expect(page.locator(".note")).to_contain_text("沿用")
    save.click()
    expect(said).to_contain_text("已保存为版本 2")
    expect(page.locator(".note")).not_to_contain_text("沿用")
    site.close_pages()
