"""Positions that faded are missed by no picture: not at any instant, whatever else happened."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.clock import DAY, MINUTE, SECOND, parse_instant
from cockpit.domain.calendar import day_of
from cockpit.domain.events import decode
from cockpit.domain.rules import Rules
from cockpit.ports import Entry, Faded
from cockpit.projector import Projector
from datasource.database.thinning import Changes, Summaries, Thinner
from tests.property.small_world import GRIDS, ROOT, FlatGeography, message, regions, text_of

pytestmark = pytest.mark.bulk

TEXT = (ROOT / "rules.toml").read_text("utf-8")
STARTS = [
    "2026-11-23T08:10:00+08:00",  # before the morning's window
    "2026-11-23T11:20:00+08:00",
    "2026-11-23T16:40:00+08:00",
    "2026-11-22T23:20:00+08:00",  # a Sunday
    "2026-11-23T23:10:00+08:00",
]
# Seconds until the next thing happens; limits are half-hours.
WAITS = [0, 1, 20, 60, 300, 900, 1770, 1799, 1800, 1801, 3600, 3600, 4 * 3600, 15 * 3600]
LATE = [0, 0, 0, 0, 0, 1, 5, 30, 600, 1800, 3600, -1, -30, -300]
PINGS = st.tuples(
    st.just("ping"),
    st.integers(1, 2),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from([117.3, 117.3, 117.3, 117.3, 116.9]),
    st.sampled_from(LATE),
)
MARKS = st.tuples(
    st.sampled_from(["start", "end"]),
    st.integers(1, 2),
    st.sampled_from([0, 0, 1]),
    st.just(0.0),
    st.sampled_from(LATE),
)
OTHERS = st.tuples(
    st.sampled_from(["excuse", "rules"]), st.just(1), st.sampled_from([0, 1]), st.just(0.0),
    st.sampled_from([0, 3600, 7200]),
)  # fmt: skip
RUNS = st.tuples(
    st.just("run"), st.integers(1, 2), st.integers(2, 9), st.just(117.3), st.sampled_from([0, 3])
)
STEPS = st.tuples(st.one_of(PINGS, PINGS, RUNS, RUNS, MARKS, OTHERS), st.sampled_from(WAITS))
WALKED = ["120110/wall", "120110001001/wall"]  # the walls on which the grids stand
Step = tuple[tuple[str, int, int, float, int], int]


@lru_cache
def rules_of(minutes: int) -> Rules:
    """The rules with another limit of off post, and another beginning of the morning's window."""
    text = TEXT.replace("off_post_minutes = 30", f"off_post_minutes = {minutes}")
    text = text.replace('morning = "08:30-12:00"', f'morning = "08:{minutes}-12:00"')
    assert text != TEXT or minutes == 30
    return Rules.from_toml(text)


class World:
    """The log that the steps make, and the rules along it."""

    def __init__(self, start: int, steps: Sequence[Step]) -> None:
        self.now, self.entries = start, list[Entry]()
        self.changes: list[tuple[int, Rules]] = [(1, rules_of(30))]
        for worker in (1, 2):
            self._say("start", worker, GRIDS[0], 0.0, 0)
        for (kind, worker, place, lon, late), wait in steps:
            if kind == "run":
                for _ in range(place):
                    self.now += min(wait, 700) * SECOND
                    self._say("ping", worker, GRIDS[0], lon, late)
            elif kind == "rules":
                self._change_rules()
            else:
                self._say(kind, worker, GRIDS[place], lon, late)
            self.now += wait * SECOND

    def _change_rules(self) -> None:
        minutes = 20 if len(self.changes) % 2 else 45
        self.changes.append((len(self.entries) + 1, rules_of(minutes)))

    def _say(self, kind: str, worker: int, grid: str, lon: float, late: int) -> None:
        n, time = len(self.entries) + 1, self.now - late * SECOND
        subject = f"worker/{worker}"
        if kind == "ping":
            what, data = "patrol.pinged", {"lon": lon, "lat": 39.1}
        elif kind == "excuse":
            what = "worker.excused"
            data = {"from": text_of(time - DAY // 4), "to": text_of(time + DAY // 4)}  # type: ignore[dict-item]
        else:
            what, data = {"start": "patrol.started", "end": "patrol.ended"}[kind], None  # type: ignore[assignment]
        raw = message(n, what, subject, time, grid, data, sequence=n)
        self.entries.append(Entry(n, self.now, raw))


def flat(_: Rules) -> FlatGeography:
    return FlatGeography()


def faded(entry: Entry) -> Entry:
    event = decode(entry.raw)
    return Entry(entry.n, entry.received, b"", Faded(event.source, event.sequence))


def is_position(entry: Entry) -> bool:
    return entry.faded is not None or decode(entry.raw).type == "patrol.pinged"


def thinned(entries: Sequence[Entry], changes: Changes, stays: set[int]) -> list[Entry]:
    """Day by day; those in `stays` lie in blocks that are not thinned, or were before."""
    result: list[Entry] = []
    for _, of_day in groupby(entries, key=lambda entry: day_of(entry.received)):
        day = list(of_day)
        thinner, summaries = Thinner(changes, flat), Summaries([])
        positions = [entry for entry in day if is_position(entry)]
        for entry in positions:
            thinner.take([entry], entry.n in stays, summaries)
        gone = {e.n for e, fades in zip(positions, thinner.fading, strict=True) if fades}
        assert not gone & stays
        result += [faded(entry) if entry.n in gone else entry for entry in day]
    return result


class Fold:
    """A projector along a log, rules adopted where they change."""

    def __init__(self, changes: Changes) -> None:
        self._changes, self._rules = changes, changes[0][1]
        self.projector = Projector(regions(), self._rules, FlatGeography())

    def fold(self, entry: Entry) -> None:
        firsts = [first for first, _ in self._changes]
        rules = self._changes[bisect_right(firsts, entry.n) - 1][1]
        if rules is not self._rules:
            self.projector.adopt(rules, FlatGeography())
            self._rules = rules
        self.projector.fold(entry)

    def picture(self, views: Sequence[str] = ()) -> list[bytes]:
        projector = self.projector
        return [projector.frame(view, "epoch", 0) for view in views or projector.views]

    def numbers(self) -> list[dict[str, object]]:
        return [self.projector.metrics(code) for code in ("120110", GRIDS[0], GRIDS[1])]

    def resume(self, other: "Fold") -> None:
        """Go on from the other's checkpoint."""
        self._rules = other._rules
        self.projector = Projector(regions(), self._rules, FlatGeography())
        self.projector.load(other.projector.dump())


@given(
    start=st.sampled_from(STARTS),
    steps=st.lists(STEPS, min_size=3, max_size=25),
    data=st.data(),
)
def test_no_picture_misses_what_faded(start: str, steps: list[Step], data: st.DataObject) -> None:
    world = World(parse_instant(start), steps)
    numbers = [entry.n for entry in world.entries]
    parts = st.sampled_from(["none", "first half", "some"])
    stays: set[int] = set()
    entries = world.entries
    # Killed in the middle once, perhaps: a part was thinned, and then the rest.
    for _ in range(data.draw(st.integers(1, 2))):
        part = data.draw(parts)
        if part == "first half":
            stays = set(numbers[len(numbers) // 2 :])
        elif part == "some":
            stays = set(data.draw(st.lists(st.sampled_from(numbers or [0]), unique=True)))
        entries = thinned(entries, world.changes, stays)
        stays = {e.n for e in entries if e.faded is None} - stays
        _compare(world, entries, data)


def _compare(world: World, entries: Sequence[Entry], data: st.DataObject) -> None:
    whole, thin = Fold(world.changes), Fold(world.changes)
    resumed_at = data.draw(st.integers(0, len(entries)))
    looked_at = data.draw(st.integers(0, 2))
    lapses = _lapses(world)
    ends = [*(entry.received for entry in entries[1:]), world.now][: len(entries)]
    for (old, new), until in zip(zip(world.entries, entries, strict=True), ends, strict=True):
        whole.fold(old)
        thin.fold(new)
        if old.n == resumed_at:
            thin.resume(whole)
        assert thin.numbers() == whole.numbers()
        between = {old.received + (until - old.received) // 2, until - 1}
        between |= set(lapses[bisect_right(lapses, old.received) : bisect_left(lapses, until)])
        for instant in sorted(between):
            whole.projector.advance(instant)
            thin.projector.advance(instant)
            assert thin.numbers() == whole.numbers()
        if old.n % 3 == looked_at:
            assert thin.picture(WALKED) == whole.picture(WALKED)
    assert thin.picture() == whole.picture()


def _lapses(world: World) -> list[int]:
    """When somebody goes off post, if a position was the last."""
    times = [decode(entry.raw).time for entry in world.entries]
    limits = {rules.off_post for _, rules in world.changes}
    return sorted({time + limit + late for time in times for limit in limits for late in (0, 1)})


def test_a_quiet_walk_fades_to_one_position_in_half_an_hour() -> None:
    steps: list[Step] = [(("ping", 1, 0, 117.3, 2), 30)] * 360  # three hours
    world = World(parse_instant("2026-11-23T08:40:00+08:00"), steps)
    entries = thinned(world.entries, world.changes, set())
    kept = [entry.received for entry in entries if entry.faded is None and is_position(entry)]
    assert len(kept) == 8  # the first, the last, and six between
    assert max(b - a for a, b in pairwise(kept)) <= 30 * MINUTE
    assert thinned(entries, world.changes, set()) == entries
