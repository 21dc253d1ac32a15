"""What a desk says of what was not done, and what becomes of the words that were typed for it."""

from typing import Any

import pytest
from playwright.sync_api import expect

from cockpit.domain.access import Account
from tests.e2e.desk_scripts import CLERK, Scripts, World, refused, row
from tests.e2e.desks import STREET

pytestmark = pytest.mark.e2e

WHY = "async (js, error) => (await js('refusals')).whyNot(error)"


# Code and facts of an error, and the sentences it becomes.
SENTENCES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "command.conflict",
        {"by": "clerk", "what": "case.declined", "at": "2026-11-23T07:12:02.000Z"},
        "clerk 已先行“不受理”（11-23 15:12），请查看最新情况后再定",
        "clerk acted first: Decline, 11-23 15:12. Look again before you decide.",
    ),
    (
        "command.conflict",
        {"by": "/cockpit/escalation", "what": "case.supervised", "at": "2025-11-23T07:12:02Z"},
        "督办规则 已先行“督办”（2025-11-23 15:12），请查看最新情况后再定",
        "Escalation rules acted first: Supervise, 2025-11-23 15:12. Look again before you decide.",
    ),
    (
        "command.state",
        {"command": "case.accepted", "subject": "case/A1", "state": "handled"},
        "目前为“待核查”，不能执行“受理”",
        "It stands at “Handled”; “Accept” is not possible now.",
    ),
    (
        "command.state",
        {"command": "alert.cleared", "subject": "alert/a/1", "state": "settled"},
        "目前为“已确认并解除”，不能执行“解除预警”",
        "It stands at “acknowledged and cleared”; “Clear” is not possible now.",
    ),
    (
        "command.level",
        {"subject": "case/A1", "level": 2},
        "已为 2 级 · 督办，只能升级",
        "It stands at “2 Supervision” already; only a higher level can follow.",
    ),
    (
        "command.due",
        {"command": "case.extended"},
        "“延期”的时间必须晚于当前时间",
        "The instant for “Extend” must lie ahead.",
    ),
    (
        "access.refused",
        {"right": "case.supervise_high", "region": "120110001"},
        "您的账号无权督办至 3、4 级，请联系管理员",
        "Your account may not do this here: supervise at levels 3 and 4. Ask the administrator.",
    ),
    (
        "privacy.personal_value",
        {"field": "reason"},
        "“理由”疑似含电话或身份证号，请改写后再提交",
        "“Reason” seems to hold a phone or identity number. Write it without.",
    ),
    ("log.full", {}, "…", "…"),  # the server's own sentence
]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_why_something_was_not_done_is_said_in_words(scripts: Scripts, language: str) -> None:
    scripts.open(language=language)
    for code, facts, zh, en in SENTENCES:
        error = refused(code, "…", **facts)["error"]
        assert scripts.run(WHY, error) == (zh if language == "zh" else en)


def test_an_event_that_was_not_taken_says_why(scripts: Scripts) -> None:
    event = {"time": "2026-11-23T07:12:02Z", "type": "case.handled", "actor": "/x", "data": {}}
    told = scripts.open().run(
        """async (js, event) => {
          const about = JSON.parse(document.querySelector("[data-desk]").dataset.desk);
          return (await js("timeline")).drawEvents([event], about.refusals).innerText;
        }""",
        {**event, "refused": "case.ended"},
    )
    assert "未采纳：案件已结案、不受理或作废。" in told


REFUSED = 403, refused("access.refused", right="look.person", region="120110001")
GONE = "您的账号无权查看走访对象，请联系管理员"


def test_a_list_that_may_not_be_seen_is_asked_for_once(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.closed["/rows"] = REFUSED
    scripts.server = world
    scripts.open().live()
    expect(scripts.page.locator(".desk-notice span")).to_have_text(GONE)
    scripts.run("async () => { await desk.compare(); await desk.compare(); }")
    assert len([path for _, path, _ in scripts.asked if path.endswith("/rows")]) == 1


def test_a_subject_that_may_not_be_seen_any_more_is_closed(scripts: Scripts) -> None:
    world = World(row("A1"))
    scripts.server = world
    scripts.open().live()
    scripts.run("async () => { await desk.openSubject({ subject: 'case/A1' }, true); }")
    expect(scripts.page.locator(".facts-of")).to_be_visible()
    world.closed["/subjects/"] = REFUSED
    scripts.asked.clear()
    scripts.run("async () => { await desk.lookAtSubject(); await desk.lookAtSubject(); }")
    expect(scripts.page.locator(".desk-detail")).to_be_hidden()
    expect(scripts.page.locator(".desk-notice span")).to_have_text(GONE)
    assert "/to_accept" in scripts.page.url
    assert len([path for _, path, _ in scripts.asked if "/subjects/" in path]) == 1


def told(scripts: Scripts) -> Any:
    """The notice across the page."""
    return scripts.page.locator(".desk-notice:not([hidden])")


def test_what_is_of_unknown_fate_is_never_given_for_somebody_else(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.closed["/commands"] = 503, refused("command.unsure")
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator(".waiting")).to_contain_text("1 项操作")
    sent = [body for _, path, body in scripts.asked if path.endswith("/commands")]
    world.closed.clear()
    # Somebody else signs in in the same tab.
    scripts.open(Account("b-other", "street_director", STREET)).live()
    expect(told(scripts)).to_contain_text("其他账号的 1 项操作结果未知，没有代为提交")
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    assert not world.given
    # Whose it is comes back.
    scripts.open(CLERK).live()
    page.wait_for_function("desk.live.had.seq >= 8")
    assert world.given == sent[0]["commands"]
    expect(page.locator(".desk-notice")).to_be_hidden()


def test_a_page_of_an_earlier_session_says_so_and_leads_to_a_new_one(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.closed["/commands"] = 403, refused("access.csrf", "页面已过期，请刷新后重试。")
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(told(scripts).locator("span")).to_have_text("页面已过期，请刷新后重试。")
    scripts.run("async () => { await desk.live.ask(); }")  # reading goes on, and takes nothing away
    expect(told(scripts).locator("a")).to_have_text("刷新页面")
    assert scripts.run("async () => desk.table.row('case/A1').mark") == "unsent"
    assert told(scripts).locator("a").get_attribute("href") == f"/desk/{STREET}/to_accept"


def test_what_was_not_sent_leaves_the_way_to_the_login(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.closed["/commands"] = 401, refused("access.login", "请先登录。")
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    world.closed["/api"] = world.closed["/commands"]
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(told(scripts).locator("a")).to_have_text("重新登录")
    expect(page.locator(".told")).to_contain_text("受理 A1：登录已失效，没有执行")
    assert told(scripts).get_attribute("data-kind") == "login"


def test_all_that_one_answer_refused_is_told(scripts: Scripts) -> None:
    rows = [row(f"A{number}") for number in range(1, 6)]
    world = World(*rows)
    for each in rows[1:]:
        facts = {"by": "director", "what": "case.accepted", "at": "2026-11-23T07:12:02Z", "n": 8}
        world.results[each["subject"]] = refused("command.conflict", **facts)
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "5")
    for _ in rows:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("a")
    page.click(".desk-act[open] button.main")
    expect(told(scripts).locator("span")).to_have_text("4 条未执行")
    why = "：director 已先行“受理”（11-23 15:12），请查看最新情况后再定"
    expect(told(scripts).locator("li")).to_have_text(
        [f"受理 A{number}{why}" for number in range(2, 6)]
    )
    expect(page.locator(".told")).to_contain_text(f"受理 A5{why}")


CONFLICT = refused(
    "command.conflict", by="director", what="case.filed", at="2026-11-23T07:12:02Z", n=9
)
FIRST = "director 已先行“立案”（11-23 15:12），请查看最新情况后再定"


def test_a_refused_dialog_comes_back_with_its_words_and_the_reason(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.results["case/A1"] = CONFLICT
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    dialog = page.locator(".desk-act[open]")
    page.keyboard.press("j")
    page.keyboard.press("n")
    dialog.locator("textarea").fill("不属于本街道")
    dialog.locator("button.main").click()
    expect(dialog.locator(".why")).to_have_text(f"▲ {FIRST}")
    expect(dialog.locator("textarea")).to_have_value("不属于本街道")
    expect(told(scripts).locator("span")).to_have_text(f"不受理 A1：{FIRST}")
    # Who was first is known now; then nothing more is possible, and nothing is asked.
    state = {"command": "case.declined", "subject": "case/A1", "state": "filed"}
    world.results["case/A1"] = refused("command.state", **state)
    dialog.locator("button.main").click()
    expect(told(scripts).locator("span")).to_have_text(
        "不受理 A1：目前为“待派遣”，不能执行“不受理”"
    )
    assert [each["expected"] for each in world.given] == [7, 9]
    assert [each["reason"] for each in world.given] == ["不属于本街道"] * 2
    expect(dialog).to_be_hidden()


def test_what_was_typed_outlives_the_session(scripts: Scripts) -> None:
    world = World(row("A1"))
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    world.closed["/commands"] = 401, refused("access.login", "请先登录。")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.fill(".desk-act[open] textarea", "不属于本街道")
    page.click(".desk-act[open] button.main")
    expect(told(scripts).locator("a")).to_have_text("重新登录")
    # Signed in anew, as oneself.
    world.closed.clear()
    scripts.open().live()
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "1")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator(".desk-act[open] textarea")).to_have_value("不属于本街道")
    page.click(".desk-act[open] button.main")
    page.wait_for_function("desk.live.had.seq >= 8")
    expect(page.locator(".told")).to_contain_text("不受理 A1 已完成")
    # What is done is not kept, nor what somebody thought better of.
    page.keyboard.press("n")
    expect(page.locator(".desk-act[open] textarea")).to_have_value("")
    page.fill(".desk-act[open] textarea", "再想想")
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement === document.body")
    page.keyboard.press("n")
    expect(page.locator(".desk-act[open] textarea")).to_have_value("")


def test_a_remark_stays_in_its_field_until_it_is_kept(scripts: Scripts) -> None:
    world = World(row("A1"))
    world.results["case/A1"] = refused("privacy.personal_value", field="text")
    scripts.server = world
    page = scripts.open().live().page
    scripts.run("async () => { await desk.openSubject({ subject: 'case/A1' }, false); }")
    field, keep = page.locator(".remark-form textarea"), page.locator(".remark-form button")
    field.fill("电话 13800138000")
    keep.click()
    why = "“内容”疑似含电话或身份证号，请改写后再提交"
    expect(told(scripts).locator("span")).to_have_text(f"备注 A1：{why}")
    expect(field).to_have_value("电话 13800138000")
    world.results.clear()
    field.fill("已电话联系")
    keep.click()
    expect(field).to_have_value("")
    assert [each["data"]["text"] for each in world.given] == ["电话 13800138000", "已电话联系"]


def test_what_an_earlier_page_left_is_asked_again_by_its_own_command(scripts: Scripts) -> None:
    scripts.server = World(row("A1"), row("A2"))
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "2")
    ended = [
        {
            "body": {"command": command, "subject": f"case/{key}"},
            "state": "refused",
            "error": CONFLICT["error"],
            "told": FIRST,
        }
        for key, command in (("A1", "case.declined"), ("A2", "case.accepted"))
    ]
    scripts.run("async (js, ended) => desk.acts.over(ended)", ended)
    expect(told(scripts).locator("li")).to_have_count(2)
    expect(page.locator(".desk-act[open] .about li")).to_have_text(["案件 A1 · 第一网格"])
