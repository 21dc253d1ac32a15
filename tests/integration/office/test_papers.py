"""Papers hold the numbers of the frame of the same moment, and nothing that a spreadsheet would
run; briefs are made once, and told to whoever may see the region."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import load_workbook
from pptx import Presentation
from redis import Redis

from cockpit.clock import DAY, HOUR, SystemClock, parse_instant
from cockpit.domain.access import Account
from cockpit.domain.meeting import PAGE_NAMES
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Ticket
from datasource.database.engine import Database
from datasource.database.history import History
from datasource.departments import DepartmentAnswers
from datasource.office.brief_store import BriefStore
from datasource.office.briefs import Briefs
from datasource.office.excel import workbook
from datasource.office.leaves import Leaves
from datasource.office.makers import Makers
from datasource.office.paper import Head, Leaf, Paper, Sheet, Words, at_path, shown
from datasource.office.passes import one_pass
from datasource.office.past import PastOf
from datasource.office.periods import due
from datasource.office.questions import ListBriefs, MakePaper, ReadBrief
from datasource.office.slides import slides
from datasource.questions import Departments, FrameAt, Question
from datasource.replay import Replays
from datasource.sessions import RedisSessions
from layouts.i18n import table
from tests.desks import RULES as RULES_TEXT
from tests.desks import account, life, regions
from tests.support import PREFIX
from tests.twins import ManualClock, MemoryLock

pytestmark = pytest.mark.integration

RULES = Rules.from_toml(RULES_TEXT)
WORDS = Words(table("zh"), "zh")
DISTRICT, STREET, OTHER = "120110", "120110001", "120110002"


class Asks:
    """The role `query` without a Redis between."""

    def __init__(self, replays: Replays, history: History) -> None:
        self._replays, self._history = replays, history
        clock = ManualClock(life().now)
        self._departments = DepartmentAnswers(replays, regions(), RULES, clock)

    def ask(self, question: Question, worker: str = "") -> bytes:
        if isinstance(question, FrameAt):
            return self._replays.frame(question)
        if isinstance(question, Departments):
            return msgspec.json.encode(self._departments.answer(question))
        return msgspec.json.encode(self._history.answer(question))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with life().archived(tmp_path_factory.mktemp("archive")) as database:
        yield database


@pytest.fixture(scope="module")
def asks(database: Database) -> Asks:
    return Asks(life().replays(database), History(database, regions(), RULES))


def panels_at(asks: Asks, region: str, at: int) -> Any:
    return msgspec.json.decode(asks.ask(FrameAt(f"{region}/wall", at)))["panels"]


def paper_of(asks: Asks, region: str, at: int) -> Paper:
    past = PastOf(asks, region, at)
    leaves = Leaves(regions().get(region), WORDS, RULES, past, at)
    return leaves.paper(PAGE_NAMES, f"/meeting/{region}/today")


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
    for rank, name, n, *_, opened, overdue, coverage in sheet.iter_rows(3, values_only=True):
        assert (opened, overdue) == (compared[name]["open"], compared[name]["overdue"])
        assert coverage == compared[name]["coverage_rate"]
        assert (rank == "样本不足") == (n < RULES.rates.rank_from)


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


def briefs_of(database: Database, asks: Asks, folder: Path, clock: ManualClock) -> Briefs:
    """Of the district and two streets."""
    streets = ((STREET, "张贵庄街道"), (OTHER, "丰年村街道"))
    rows = [(DISTRICT, "东丽区", "district", "")]
    tree = Regions([*rows, *((code, name, "street", DISTRICT) for code, name in streets)])
    store = BriefStore(database, folder, clock)
    return Briefs(tree, RULES, asks, table, store, MemoryLock(), clock, 7 * 60 + 30)


def rest(*workers: Briefs) -> None:
    for _ in range(12):
        for worker in workers:
            worker.rest()


def test_briefs_are_made_once_and_read_by_whom_they_are_for(
    database: Database, asks: Asks, tmp_path: Path
) -> None:
    morning = parse_instant("2026-12-04T07:29:00+08:00")
    clock = ManualClock(morning)
    worker, other = (briefs_of(database, asks, tmp_path, clock) for _ in range(2))
    rest(worker, other)
    leader = account("leader")
    first = worker.listed(ListBriefs(leader, DISTRICT))["briefs"]
    # Of the day before yesterday, and of the last whole week: the archive begins within it.
    assert {(b["kind"], b["first"], b["last"]) for b in first} == {
        ("daily", "2026-12-02", "2026-12-02"), ("weekly", "2026-11-23", "2026-11-29"),
        ("monthly", "2026-11-01", "2026-11-30"),
    }  # fmt: skip
    assert len(first) == 9
    assert len(list(tmp_path.rglob("*.*"))) == 18
    clock.advance(2 * 60_000_000)
    rest(worker, other)
    later = worker.listed(ListBriefs(leader, DISTRICT))["briefs"]
    assert [b["first"] for b in later if b not in first] == ["2026-12-03"] * 3
    rest(briefs_of(database, asks, tmp_path, clock))
    assert worker.listed(ListBriefs(leader, DISTRICT))["briefs"] == later

    mine = account("street_director", STREET)
    street = worker.listed(ListBriefs(mine, STREET))["briefs"]
    assert {b["region"] for b in street} == {STREET}
    name = street[0]["files"][0]["id"]
    assert worker.read(ReadBrief(mine, name)).name.startswith("张贵庄街道日报_2026-12-03.")
    for who, asked, code in (
        (account("street_director", OTHER), name, "access.refused"),
        (account("auditor"), name, "access.refused"),
        (leader, "../../cockpit.db", "paper.unknown"),
    ):
        with pytest.raises(CockpitError) as caught:
            worker.read(ReadBrief(who, asked))
        assert caught.value.code == code


def test_a_brief_says_what_history_says(database: Database, asks: Asks, tmp_path: Path) -> None:
    worker = briefs_of(
        database, asks, tmp_path, ManualClock(parse_instant("2026-12-02T08:00:00+08:00"))
    )
    rest(worker)
    day = panels_at(asks, DISTRICT, parse_instant("2026-12-01T23:59:59.999+08:00"))
    [file] = tmp_path.glob(f"daily/*/{DISTRICT}.xlsx")
    book = load_workbook(file)
    rows = {row[0]: row[1:] for row in book.worksheets[2].iter_rows(3, values_only=True)}
    assert rows["上报"][0] == day["cases"]["reported_today"]
    assert rows["办结"][0] == day["cases"]["closed_today"]
    assert rows["在办事件（期末）"][0] == day["cases"]["open"]
    before = panels_at(asks, DISTRICT, parse_instant("2026-11-30T23:59:59.999+08:00"))
    assert rows["上报"][1] == before["cases"]["reported_today"]
    assert rows["上报"][2] == rows["上报"][0] - rows["上报"][1]


def test_when_briefs_are_due() -> None:
    def told(text: str) -> list[tuple[str, int]]:
        return [(p.kind, p.last - p.first + 1) for p in due(parse_instant(text), 450)]

    monday = parse_instant("2026-11-30T07:30:00+08:00")
    first, week, month = due(monday, 450)
    assert (first.first, week.first) == (20786, 20780)
    assert next(iter(due(monday - 1, 450))).first == 20785
    assert (month.last - month.first + 1, month.before_last - month.before_first + 1) == (31, 30)
    assert told("2026-03-01T08:00:00+08:00") == [("daily", 1), ("weekly", 7), ("monthly", 28)]


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
