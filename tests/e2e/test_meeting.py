"""A meeting around a table: pages turned by keys, a moment frozen and shared, the list behind a
number, and papers taken home with the very numbers of the screen."""

import io
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pypdf import PdfReader

from cockpit.clock import SystemClock, parse_instant
from cockpit.domain.meeting import PAGE_NAMES, pages_of
from cockpit.domain.meeting_numbers import numbers_of
from cockpit.domain.numbers import number_of
from datasource.database.engine import open_database
from datasource.desk.demonstration import PASSWORD
from datasource.geography import load_regions
from datasource.office.brief_store import BriefStore
from datasource.office.paper import Words, moment_text
from datasource.office.paper import shown as written
from datasource.office.periods import Period
from layouts.i18n import Texts, table
from tests.e2e.access import assert_accessible
from tests.e2e.conftest import District, new_page
from tests.program import wait_json
from tests.support import wait_for

pytestmark = pytest.mark.e2e

TABLE: ViewportSize = {"width": 1440, "height": 900}
DISTRICT, STREET, OTHER = "120110", "120110001", "120110002"
# Each figure of the page that is shown: its metric and the raw value.
_FIGURES = """[...document.querySelectorAll("[data-page]:not([hidden]) .figure [data-metric]")]
  .map((e) => [e.dataset.metric, e.dataset.value])"""
# What stands below each of them, and the sign of its state.
_BESIDE = """[...document.querySelectorAll("[data-page]:not([hidden]) .figure")]
  .map((e) => [".sub", ".symbol"].map((part) => e.querySelector(part).textContent.trim()))"""
# Words that are cut off by their box, and what lies outside the window.
_CUT = """[...document.querySelectorAll("[data-page]:not([hidden]) :is(.figure, h3, td, th)")]
  .filter((e) => e.getClientRects().length)
  .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().bottom > innerHeight
    || e.getBoundingClientRect().bottom > e.closest(".page").getBoundingClientRect().bottom + 1)
  .map((e) => e.textContent)"""
# Numbers that do not say on hover what they mean, or of a rate what its n is.
_UNTOLD = """[...document.querySelectorAll("[data-page]:not([hidden]) [data-metric]")]
  .map((e) => [e.dataset.metric, e.textContent, e.closest("[title]")?.title ?? ""])
  .filter(([, text, title]) => !title || (/%/.test(text) && !/n = \\d/.test(title)))"""
_RADICALS = str.maketrans("⻓⻔⻅⻚⻛⻋⻘⻩⻢⻰⻬⻝", "长门见页风车青黄马龙齐食")
_POST = """async (wanted) => {
  const { csrf } = JSON.parse(document.getElementById("cockpit").textContent);
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
  const body = JSON.stringify(wanted);
  const answer = await fetch("/api/v1/papers", { method: "POST", headers, body });
  const bytes = [...new Uint8Array(await answer.arrayBuffer())];
  return [answer.status, bytes, answer.headers.get("Content-Disposition")];
}"""


class Meeting:
    """A page that shows a meeting, of somebody of the demonstration."""

    def __init__(self, browser: Browser, district: District, name: str) -> None:
        self.page: Page = new_page(browser, viewport=TABLE, locale="zh-CN")
        self.base = district.base_url
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(f"{self.base}/login")
        self.page.fill("input[name=name]", name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "/login" not in address)

    def root(self, name: str) -> str | None:
        return self.page.evaluate(f"document.documentElement.dataset.{name} ?? null")

    def open(self, page: str, query: str = "") -> "Meeting":
        self.page.goto(f"{self.base}/meeting/{DISTRICT}/{page}{query}")
        return self.painted(page)

    def painted(self, page: str) -> "Meeting":
        wait_for(lambda: self.root("painted") == page, 90)
        return self

    def wait_none(self, script: str, what: str) -> None:
        """Until nothing is found by a script any more: rows are fitted a little after they come."""
        found: list[Any] = []

        def look() -> bool:
            found[:] = self.page.evaluate(script)
            return not found

        try:
            wait_for(look, 30)
        except AssertionError:
            pytest.fail(f"{what}: {found}")

    def figures(self) -> dict[str, str]:
        return dict(self.page.evaluate(_FIGURES))

    def paper(self, **wanted: Any) -> tuple[int, bytes, str]:
        """What is answered once the archive, which may still fold the simulated past, knows the
        paper's moment, and a full machine has had the time to draw it."""
        usual = {"region": DISTRICT, "pages": ["late"], "format": "xlsx", "theme": "light"}

        def ask() -> tuple[int, bytes, str] | None:
            status, body, name = self.page.evaluate(_POST, usual | wanted)
            told = bytes(body)
            wait = any(code in told[:200] for code in (b'"paper.behind"', b'"paper.slow"'))
            return None if wait else (status, told, name or "")

        return wait_for(ask, 240)


@pytest.fixture
def leader(browser: Browser, district: District) -> Iterator[Meeting]:
    meeting = Meeting(browser, district, "leader")
    yield meeting
    meeting.page.context.close()
    assert not meeting.faults


def at_path(panels: Any, metric: str) -> Any:
    for step in metric.split("."):
        panels = panels[step]
    return panels


def test_pages_are_turned_by_keys(leader: Meeting) -> None:
    leader.open(PAGE_NAMES[0])
    for before, name in pairwise(PAGE_NAMES):
        leader.wait_none(_CUT, before)
        leader.wait_none(_UNTOLD, before)
        leader.page.keyboard.press("ArrowRight")
        leader.painted(name)
        expect(leader.page).to_have_url(re.compile(f"/meeting/{DISTRICT}/{name}([?]|$)"))
    bar = expect(leader.page.locator(".replay-bar"))
    bar.to_be_visible()
    leader.page.keyboard.press("ArrowLeft")
    leader.painted(PAGE_NAMES[-2])
    bar.to_be_hidden()
    leader.page.keyboard.press("1")
    leader.painted(PAGE_NAMES[0])
    wait_for(lambda: leader.root("live") == "live")


def test_a_moment_is_frozen_shared_counted_and_taken_home(
    leader: Meeting, browser: Browser, district: District
) -> None:
    leader.open("late")
    wait_for(lambda: leader.root("live") == "live")
    leader.page.click('[data-do="freeze"]')
    wait_for(lambda: leader.root("replay") is not None and "at=" in leader.page.url)
    at = parse_qs(urlsplit(leader.page.url).query)["at"][0]
    address = f"{district.base_url}/api/v1/frames/{DISTRICT}/wall?at={at}"
    panels = wait_json(address)["panels"]
    figures = leader.figures()
    assert figures == {name: str(at_path(panels, name)) for name in figures}

    other = Meeting(browser, district, "operator")
    other.page.goto(leader.page.url)
    assert other.painted("late").figures() == figures
    other.page.context.close()

    for metric in ("cases.at_risk", "whistles.overdue"):
        leader.page.click(f'.page-late [data-metric="{metric}"]')
        leader.page.wait_for_selector("dialog[open][data-total]")
        dialog = leader.page.locator("dialog[open]")
        assert dialog.get_attribute("data-total") == figures[metric]
        assert dialog.locator("tbody tr").count() == int(figures[metric])
        leader.page.keyboard.press("Escape")
        leader.page.evaluate(
            "document.querySelector('[data-over=drill]').removeAttribute('data-total')"
        )

    for shown, behind in (("trends", "cases.open"), ("departments", ".blown")):
        leader.open(shown, f"?at={at}&stay=1&bar=0")
        cell = leader.page.locator(f'.page-{shown} [data-list$="{behind}"]').first
        cell.click()
        leader.page.wait_for_selector("dialog[open][data-total]")
        dialog = leader.page.locator("dialog[open]")
        assert dialog.get_attribute("data-total") == cell.get_attribute("data-value")

    status, body, name = leader.paper(at=at)
    assert (status, name[:10]) == (200, "attachment")
    rows = list(load_workbook(io.BytesIO(body))["主要数字"].iter_rows(3, values_only=True))
    assert [str(row[2]) for row in rows] == list(figures.values())
    beside = [[row[5] or "", (row[4] or "")[:1]] for row in rows]
    leader.open("late", f"?at={at}&stay=1&bar=0")
    assert leader.page.evaluate(_BESIDE) == beside


def test_pictures_and_pdf_are_drawn_by_chromium(leader: Meeting, district: District) -> None:
    leader.open("streets")
    at = district.frame(DISTRICT)["at"]
    status, body, _ = leader.paper(at=at, format="png")
    assert (status, body[:4]) == (200, b"\x89PNG"), body[:300]
    with Image.open(io.BytesIO(body)) as picture:
        assert picture.size == (2 * TABLE["width"], 2 * TABLE["height"])
        colours = picture.convert("RGB").getcolors(1 << 24)
    assert len(colours) > 100  # letters have many shades
    status, body, _ = leader.paper(at=at, format="pdf", pages=list(PAGE_NAMES))
    assert status == 200, body[:300]
    # By now the archive knows that moment.
    panels = wait_json(f"{district.base_url}/api/v1/frames/{DISTRICT}/wall?at={at}")["panels"]
    sheets = [plain(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(body)).pages]
    assert len(sheets) == len(PAGE_NAMES)
    words, stamp = Texts("zh"), plain(moment_text(parse_instant(at)))
    for page, sheet in zip(pages_of(load_regions().get(DISTRICT)), sheets, strict=True):
        assert plain(words(f"meeting.page.{page.name}")) in sheet
        assert stamp in sheet, page.name
        for name in page.figures:
            number = number_of(name)
            value = written(at_path(panels, name), number.form, Words(table("zh"), "zh"))
            told = f"{re.escape(plain(number.zh))}[▲◆]?{re.escape(plain(value))}"
            assert re.search(told, sheet), (page.name, told)
        for means in numbers_of(page):
            assert plain(number_of(means).means_zh) in sheet, (page.name, means)
    # All that the pages needed was theirs (callbacks/tickets.py).
    assert "a paper's ticket" not in district.program.errors


def plain(text: str) -> str:
    """A text as it can be found in that of a PDF, whose blanks and line ends are its own, and which
    takes some letters for the radicals that look like them."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_RADICALS).split())


def test_briefs_are_turned_to_by_month_on_meetings_and_desks(
    leader: Meeting, district: District
) -> None:
    folder = district.program.folder / "var"
    database = open_database("", folder)
    store = BriefStore(database, folder / "briefs", SystemClock())
    for day, text in ((20757, b"october"), (20779, b"november")):
        store.keep(Period("daily", day, day, day - 1, day - 1), DISTRICT, "xlsx", text)
    database.close()
    page = leader.open("today").page
    page.click('[data-do="briefs"]')
    seen_by_month(page)
    page.keyboard.press("Escape")

    page.goto(f"{leader.base}/desk/{DISTRICT}")
    page.wait_for_selector(".queue-total[data-value]")
    page.keyboard.press("Control+k")
    page.keyboard.type("简报")
    page.keyboard.press("Enter")
    seen_by_month(page)
    page.keyboard.press("Escape")
    page.click('.desk-foot [data-do="briefs"]')
    page.wait_for_selector("dialog[open] .briefs tbody tr")


def seen_by_month(page: Page) -> None:
    """The open list has the newest month; another one is chosen, and a brief of it taken home."""
    rows = page.locator("dialog[open] .briefs tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("2026-11-22")
    assert_accessible(page, "briefs")
    page.locator("dialog[open] .briefs select").select_option("2026-10")
    expect(rows).to_contain_text("2026-10-31")
    with page.expect_download() as taken:
        rows.get_by_role("link").click()
    assert Path(taken.value.path()).read_bytes() == b"october"


def test_what_is_refused(browser: Browser, district: District) -> None:
    street = Meeting(browser, district, "street")
    street.page.goto(f"{district.base_url}/meeting/{STREET}/today")
    street.painted("today")
    at = "2026-11-23T15:00:00+08:00"
    assert street.paper(at=at, region=OTHER)[0] == 403
    assert street.paper(at=at, region=STREET, pages=["../late"])[0] == 400
    assert street.paper(at=at, region=STREET, format="exe")[0] == 400
    for path in ("..%2F..%2Fcockpit.db", "%2e%2e/cockpit.db", "x" * 24, "daily"):
        assert street.page.request.get(f"{district.base_url}/api/v1/papers/{path}").status == 404
    told = street.page.request.post(f"{district.base_url}/api/v1/papers", data={"region": STREET})
    assert told.status == 403  # no token of a page
    page = street.page.goto(f"{district.base_url}/meeting/{OTHER}/today")
    assert page is not None
    assert page.status == 403
    street.page.context.close()
