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
from cockpit.domain.calendar import day_of
from cockpit.domain.meeting import PAGE_NAMES, PAGES
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Ticket
from datasource.database.engine import Database, open_database
from datasource.database.history import History
from datasource.database.migrate import migrate
from datasource.departments import DepartmentAnswers
from datasource.office.brief_paper import BriefPaper
from datasource.office.brief_store import BriefStore
from datasource.office.briefs import Briefs
from datasource.office.excel import workbook
from datasource.office.leaves import Leaves
from datasource.office.makers import Makers
from datasource.office.paper import Head, Leaf, Paper, Sheet, Words, at_path, shown
from datasource.office.passes import one_pass
from datasource.office.past import PastOf
from datasource.office.periods import Period, due
from datasource.office.questions import ListBriefs, MakePaper, ReadBrief
from datasource.office.rows import Rows
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
[DEPARTMENTS] = [t for page in PAGES for t in page.tables if t.rows == "departments"]
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


def briefs_of(database: Database, asks: Asks, folder: Path, clock: ManualClock) -> Briefs:
    """Of the district and two streets."""
    streets = ((STREET, "张贵庄街道"), (OTHER, "丰年村街道"))
    rows = [(DISTRICT, "东丽区", "district", "")]
    tree = Regions([*rows, *((code, name, "street", DISTRICT) for code, name in streets)])
    store = BriefStore(database, folder, clock)
    return Briefs(tree, RULES, asks, table, store, MemoryLock(), clock, 7 * 60 + 30)


def rest(*workers: Briefs) -> None:
    for _ in range(40):
        for worker in workers:
            worker.rest()


def all_of(worker: Briefs, who: Account, region: str) -> list[dict[str, Any]]:
    """The briefs of all months, as one turns to them."""
    months = worker.listed(ListBriefs(who, region))["months"]
    return [b for m in months for b in worker.listed(ListBriefs(who, region, m))["briefs"]]


def test_briefs_are_made_once_and_read_by_whom_they_are_for(
    database: Database, asks: Asks, tmp_path: Path
) -> None:
    morning = parse_instant("2026-12-04T07:29:00+08:00")
    clock = ManualClock(morning)
    worker, other = (briefs_of(database, asks, tmp_path, clock) for _ in range(2))
    rest(worker, other)
    leader = account("leader")
    first = all_of(worker, leader, DISTRICT)
    # Of each day up to the day before yesterday, of the last whole week and month: the archive
    # begins within them, and what was missed since then is made up for.
    assert {(b["kind"], b["first"], b["last"]) for b in first} == {
        *(("daily", day, day) for day in (
            "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30", "2026-12-01",
            "2026-12-02",
        )),
        ("weekly", "2026-11-23", "2026-11-29"), ("monthly", "2026-11-01", "2026-11-30"),
    }  # fmt: skip
    assert len(first) == 27
    assert len(list(tmp_path.rglob("*.*"))) == 54
    clock.advance(2 * 60_000_000)
    rest(worker, other)
    later = all_of(worker, leader, DISTRICT)
    assert [b["first"] for b in later if b not in first] == ["2026-12-03"] * 3
    rest(briefs_of(database, asks, tmp_path, clock))
    assert all_of(worker, leader, DISTRICT) == later

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


def test_no_brief_drops_out_of_the_list(tmp_path: Path, asks: Asks) -> None:
    """Forty days of the district and its eleven streets: far more files than one looks at once."""
    database = open_database("", tmp_path)
    migrate(database)
    clock = ManualClock(parse_instant("2026-12-04T08:00:00+08:00"))
    store, today = BriefStore(database, tmp_path, clock), day_of(clock.now())
    streets = [f"120110{number:03}" for number in range(1, 12)]
    rows = [(DISTRICT, "东丽区", "district", ""), *((c, c, "street", DISTRICT) for c in streets)]
    for day in range(today - 40, today):
        for code in (DISTRICT, *streets):
            for form in ("pptx", "xlsx"):
                store.keep(Period("daily", day, day, day - 1, day - 1), code, form, b"")
    worker = Briefs(Regions(rows), RULES, asks, table, store, MemoryLock(), clock, None)
    leader = account("leader")
    newest = worker.listed(ListBriefs(leader, DISTRICT))
    assert (newest["month"], newest["months"]) == ("2026-12", ["2026-12", "2026-11", "2026-10"])
    assert {brief["first"][:7] for brief in newest["briefs"]} == {"2026-12"}
    told = all_of(worker, leader, DISTRICT)
    assert len(told) == 40 * 12
    assert all(worker.read(ReadBrief(leader, f["id"])) for b in told for f in b["files"])
    one = all_of(worker, account("street_director", STREET), STREET)
    assert [brief["region"] for brief in one] == [STREET] * 40
    none = worker.listed(ListBriefs(leader, DISTRICT, "../2026"))
    assert none["briefs"] == []
    database.close()


def test_the_list_says_whether_briefs_are_made_at_all(
    database: Database, asks: Asks, tmp_path: Path
) -> None:
    worker = briefs_of(database, asks, tmp_path, ManualClock(life().now))
    told = worker.listed(ListBriefs(account("leader"), STREET))
    assert (told["time"], told["made"]) == ("07:30", True)
    community = "120110001005"
    tree, store = regions(), BriefStore(database, tmp_path, ManualClock(life().now))
    off = Briefs(tree, RULES, asks, table, store, MemoryLock(), ManualClock(life().now), None)
    told = off.listed(ListBriefs(account("community_secretary", community), community))
    assert (told["time"], told["made"], told["briefs"]) == ("", False, [])


def brief_of(asks: Asks, period: Period, region: str = DISTRICT) -> Paper:
    return BriefPaper(asks, regions().get(region), RULES, WORDS, period).paper()


def test_a_brief_says_what_history_says(asks: Asks) -> None:
    first = day_of(parse_instant("2026-12-01T12:00:00+08:00"))
    paper = brief_of(asks, Period("daily", first, first, first - 1, first - 1))
    day = panels_at(asks, DISTRICT, parse_instant("2026-12-01T23:59:59.999+08:00"))
    book = load_workbook(io.BytesIO(workbook(paper, WORDS)))
    rows = {row[0]: row[1:] for row in book.worksheets[2].iter_rows(3, values_only=True)}
    assert rows["上报"][0] == day["cases"]["reported_today"]
    assert rows["办结"][0] == day["cases"]["closed_today"]
    assert rows["在办事件（期末）"][0] == day["cases"]["open"]
    before = panels_at(asks, DISTRICT, parse_instant("2026-11-30T23:59:59.999+08:00"))
    assert rows["上报"][1] == before["cases"]["reported_today"]
    assert rows["上报"][2] == rows["上报"][0] - rows["上报"][1]


def test_when_briefs_are_due() -> None:
    def told(text: str, kind: str) -> list[Period]:
        return [period for period in due(parse_instant(text), 450) if period.kind == kind]

    monday = "2026-11-30T07:30:00+08:00"
    days, weeks, months = (told(monday, kind) for kind in ("daily", "weekly", "monthly"))
    # Those of the last weeks stay due until they are made: nobody was there for some days.
    assert [period.first for period in days] == list(range(20786, 20786 - 31, -1))
    assert [period.first for period in weeks] == [20780 - 7 * back for back in range(5)]
    [month] = months
    assert (month.last - month.first + 1, month.before_last - month.before_first + 1) == (31, 30)
    assert due(parse_instant(monday), 450)[0].last == 20786
    assert told("2026-11-30T07:29:59.999+08:00", "daily")[0].first == 20785
    assert [
        {p.last - p.first + 1 for p in told("2026-03-01T08:00:00+08:00", kind)}
        for kind in ("daily", "weekly", "monthly")
    ] == [{1}, {7}, {28, 31}]


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
