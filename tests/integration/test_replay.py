"""The time machine: every replayed picture is the one that was shown, however one gets there."""

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
import pytest

from cockpit.clock import DAY, HOUR, MINUTE, SECOND, parse_instant, to_text
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.projector import Projector
from datasource.database.engine import Database, open_database
from datasource.database.jumps import ArchiveJumps
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.geography import load_regions
from datasource.questions import FrameAt, Go, Replay
from datasource.replay import MILLISECOND, Replays
from tests.lived import Life, events_of, flat
from tests.property.small_world import message
from tests.property.test_real_district import Days
from tests.twins import ManualClock

pytestmark = pytest.mark.integration

RULES = Path("rules.toml").read_text("utf-8")
OTHER_RULES = RULES.replace('limit = "2 hours"', 'limit = "1 hours"').replace(
    "off_post_minutes = 30", "off_post_minutes = 20"
)
START = parse_instant("2026-11-26T08:00:00+08:00")
EVENTS, PAUSE = 420, 2 * DAY // 420


@lru_cache(maxsize=1)
def regions() -> Regions:
    return load_regions()


@lru_cache(maxsize=1)
def life() -> Life:
    """Two days in a few communities: early, late and refused events, bad messages, other rules
    from the middle on; pictures at instants between events and at their very receipt."""
    lived, days, draw = Life(START, regions(), RULES), Days(regions()), random.Random(7)
    views = [*lived.live.views[:4], *(f"{c.code}/wall" for c in days.communities)]
    for number in range(EVENTS):
        kind, subject, time, place, data = days.event(lived.now)
        lived.hear(message(number, kind, subject, time, place, data, sequence=number // 2))
        lived.tick(1)
        if draw.random() < 0.1:
            lived.reject(message(number, kind, subject, time, place, data, sequence=number + 3))
        if number == EVENTS // 2:
            lived.change_rules(OTHER_RULES)
        lived.show(draw.choice(views))
        lived.tick(draw.randint(0, 2 * PAUSE))
        lived.show(draw.choice(views))
        lived.tick(1)  # what is received in the instant of a picture is in it
    lived.hear(message(EVENTS, "source.alive", "/dongli/terminal", lived.now, "120110"))
    return lived


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with life().archived(tmp_path_factory.mktemp("archive")) as database:
        yield database


def test_a_picture_of_any_moment_is_the_one_that_was_shown(database: Database) -> None:
    for at, view, frame in random.Random(1).sample(life().shown, 60):
        assert life().replays(database).frame(FrameAt(view, at)) == frame


def test_going_on_from_picture_to_picture_shows_the_same(database: Database) -> None:
    draw, machine = random.Random(2), life().replays(database)
    session = ""
    path = [
        draw.choice(life().shown) if draw.random() < 0.1 else each for each in life().shown[::7]
    ]
    for at, view, frame in path:
        said, picture = machine.picture(Replay(view, at, session=session))
        session = said["session"]
        assert picture == frame
        assert (said["at"], machine.open) == (to_text(at), 1)


def test_a_checkpoint_of_an_earlier_build_is_passed_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Projector, data: bytes) -> None:
        raise CockpitError("ledger.unreadable", why="1")

    monkeypatch.setattr(Projector, "load", refuse)
    at, view, frame = life().shown[100]
    assert life().texts[1][0] > 60
    assert life().replays(database).frame(FrameAt(view, at)) == frame


def test_stepping_stops_at_every_event_of_a_region_and_back(database: Database) -> None:
    machine, region = life().replays(database), Days(regions()).communities[0].code
    events = [e for e in events_of(life().entries, region) if e >= START + DAY][:12]
    wanted = list(dict.fromkeys(-(-e // MILLISECOND) * MILLISECOND for e in events))
    assert len(wanted) > 5
    view = f"{region}/wall"
    forth, back, at, session = [], [], START + DAY, ""
    for _ in wanted:
        said, _ = machine.picture(Replay(view, at, "next", session))
        at, session = parse_instant(said["at"]), said["session"]
        forth.append(at)
    for _ in wanted[1:]:
        said, _ = machine.picture(Replay(view, at, "previous", session))
        at = parse_instant(said["at"])
        back.append(at)
    assert forth == wanted
    assert back == wanted[-2::-1]


@pytest.mark.parametrize(("go", "back"), [("overdue", "back_overdue"), ("alert", "back_alert")])
def test_jumps_lead_to_the_moments_of_the_region(database: Database, go: Go, back: Go) -> None:
    """Every jump shows one overdue whistle, or one alert, that was not there just before."""
    machine, at, session, jumps = life().replays(database), START, "", []
    while True:
        try:
            said, _ = machine.picture(Replay("120110/wall", at, go, session))
        except CockpitError as error:
            assert error.code == "replay.nothing_there"
            break
        at, session = parse_instant(said["at"]), said["session"]
        jumps.append(at)
    assert len(jumps) > 3
    assert jumps == sorted(set(jumps))
    for jump in jumps[:3]:
        assert count(machine, go, jump) > count(machine, go, jump - 2 * MILLISECOND)
    said, _ = machine.picture(Replay("120110/wall", jumps[-1], back))
    assert parse_instant(said["at"]) == jumps[-2]


def count(machine: Replays, go: Go, at: int) -> int:
    panels = msgspec.json.decode(machine.frame(FrameAt("120110/wall", at)))["panels"]
    if go == "overdue":
        return int(panels["whistles"]["overdue"])
    return sum(panels["alerts"]["active"].values())


def test_only_what_the_archive_holds_can_be_shown(database: Database) -> None:
    machine = life().replays(database)
    first, last = life().entries[0].received, life().entries[-1].received
    for at in (first - MINUTE, life().now + HOUR):
        with pytest.raises(CockpitError) as caught:
            machine.frame(FrameAt("120110/wall", at))
        assert caught.value.code == "replay.out_of_range"
        assert parse_instant(str(caught.value.facts["first"])) == first
        assert parse_instant(str(caught.value.facts["last"])) >= last
    for go in ("next", "overdue", "alert"):
        with pytest.raises(CockpitError, match="nothing further"):
            machine.picture(Replay("120110/wall", life().now, go))  # type: ignore[arg-type]


def test_what_is_not_archived_yet_shows_the_last_that_is(database: Database) -> None:
    machine = life().replays(database)
    machine._clock = ManualClock(life().now + 10 * SECOND)
    said, _ = machine.picture(Replay("120110/wall", life().now + 5 * SECOND))
    assert said["at"] == said["last"]


def test_few_replays_are_kept_and_idle_ones_end(database: Database) -> None:
    machine = life().replays(database, limit=2)
    at = life().shown[50][0]
    sessions = [machine.picture(Replay("120110/wall", at))[0]["session"] for _ in range(3)]
    assert (machine.open, len(set(sessions))) == (2, 3)
    said, _ = machine.picture(Replay("120110/wall", at, session=sessions[2]))
    assert said["session"] == sessions[2]
    said, _ = machine.picture(Replay("120110/wall", at, session=sessions[0]))
    assert said["session"] != sessions[0]  # it was let go; another one begins
    machine.drop_idle(3600)
    assert machine.open == 2
    machine.drop_idle(0)
    assert machine.open == 0


def test_a_picture_that_came_too_late_is_gone_on_with(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, (at, view, frame) = life().replays(database), life().shown[300]
    with monkeypatch.context() as slow:
        slow.setattr("datasource.replay.ANSWER_SECONDS", -1.0)
        machine.picture(Replay(view, at))
    made: list[object] = []
    monkeypatch.setattr("datasource.replay.Tape", made.append)
    assert machine.picture(Replay(view, at))[1] == frame
    assert (machine.open, made) == (1, [])


def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    empty = open_database("", tmp_path)
    migrate(empty)
    with pytest.raises(CockpitError) as caught:
        life().replays(empty).frame(FrameAt("120110/wall", START))
    empty.close()
    assert caught.value.code == "archive.empty"


def machine_at(database: Database, now: int, *heads: int) -> Replays:
    """The time machine at an instant, of a log that goes as far as each of `heads` in turn, and
    stays at the last one."""
    told = list(heads)
    reader = ArchiveReader(database)
    jumps, clock = ArchiveJumps(database, reader, regions()), ManualClock(now)
    return Replays(
        reader,
        jumps,
        regions(),
        flat,
        clock,
        "a" * 8,
        4,
        lambda: told.pop(0) if len(told) > 1 else told[0],
    )


def later(time: int) -> int:
    """An instant after the archive's end, as exactly as texts tell it."""
    return (life().now + time) // MILLISECOND * MILLISECOND


def test_a_moment_after_the_last_event_is_shown_itself_once_nothing_is_missing(
    database: Database,
) -> None:
    """Deadlines run out without an event: what has passed since the archive's end counts, too,
    but only when the archive holds all that the log does."""
    now, last = later(DAY), life().entries[-1].received
    at = later(DAY - HOUR)
    whole = machine_at(database, now, life().n)
    standing = whole.projector_at(at)
    assert standing.now == at
    late = standing.metrics("120110")["whistles.overdue"]
    assert whole.projector_at(None).now == now
    assert whole.projector_at(at).now == at

    behind = machine_at(database, now, life().n + 1)
    end = behind.projector_at(at)
    assert last <= end.now < last + MILLISECOND
    assert behind.projector_at(None).now == end.now
    assert end.metrics("120110")["whistles.overdue"] < late


def test_the_end_never_goes_back_for_those_who_follow_it(database: Database) -> None:
    now = later(HOUR)
    machine = machine_at(database, now, life().n, life().n + 1)
    assert [machine.projector_at(None).now for _ in range(2)] == [now, now]
