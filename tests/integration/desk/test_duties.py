"""Duty lists: the file's at first, then whatever the offices made of them, every version kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis
from sqlalchemy import insert

from cockpit.clock import HOUR, parse_instant
from cockpit.domain.access import Account
from cockpit.domain.duties import LISTS
from cockpit.errors import CockpitError
from datasource.database.work_tables import duty_lists
from datasource.desk.work_questions import DutyLists, SaveDutyList
from tests.support import NOW
from tests.working import GRID, OTHER_STREET, REPORTED, STREET, Work

pytestmark = pytest.mark.integration
DISTRICT = Account("operator-1", "operator", "120110")
DIRECTOR = Account("director-1", "street_director", STREET)
ROW = {
    "id": "s1", "code": "0101", "item_zh": "暴露垃圾", "item_en": "Rubbish", "level": "street",
    "unit": "城市管理办", "limit": "2 hours", "standing": "ours", "kind": "",
}  # fmt: skip
FOR_WHISTLES = {**ROW, "id": "w1", "level": "department", "unit": "区城管委", "limit": ""}


@pytest.fixture
def work(database_url: str, tmp_path: Path, client: Redis) -> Iterator[Work]:
    work = Work(database_url, tmp_path, client)
    yield work
    work.close()


def told(work: Work, region: str) -> Any:
    return msgspec.json.decode(work.answers.answer(DutyLists(DISTRICT, region)))


def lists(work: Work, who: Account, region: str, name: str = "", version: int = 0) -> Any:
    answer = work.answers.answer(DutyLists(who, region, name, version))
    return {each["name"]: each for each in msgspec.json.decode(answer)["lists"]}


def save(
    work: Work, who: Account, region: str, version: int, *rows: dict[str, Any], name: str = "street"
) -> Any:
    question = SaveDutyList(who, region, name, version, list(rows))
    return msgspec.json.decode(work.answers.answer(question))["version"]


def refusal(work: Work, who: Account, region: str, version: int, *rows: dict[str, Any]) -> str:
    with pytest.raises(CockpitError) as caught:
        save(work, who, region, version, *rows)
    return str(caught.value) if caught.value.code == "duty.invalid" else caught.value.code


def test_versions(work: Work) -> None:
    first = lists(work, DIRECTOR, STREET)
    assert tuple(first) == LISTS
    items = {row["code"] for name in LISTS[:3] for row in first[name]["rows"]}
    assert items == set(work.site.rules.minors)  # each is somebody's
    assert {row["code"] for row in first["whistle"]["rows"]} == items
    assert (first["street"]["version"], first["street"]["region"]) == (1, "120110")
    work.start()  # the file is not planted again over what was changed
    assert save(work, DIRECTOR, STREET, 1, ROW) == 2
    assert refusal(work, DIRECTOR, STREET, 1, ROW) == "desk.conflict"
    assert save(work, DISTRICT, STREET, 2, {**ROW, "unit": "综合执法大队"}) == 3
    work.start()
    now = lists(work, DIRECTOR, STREET, "street")["street"]
    assert (now["version"], now["region"], now["rows"][0]["unit"]) == (3, STREET, "综合执法大队")
    assert [each["version"] for each in now["versions"]] == [3, 2, 1]
    assert lists(work, DIRECTOR, STREET, "street", 2)["street"]["rows"] == [ROW]
    other = Account("d2", "street_director", OTHER_STREET)
    assert lists(work, other, OTHER_STREET, "street")["street"]["version"] == 1
    with work.database.read() as connection:
        said = connection.exec_driver_sql("SELECT subject, outcome FROM audit").all()
    assert [tuple(row) for row in said] == [
        (f"{STREET}/street", "version 2"), (f"{STREET}/street", "version 3"),
    ]  # fmt: skip


def test_what_is_changed_above_is_no_version_of_a_list_of_ones_own(work: Work) -> None:
    assert save(work, DISTRICT, "120110", 1, ROW) == 2
    assert save(work, DIRECTOR, STREET, 2, ROW) == 3
    for version in range(2, 6):
        save(work, DISTRICT, "120110", version, {**ROW, "unit": "综合执法大队"})
    now = lists(work, DIRECTOR, STREET, "street")["street"]
    versions = {each["version"]: each["region"] for each in now["versions"]}
    assert (now["version"], versions) == (3, {3: STREET, 2: "120110", 1: "120110"})
    for version, region in versions.items():
        told = lists(work, DIRECTOR, STREET, "street", version)["street"]
        assert (told["version"], told["region"]) == (version, region)
    with pytest.raises(CockpitError, match="version 4"):
        lists(work, DIRECTOR, STREET, "street", 4)


def test_who_may_change_what(work: Work) -> None:
    operator = Account("o", "street_operator", STREET)
    leader = Account("l", "leader", "120110")
    assert refusal(work, operator, STREET, 1, ROW) == "access.refused"
    assert refusal(work, leader, "120110", 1, ROW) == "access.refused"
    assert refusal(work, DIRECTOR, OTHER_STREET, 1, ROW) == "access.refused"
    assert refusal(work, DIRECTOR, "120110", 1, ROW) == "access.refused"
    assert lists(work, leader, "120110") and lists(work, operator, STREET)
    with pytest.raises(CockpitError, match=r"no duty list nothing"):
        lists(work, DIRECTOR, STREET, "nothing")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": "9999"}, "there is no category 9999"),
        ({"limit": "soon"}, "a limit is like"),
        ({"level": "grid"}, "the level must be street"),
        ({"unit": "<b>"}, "unit"),
        ({"item_zh": "x" * 41}, "1 to 40 characters"),
        ({"item_zh": "电话13800138000"}, "phone or identity number"),
        ({"id": "../1"}, "an id is"),
        ({"more": 1}, "unknown field"),
        ({"kind": "routine"}, "only what whistles are blown for has a kind"),
        ({"kind": "loud"}, "kind"),
        ({"id": "s2"}, "stands twice"),
    ],
)
def test_a_row_that_does_not_hold_is_named(
    tmp_path: Path, client: Redis, change: dict[str, Any], why: str
) -> None:
    work = Work("", tmp_path, client)
    said = refusal(work, DISTRICT, STREET, 1, {**ROW, "id": "s2"}, {**ROW, **change})
    assert "Row 2" in said
    assert why in said
    assert "Row 0" in refusal(work, DISTRICT, STREET, 1)
    work.close()


@pytest.mark.parametrize("change", [{}, {"kind": "emergency", "limit": "2 hours"}])
def test_a_whistle_has_a_kind_and_no_limit(
    tmp_path: Path, client: Redis, change: dict[str, Any]
) -> None:
    work = Work("", tmp_path, client)
    with pytest.raises(CockpitError, match="of the kind emergency, routine or tough"):
        save(work, DISTRICT, STREET, 1, {**FOR_WHISTLES, **change}, name="whistle")
    good = {**FOR_WHISTLES, "kind": "tough"}
    assert save(work, DISTRICT, STREET, 1, good, name="whistle") == 2
    assert lists(work, DISTRICT, STREET, "whistle")["whistle"]["rows"] == [good]
    assert told(work, STREET)["kinds"]["emergency"] == {
        "sign": "10 minutes", "arrive": "30 minutes", "finish": "24 hours",
    }  # fmt: skip
    work.close()


def test_lists_of_before_whistles_had_kinds(work: Work) -> None:
    limits = {"4 hours": "emergency", "24 hours": "emergency", "25 hours": "routine",
              "1 working days": "routine", "": "routine"}  # fmt: skip
    old = [
        {name: value for name, value in FOR_WHISTLES.items() if name != "kind"}
        | {"id": f"w{number}", "limit": limit}
        for number, limit in enumerate(limits)
    ]
    told = {"region": STREET, "name": "whistle", "version": 2, "changed_by": "a", "changed_at": NOW}
    with work.database.write() as connection:
        connection.execute(insert(duty_lists), {**told, "rows": json.dumps(old)})
    rows = lists(work, DISTRICT, STREET, "whistle")["whistle"]["rows"]
    assert [(row["kind"], row["limit"]) for row in rows] == [(k, "") for k in limits.values()]
    assert save(work, DISTRICT, STREET, 2, *rows, name="whistle") == 3


def test_a_file_of_before_whistles_had_kinds_is_still_read(tmp_path: Path, client: Redis) -> None:
    text = Path("duties.toml").read_text("utf-8")
    head, whistles = text.split("whistle = [")
    kinds = {
        'kind = "emergency"': 'limit = "4 hours"',
        'kind = "tough"': 'limit = "9 working days"',
    }
    for kind, limit in kinds.items():
        assert kind in whistles
        whistles = whistles.replace(kind, limit)
    old = tmp_path / "duties.toml"
    old.write_text(f"{head}whistle = [{whistles}", "utf-8")
    work = Work("", tmp_path, client, duties=str(old))
    rows = lists(work, DISTRICT, STREET, "whistle")["whistle"]["rows"]
    kinds_of = {row["code"]: row["kind"] for row in rows}
    assert (kinds_of["0404"], kinds_of["0106"], kinds_of["0101"]) == (
        "emergency", "routine", "routine",
    )  # fmt: skip
    assert not any(row["limit"] for row in rows)
    work.close()


def test_a_dispatch_follows_the_lists(tmp_path: Path, client: Redis) -> None:
    work = Work("", tmp_path, client)
    save(work, DISTRICT, "120110", 1, ROW, {**ROW, "id": "s2", "code": "0201", "limit": ""})
    categories = {"1": "0101", "2": "0201", "3": "0101", "4": "1101"}
    for key, category in categories.items():
        work.tell("case.reported", f"case/{key}", {**REPORTED, "category": category})
    work.archive()
    work.does(DISTRICT, "case.dispatched", "case/1", data={"level": "street"})
    work.does(DISTRICT, "case.dispatched", "case/2", data={})
    work.does(DISTRICT, "case.dispatched", "case/3", data={})
    work.does(DISTRICT, "case.dispatched", "case/4", data={"level": "grid", "unit": "一号网格"})
    one, two, three, four = (e["data"] for e in work.events()[4:])
    assert (one["unit"], parse_instant(one["due"])) == ("城市管理办", NOW + 2 * HOUR)
    assert two == {"level": "street", "unit": "城市管理办"}  # the rules' own limit
    assert three["level"] == "grid"  # the first of the lists that has it
    assert four == {"level": "grid", "unit": "一号网格"}
    row = work.command("case.returned", "case/1", reason="责任单位有误")
    assert "n" in work.give(DISTRICT, row)[0]
    work.close()


@pytest.mark.parametrize("named", [False, True])
def test_a_place_of_its_own_is_meant_by_word_or_by_name(
    tmp_path: Path, client: Redis, named: bool
) -> None:
    work = Work("", tmp_path, client)
    save(work, DISTRICT, "120110", 1, {**ROW, "unit": "所在街道"})
    own = {region: lists(work, DISTRICT, region) for region in (GRID, GRID[:12])}
    names = {region: work.site.regions.get(region).name for region in (GRID, GRID[:12], STREET)}
    at_grid, at_community = (
        {"所在网格": ["grid", names[GRID]], "所在社区": ["community", names[GRID[:12]]],
         "所在街道": ["street", names[STREET]]},
        {"所在网格": ["community", names[GRID[:12]]], "所在社区": ["community", names[GRID[:12]]],
         "所在街道": ["street", names[STREET]]},
    )  # fmt: skip
    assert told(work, GRID)["own"] == at_grid
    assert told(work, GRID[:12])["own"] == at_community
    assert own[GRID] == own[GRID[:12]]  # the lists themselves stay as they are written
    levels = {"所在网格": "grid", "所在社区": "community", "所在街道": "street"}
    dispatched: dict[tuple[str, str], Any] = {}
    for region, names_here in ((GRID, at_grid), (GRID[:12], at_community)):
        for word, level in levels.items():
            key = f"{region[-3:]}{level}"
            work.tell("case.reported", f"case/{key}", REPORTED, region)
            work.archive()
            given = names_here[word] if named else [level, word]
            data = {"level": given[0], "unit": given[1]}
            work.does(DISTRICT, "case.dispatched", f"case/{key}", data=data)
            said = dispatched[region, word] = work.events()[-1]["data"]
            assert [said["level"], said["unit"]] == names_here[word]
    # A row's own limit holds, however its unit was chosen.
    assert parse_instant(dispatched[GRID, "所在街道"]["due"]) == NOW + 2 * HOUR
    assert "due" not in dispatched[GRID, "所在网格"]
    work.tell("case.reported", "case/any", REPORTED, GRID[:12])
    work.archive()
    work.does(DISTRICT, "case.dispatched", "case/any", data={"level": "grid"})
    assert work.events()[-1]["data"] == {"level": "community", "unit": names[GRID[:12]]}
    work.tell("case.reported", "case/odd", REPORTED)
    work.archive()
    odd = {"level": ["grid"], "unit": {}}
    assert work.refused(DISTRICT, "case.dispatched", "case/odd", data=odd) != "server.fault"
    work.close()
