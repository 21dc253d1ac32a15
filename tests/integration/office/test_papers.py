"""Papers hold the numbers of the frame of the same moment, say what they mean, and nothing that a
spreadsheet would run."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from redis import Redis

from cockpit.clock import DAY, HOUR, MINUTE, SystemClock
from cockpit.domain.access import Account
from cockpit.domain.meeting import COMPARED, PAGE_NAMES, PAGES
from cockpit.domain.numbers import number_of
from cockpit.errors import CockpitError
from cockpit.ports import Ticket
from datasource.office.excel import workbook
from datasource.office.leaves import Leaves
from datasource.office.makers import Makers
from datasource.office.paper import Head, Leaf, Paper, Sheet, at_path, shown
from datasource.office.passes import one_pass
from datasource.office.past import PastOf
from datasource.office.questions import MakePaper
from datasource.office.rows import Rows
from datasource.office.slides import slides
from datasource.questions import FrameAt, Question
from datasource.sessions import RedisSessions
from layouts.i18n import table
from tests.desks import account, life, regions
from tests.offices import DISTRICT, RULES, STREET, WORDS, Asks, panels_at
from tests.support import PREFIX
from tests.twins import ManualClock

pytestmark = pytest.mark.integration

[DEPARTMENTS] = [t for page in PAGES for t in page.tables if t.rows == "departments"]


def paper_of(asks: Asks, region: str, at: int, pages: Sequence[str] = PAGE_NAMES) -> Paper:
    past = PastOf(asks, region, at)
    leaves = Leaves(regions().get(region), WORDS, RULES, past, at)
    return leaves.paper(pages, f"/meeting/{region}/today")


@pytest.mark.parametrize("region", [DISTRICT, STREET, "120110001005"])
def test_a_paper_has_the_numbers_of_the_frame(asks: Asks, region: str) -> None:
    at = life().now - 3 * HOUR
    paper, panels = paper_of(asks, region, at), panels_at(asks, region, at)
    book = load_workbook(io.BytesIO(workbook(paper, WORDS)))
    moment = book.worksheets[0]["B3"].value
    assert moment.startswith("2026-12-")
    assert all(moment in sheet["A1"].value for sheet in book.worksheets[1:])
    figures = [f for leaf in paper.leaves for f in leaf.figures]
    assert len(figures) > 30
    rows = list(book["主要数字"].iter_rows(min_row=3, values_only=True))
    for figure, row in zip(figures, rows, strict=True):
        assert figure.value == at_path(panels, figure.metric) == row[2]
    assert book["主要数字"].freeze_panes == "A3"
    deck = Presentation(io.BytesIO(slides(paper, WORDS)))
    frames = [s.text_frame.text for p in deck.slides for s in p.shapes if s.has_text_frame]
    told = {line for text in frames for line in text.split("\n")}
    assert {shown(figure.value, figure.form, WORDS) for figure in figures} <= told
    assert {figure.note for figure in figures} <= told
    charts = [s.chart for p in deck.slides for s in p.shapes if s.has_chart]
    last_week = list(charts[0].plots[0].series)[2]
    assert list(last_week.values) == panels["cases"]["trend"]["last_week"]
    if region == "120110001005":
        return
    sheet = next(each for each in book.worksheets if "三率" in each.title)
    compared = {row["name"]: row for row in panels["compare"]}
    for rank, name, n, *_, opened, overdue, coverage, expected in sheet.iter_rows(
        3, values_only=True
    ):
        assert (opened, overdue) == (compared[name]["open"], compared[name]["overdue"])
        assert coverage == compared[name]["coverage_rate"]
        assert expected == compared[name]["expected"]
        assert (rank == "样本不足") == (n < RULES.rates.rank_from)


def test_papers_say_what_their_numbers_mean_and_of_how_many(asks: Asks) -> None:
    at = life().now - 3 * HOUR
    past, paper = PastOf(asks, DISTRICT, at), paper_of(asks, DISTRICT, at)
    told = dict(paper.definitions)
    assert {"在途哨", "巡查覆盖率", "昨日", "上月", "名次", "时限"} <= told.keys()
    trends = paper_of(asks, DISTRICT, at, ["trends"])
    assert {number_of(name).zh for name in COMPARED} <= dict(trends.definitions).keys()
    sheets = {sheet.title: sheet for leaf in paper.leaves for sheet in leaf.sheets}
    for sheet in sheets.values():
        titles = [head.title for head in sheet.heads]
        rates = [head.title for head in sheet.heads if head.form == "percent"]
        assert len([title for title in titles if title.endswith("n")]) >= bool(rates), titles
    [compared] = [sheet for title, sheet in sheets.items() if "与昨日" in title]
    heads = [head.title for head in compared.heads]
    assert heads[1:5] == ["今日", "今日 n", "昨日", "昨日 n"]
    assert all(head.means for head in compared.heads[1::2])
    [on_time] = [row for row in compared.rows if row[0] == "按期办结率"]
    sizes = past.compared()["definition"]["cases.on_time_rate"]["n"]
    assert list(on_time[2::2]) == sizes
    assert [row[2::2] for row in compared.rows if row[0] == "在办案件"] == [[None] * 4]
    [patrols] = [sheet for title, sheet in sheets.items() if "今日覆盖" in title]
    told_of = [
        {h.title: v for h, v in zip(patrols.heads, row, strict=True)} for row in patrols.rows
    ]
    by_child = panels_at(asks, DISTRICT, at)["patrols"]["by_child"]
    assert [row["上午 n"] for row in told_of] == [row["morning_n"] for row in by_child]
    book = load_workbook(io.BytesIO(workbook(paper, WORDS)))
    [days] = [s for s in book.worksheets if s.cell(2, 3).value == "按期办结率 n"]
    found = past.days()["definition"]["cases.on_time_rate"]["n"]
    assert [row[2] for row in days.iter_rows(3, values_only=True)] == found


def test_each_sheet_and_slide_says_when_a_source_was_late(asks: Asks) -> None:
    heard = life().entries[40].received
    for at, told in (
        (heard + 1000, "都在送数据"), (heard + 6 * MINUTE, "◆ 网格员终端 已 6 分钟无数据"),
    ):  # fmt: skip
        paper = paper_of(asks, DISTRICT, at, ["care"])
        assert dict(paper.about)["数据源"] == told
        assert ("◆ 1 个数据源无新数据" in paper.foot) == told.startswith("◆")
        book = load_workbook(io.BytesIO(workbook(paper, WORDS)))
        assert all(paper.foot in sheet["A1"].value for sheet in book.worksheets[1:])


def test_all_departments_that_owe_an_answer_are_in_the_table(asks: Asks) -> None:
    """Also one whose first whistle was blown since the half-hour up to which the archive tells."""
    blown = (e.received for e in life().entries if b'"whistle.blown"' in e.raw)
    soon, later = next(blown) + 1000, life().now - HOUR
    names: list[set[str]] = []
    for at in (soon, later):
        past, panels = PastOf(asks, DISTRICT, at), panels_at(asks, DISTRICT, at)
        rows = Rows(past, WORDS, RULES, at).of("departments")
        assert sum(row["open"] for row in rows) == panels["whistles"]["open"] > 0
        assert sum(row["late"] for row in rows) == panels["whistles"]["overdue"]
        owing = [row for row in rows if not row["blown"]]
        assert all((row["rank"], row["arrival_rate"]) == ("样本不足", None) for row in owing)
        names.append({row["name"] for row in owing})
        sheets = [s for leaf in paper_of(asks, DISTRICT, at).leaves for s in leaf.sheets]
        assert [s.rows for s in sheets if "近 30 天" in s.title] == [
            [[row.get(c.key) for c in DEPARTMENTS.columns] for row in rows]
        ]
    assert names[0]


def test_no_paper_says_a_moment_that_the_archive_does_not_know(
    asks: Asks, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasource.office.makers._ARCHIVE_SECONDS", 0)
    end = life().now - HOUR  # of what is archived

    class Behind:
        def ask(self, question: Question, worker: str = "") -> bytes:
            if isinstance(question, FrameAt):
                question = FrameAt(question.view, min(question.at, end))
            return asks.ask(question)

    behind: Any = Behind()
    makers = Makers(regions(), RULES, behind, table, {}, lambda: (9, 8), client)

    def made(at: int) -> bytes:
        leader = account("leader")
        return makers.make(MakePaper(leader, DISTRICT, ["care"], "xlsx", at, "zh", "light")).body

    assert load_workbook(io.BytesIO(made(end)))["主要数字"].auto_filter.ref
    with pytest.raises(CockpitError) as caught:
        made(life().now)
    assert caught.value.code == "paper.behind"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r@", " =", "＝"])
def test_no_text_becomes_a_formula(sign: str) -> None:
    hostile = f'{sign}HYPERLINK("http://127.0.0.1","x")'
    leaf = Leaf(hostile, sheets=[Sheet(hostile, [Head(hostile)], [[hostile]])])
    paper = Paper(hostile, hostile, [(hostile, hostile)], [leaf], [(hostile, hostile)])
    book = load_workbook(io.BytesIO(workbook(paper, WORDS)))
    for sheet in book.worksheets:
        assert not sheet.title.startswith(("=", "+", "-", "@"))
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value):
            assert cell.data_type == "s"
            assert not cell.value.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_the_pass_of_the_browser_ends_with_the_paper(client: Redis) -> None:
    sessions, clock = RedisSessions(client, PREFIX), SystemClock()
    who = Account("a1", "operator", DISTRICT)
    ticket = Ticket(f"/meeting/{STREET}/today", clock.now())
    with one_pass(client, PREFIX, clock, who, STREET, ticket) as (_, token):
        found = sessions.session(token)
        assert found is not None
        assert (found.account, found.ticket) == (Account("a1", "leader", STREET), ticket)
        assert [sessions.first_use(token), sessions.first_use(token)] == [True, False]
        assert RedisSessions(client, PREFIX, ManualClock(clock.now() + DAY)).session(token) is None
    assert sessions.session(token) is None
    assert not client.keys(f"{PREFIX}:session:*")
