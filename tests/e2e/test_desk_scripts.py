"""What the scripts of a desk say and offer, each shown by as little of a desk as it takes."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.desk_scripts import Scripts, refused

pytestmark = pytest.mark.e2e

# A case as its row tells, due at 17:00.
ROW = {
    "subject": "case/A1", "key": "A1", "region": "120110001005001", "place": "第一网格",
    "version": 7, "state": "in_time", "due": "2026-11-23T09:00:00Z", "stage": "dispatched",
    "standing": "dispatched", "reached": 0, "supervised": 0, "ended": "", "suspended": False,
    "category": "0101", "grade": "urgent", "reported": "2026-11-23T06:00:00Z",
}  # fmt: skip
PAGE = {
    "n": 7, "at": "2026-11-23T07:30:00Z", "row": ROW, "events": [], "related": [], "remarks": [],
    "legs": [{"name": "dispatched", "start": "2026-11-23T07:00:00Z", "end": None,
              "due": "2026-11-23T09:00:00Z", "late": False}],
    "commands": ["case.extended", "remark"],
}  # fmt: skip
# A detail of the page's own element, which a test finds as `detail` again.
DETAIL = """
  const { Detail } = await js("detail");
  const hands = { does() {}, opens() {}, closed() {}, remark() {} };
  window.detail = new Detail(document.querySelector(".desk-detail"), {}, hands);
"""
CLOCK = """async (js, at) => {
  const { setClock } = await import("/assets/js/core/clock.js");
  setClock(Date.parse(at), performance.now(), 0);
  detail.tick();
}"""
WHY = "async (js, error) => (await js('refusals')).whyNot(error)"


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Scripts]:
    made = Scripts(browser)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("code", "facts", "zh", "en"),
    [
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
            "Escalation rules acted first: Supervise, 2025-11-23 15:12. "
            "Look again before you decide.",
        ),
        (
            "command.state",
            {"command": "case.accepted", "subject": "case/A1", "state": "handled"},
            "目前为“待核查”，不能受理",
            "It stands at “Handled”; “Accept” is not possible now.",
        ),
        (
            "command.state",
            {"command": "alert.cleared", "subject": "alert/a/1", "state": "settled"},
            "目前为“已确认并解除”，不能解除预警",
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
            "延期的时间必须晚于当前时间",
            "The instant for “Extend” must lie ahead.",
        ),
        (
            "access.refused",
            {"right": "case.supervise_high", "region": "120110001"},
            "您的账号无权督办至 3、4 级，请联系管理员",
            "Your account may not do this here: supervise at levels 3 and 4. "
            "Ask the administrator.",
        ),
        (
            "privacy.personal_value",
            {"field": "reason"},
            "“理由”疑似含电话或身份证号，请改写后再提交",
            "“Reason” seems to hold a phone or identity number. Write it without.",
        ),
        ("log.full", {}, "…", "…"),  # the server's own sentence
    ],
)
def test_why_something_was_not_done_is_said_in_words(
    scripts: Scripts, code: str, facts: dict[str, Any], zh: str, en: str
) -> None:
    error = refused(code, "…", **facts)["error"]
    for language, words in (("zh", zh), ("en", en)):
        scripts.open(language=language)
        assert scripts.run(WHY, error) == words


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


def test_the_times_of_an_open_subject_go_on(scripts: Scripts) -> None:
    scripts.server = lambda *_: (200, PAGE)
    scripts.open()
    scripts.run(f"async (js) => {{ {DETAIL} await detail.show('case', 'A1'); }}")
    body = scripts.page.locator(".subject-body")
    expect(body.locator(".facts-of")).to_contain_text("剩 1小时30分")
    expect(body.locator(".leg")).to_contain_text("已 30分")
    scripts.run(CLOCK, "2026-11-23T16:10:00+08:00")
    expect(body.locator(".facts-of")).to_contain_text("剩 50分")
    expect(body.locator(".leg")).to_contain_text("已 1小时10分")
    assert len([path for _, path, _ in scripts.asked if "subjects" in path]) == 1
