"""What a desk offers and shows, without a program behind it: times, letters, levels, signals,
and the row under the keyboard."""

import pytest
from playwright.sync_api import expect

from cockpit.domain.access import Account
from tests.e2e.desk_scripts import ROW, Scripts, World, row
from tests.e2e.desks import STREET

pytestmark = pytest.mark.e2e

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


def test_a_renewed_list_moves_no_other_row_under_the_keyboard(scripts: Scripts) -> None:
    world = World(row("A1"), row("A2"))
    scripts.server = world
    page = scripts.open().live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "2")
    for key in ("j", "x"):
        page.keyboard.press(key)
    expect(page.locator(".chosen b")).to_have_text("已选 1 条")
    # It goes where its row goes.
    world.rows = [row("A3"), row("A1"), row("A2")]
    page.keyboard.press("r")
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "3")
    assert scripts.run("async () => desk.table.focused().key") == "A1"
    assert scripts.run("async () => grid.focus.rowIndex") == 1
    # It is gone with its row, which nobody has chosen any more; the key means nothing.
    world.rows = [row("A3"), row("A2")]
    page.keyboard.press("r")
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "2")
    expect(page.locator(".chosen")).to_be_hidden()
    page.keyboard.press("a")
    assert scripts.run("async () => desk.table.focused()") is None
    assert not world.given
    # The next step begins at the first row again.
    page.keyboard.press("j")
    assert scripts.run("async () => desk.table.focused().key") == "A3"
    page.keyboard.press("a")
    page.wait_for_function("desk.live.had.seq >= 8")
    assert [each["subject"] for each in world.given] == ["case/A3"]


DIRECTOR = Account("a-director", "street_director", STREET)
CHOOSE = """async (js, keys) => {
  for (const key of keys) grid.getRowNode(`case/${key}`).setSelected(true);
}"""
OFFERED = """async (js) => {
  desk.hands.palette();
  const names = [...document.querySelectorAll(".desk-find li")].map((each) => each.firstChild.data);
  document.querySelector(".desk-find").close();
  return names.slice(0, names.findIndex((name) => name.startsWith("转到")));
}"""


def test_only_what_the_rows_may_be_given_is_offered(scripts: Scripts) -> None:
    closed = {"stage": "closed", "standing": "closed", "ended": "closed"}
    world = World(row("A1"), row("A2"), row("A3", reached=2, supervised=2), row("A4", **closed))
    world.offered = ["case.cancelled"]
    scripts.server = world
    page = scripts.open(DIRECTOR).live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "4")
    # By how a row stands, also where no subject is open.
    page.keyboard.press("j")
    offered = scripts.run(OFFERED)
    assert "受理 · 案件 A1" in offered
    assert not [name for name in offered if name.startswith(("结案", "回访", "恢复"))]
    # By what the server says of the open subject.
    scripts.run("async () => { await desk.openSubject({ subject: 'case/A4' }, false); }")
    assert scripts.run(OFFERED) == ["作废 · 案件 A4", "吹哨", "网格员请假"]
    # An open subject bars nothing from others that are chosen.
    scripts.run(CHOOSE, ["A1", "A2", "A3"])
    assert "受理 · 已选 3 条" in scripts.run(OFFERED)
    assert "作废 · 案件 A4" not in scripts.run(OFFERED)
    # A director raises to level 2: not what stands there.
    expect(page.locator('.chosen [data-command="case.supervised"]')).to_have_text("督办 2")
    page.keyboard.press("s")
    expect(page.locator(".desk-act[open] .about li")).to_have_count(2)
    expect(page.locator(".desk-act[open] option")).to_have_text(["1 级 · 催办", "2 级 · 督办"])
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator(".desk-act[open] h2")).to_have_text("受理")
    page.click(".desk-act[open] button.main")
    page.wait_for_function("desk.live.had.seq >= 8")
    assert [each["subject"] for each in world.given] == ["case/A1", "case/A2", "case/A3"]


def test_levels_lie_above_those_of_all_chosen_rows(scripts: Scripts) -> None:
    scripts.server = World(row("A1"), row("A2", reached=2, supervised=2))
    page = scripts.open(Account("a-operator", "operator", "120110")).live().page
    expect(page.locator(".queue-total")).to_have_attribute("data-value", "2")
    for key in ("j", "x", "j", "x", "s"):
        page.keyboard.press(key)
    levels = ["3 级 · 挂牌督办", "4 级 · 区级领导包案"]
    expect(page.locator(".desk-act[open] option")).to_have_text(levels)


HEARD = """async (js) => {
  document.hidden || Object.defineProperty(document, "hidden", { get: () => true });
  window.Notification = class {
    static permission = "granted";
    constructor(title, { body }) { window.heard = body; }
  };
  localStorage.setItem("cockpit.desk.notify", "on");
  const signals = await js("signals");
  signals.start(document.querySelector(".desk"), "community_secretary");
  signals.hear({ to_handle: 1, overdue: 0, whistles_overdue: 0, to_accept: 1 });
  signals.hear({ to_handle: 2, overdue: 1, whistles_overdue: 1, to_accept: 9 });
  return window.heard;
}"""


def test_a_community_hears_of_its_own_work_by_names_that_no_other_queue_has(
    scripts: Scripts,
) -> None:
    secretary = Account("a-secretary", "community_secretary", "120110001005")
    zh = scripts.open(secretary).run(HEARD)
    assert zh == "案件 · 待处置 2 · 案件 · 超期 1 · 吹哨 · 超期 1"
    scripts.open(language="en")
    names = scripts.run(
        """async (js) => {
          const { wholeName } = await js("queues");
          const all = [...document.querySelectorAll(".desk-queue")];
          return all.map((each) => wholeName(each.dataset.queue));
        }"""
    )
    assert len(set(names)) == len(names)
    assert "Whistles · To confirm" in names
