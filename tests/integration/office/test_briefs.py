"""Briefs are made once, listed month by month, and told to whoever may see the region; they say
what history says."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cockpit.clock import MINUTE, parse_instant
from cockpit.domain.access import Account
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.office.brief_paper import BriefPaper
from datasource.office.brief_store import BriefStore
from datasource.office.briefs import Briefs
from datasource.office.excel import workbook
from datasource.office.paper import Paper
from datasource.office.past import ask
from datasource.office.periods import Period, due
from datasource.office.questions import ListBriefs, ReadBrief
from datasource.questions import Series
from layouts.i18n import table
from tests.desks import account, life, regions
from tests.offices import DISTRICT, OTHER, RULES, STREET, WORDS, Asks, panels_at
from tests.twins import ManualClock, MemoryLock

pytestmark = pytest.mark.integration


def briefs_of(database: Database, asks: Asks, folder: Path, clock: ManualClock) -> Briefs:
    """Of the district and two streets."""
    streets = ((STREET, "张贵庄街道"), (OTHER, "丰年村街道"))
    rows = [(DISTRICT, "东丽区", "district", "")]
    tree = Regions([*rows, *((code, name, "street", DISTRICT) for code, name in streets)])
    store = BriefStore(database, folder, clock)
    return Briefs(tree, RULES, asks, table, store, MemoryLock(), clock, 7 * 60 + 30)


def rest(clock: ManualClock, *workers: Briefs, minutes: int = 0) -> None:
    """What is due now is made at once; what was missed longer ago one a minute."""
    for _ in range(1 + minutes):
        for _ in range(12):
            for worker in workers:
                worker.rest()
        clock.advance(MINUTE)


def all_of(worker: Briefs, who: Account, region: str) -> list[dict[str, Any]]:
    """The briefs of all months, as one turns to them."""
    months = worker.listed(ListBriefs(who, region))["months"]
    return [b for m in months for b in worker.listed(ListBriefs(who, region, m))["briefs"]]


def test_briefs_are_made_once_and_read_by_whom_they_are_for(
    database: Database, asks: Asks, tmp_path: Path
) -> None:
    morning = parse_instant("2026-12-04T06:00:00+08:00")
    clock = ManualClock(morning)
    worker, other = (briefs_of(database, asks, tmp_path, clock) for _ in range(2))
    rest(clock, worker, other)
    leader = account("leader")
    newest = all_of(worker, leader, DISTRICT)
    kinds = [brief["kind"] for brief in newest]
    assert all(kinds.count(kind) >= 3 for kind in ("daily", "weekly", "monthly"))
    assert len(newest) <= 3 * 3 + 2  # and no more than one each of what was missed
    rest(clock, worker, other, minutes=20)
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
    clock.advance(90 * MINUTE)
    rest(clock, worker, other)
    later = all_of(worker, leader, DISTRICT)
    assert [b["first"] for b in later if b not in first] == ["2026-12-03"] * 3
    rest(clock, briefs_of(database, asks, tmp_path, clock))
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
    assert rows["在办案件（期末）"][0] == day["cases"]["open"]
    before = panels_at(asks, DISTRICT, parse_instant("2026-11-30T23:59:59.999+08:00"))
    assert rows["上报"][2] == before["cases"]["reported_today"]
    assert rows["上报"][4] == rows["上报"][0] - rows["上报"][2]


def day_of_text(text: str) -> int:
    return day_of(parse_instant(f"{text}T12:00:00+08:00"))


def work_of(paper: Paper) -> dict[Any, list[Any]]:
    """What the first table says: this, its n, the one before, its n, change."""
    return {row[0]: list(row[1:]) for row in paper.leaves[0].sheets[0].rows}


def test_a_rate_of_a_brief_says_of_what_and_of_how_many(asks: Asks) -> None:
    first = day_of_text("2026-12-02")
    paper = brief_of(asks, Period("daily", first, first, first - 1, first - 1))
    told = work_of(paper)["按期办结率（当月至期末）"]
    asked = Series(
        DISTRICT, ["cases.on_time_rate"], day_start(first - 1), day_start(first + 1), "day"
    )
    found = ask(asks, asked)
    rates, sizes = found["series"]["cases.on_time_rate"], found["definition"]["cases.on_time_rate"]
    assert told == [rates[1], sizes["n"][1], rates[0], sizes["n"][0], rates[1] - rates[0]]
    figures = {figure.name: figure for figure in paper.leaves[0].figures}
    assert set(figures) == {"上报", "办结", "超期案件（期末）", "按期办结率（当月至期末）"}
    assert figures["按期办结率（当月至期末）"].note.startswith(f"n = {sizes['n'][1]:,} · 上期 ")
    assert "变化" in dict(paper.definitions)
    # The first of a month stands beside a whole month: that is no change.
    first = day_of_text("2026-12-01")
    told = work_of(brief_of(asks, Period("daily", first, first, first - 1, first - 1)))
    assert None not in told["按期办结率（当月至期末）"][:4]
    assert told["按期办结率（当月至期末）"][4] is None
    assert told["上报"][4] is not None


def test_what_is_not_of_the_same_days_has_not_changed(asks: Asks) -> None:
    """The archive begins on the 26th: of the days before only five are known."""
    first, last = day_of_text("2026-12-01"), day_of_text("2026-12-04")
    paper = brief_of(asks, Period("weekly", first, last, first - 7, first - 1))
    told = work_of(paper)
    assert told["办结数 n"][4] is None
    for name in ("上报", "办结"):
        assert told[name][0] > 0
        assert told[name][2] > 0
        assert told[name][4] is None, name
    assert told["在办案件（期末）"][4] is not None
    figure = paper.leaves[0].figures[0]
    assert figure.note == f"上期 {told['上报'][2]:,}（有记录的 5 天）"


def test_coverage_is_of_all_shifts_of_the_period(asks: Asks) -> None:
    first, last = day_of_text("2026-11-27"), day_of_text("2026-11-30")  # a Friday to a Monday
    paper = brief_of(asks, Period("weekly", first, last, first - 3, first - 1))
    ends = [shift.end for day in (first, last) for shift in RULES.calendar.shifts_of(day)]
    assert len(ends) == 4
    shifts = [panels_at(asks, DISTRICT, end - 1000)["patrols"] for end in ends]
    covered, expected = (sum(each[name] for each in shifts) for name in ("covered", "expected"))
    assert covered > 0
    assert work_of(paper)["巡查覆盖率"][:2] == [pytest.approx(covered / expected), expected]
    day = day_of_text("2026-11-28")  # no shift
    sunday = work_of(brief_of(asks, Period("daily", day + 1, day + 1, day, day)))
    assert sunday["巡查覆盖率"] == [None] * 5


def test_when_briefs_are_due() -> None:
    def told(text: str, kind: str) -> list[Period]:
        newest, missed = due(parse_instant(text), 450)
        return [period for period in (*newest, *missed) if period.kind == kind]

    monday = "2026-11-30T07:30:00+08:00"
    days, weeks, months = (told(monday, kind) for kind in ("daily", "weekly", "monthly"))
    # Those of the last weeks stay due until they are made: nobody was there for some days.
    assert [period.first for period in days] == list(range(20786, 20786 - 31, -1))
    assert [period.first for period in weeks] == [20780 - 7 * back for back in range(5)]
    [month] = months
    assert (month.last - month.first + 1, month.before_last - month.before_first + 1) == (31, 30)
    newest, missed = due(parse_instant(monday), 450)
    assert [(period.kind, period.last) for period in newest] == [
        ("daily", 20786), ("weekly", 20786), ("monthly", 20757),
    ]  # fmt: skip
    assert [period.last for period in missed] == sorted((p.last for p in missed), reverse=True)
    assert told("2026-11-30T07:29:59.999+08:00", "daily")[0].first == 20785
    assert [
        {p.last - p.first + 1 for p in told("2026-03-01T08:00:00+08:00", kind)}
        for kind in ("daily", "weekly", "monthly")
    ] == [{1}, {7}, {28, 31}]
