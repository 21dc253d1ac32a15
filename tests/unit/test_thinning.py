"""One rule after the other: which positions of a walk stay, and why."""

from collections.abc import Sequence

import pytest

from cockpit.clock import MINUTE, SECOND, parse_instant
from cockpit.ports import Entry, Faded
from datasource.database.thinning import Changes, Summaries, Thinner, Walked
from tests.property.small_world import GRIDS, FlatGeography, message, rules

START = parse_instant("2026-11-23T09:00:00+08:00")
CHANGES: Changes = [(1, rules())]


def ping(
    n: int, received: int, time: int | None = None, lon: float = 117.3, grid: int = 0, who: int = 1
) -> Entry:
    """A position; instants in seconds after nine."""
    at = START + (received if time is None else time) * SECOND
    where = {"lon": lon, "lat": 39.1}
    raw = message(n, "patrol.pinged", f"worker/{who}", at, GRIDS[grid], where)
    return Entry(n, START + received * SECOND, raw)


def walk(count: int = 10, each: int = 30) -> list[Entry]:
    return [ping(n + 1, n * each) for n in range(count)]


def stays(
    entries: Sequence[Entry], changes: Changes = CHANGES, fixed: Sequence[Entry] = ()
) -> list[int]:
    """The places of those that stay."""
    thinner, nobody = Thinner(changes, lambda _: FlatGeography()), Summaries([])
    thinner.take(fixed, True, nobody)
    thinner.take(entries, False, nobody)
    assert not any(thinner.fading[: len(fixed)])
    return [place for place, fades in enumerate(thinner.fading[len(fixed) :]) if not fades]


def test_the_first_and_the_last() -> None:
    assert stays(walk()) == [0, 9]
    assert stays(walk(1)) == [0]
    assert stays([]) == []


@pytest.mark.parametrize(
    ("received", "time", "lon"),
    [
        (150, 150, 116.9),  # outside
        (150, 20, 117.3),  # late
        (150, 120, 117.3),  # told at the same instant as the one before
    ],
)
def test_an_odd_one_and_its_neighbours(received: int, time: int, lon: float) -> None:
    entries = walk()
    entries[5] = ping(6, received, time, lon)
    assert stays(entries) == [0, 4, 5, 6, 9]


def test_one_ahead_of_its_receipt_and_those_that_it_will_overtake() -> None:
    entries = walk()
    entries[5] = ping(6, 150, 210)
    assert stays(entries) == [0, 4, 5, 6, 7, 8, 9]


def test_the_first_in_another_grid() -> None:
    entries = walk()
    entries[5:] = [ping(n + 1, n * 30, grid=1) for n in range(5, 10)]
    assert stays(entries) == [0, 5, 9]


def test_the_first_in_a_window_and_on_its_edges() -> None:
    noon = 3 * 3600  # the end of the morning's window, which still belongs to it
    entries = [ping(n + 1, noon - 60 + n * 30) for n in range(6)]
    assert stays(entries) == [0, 5]
    # Nobody was inside it before: the one at noon itself counts.
    entries = [ping(n + 1, noon - 60 + n * 30, lon=116.9 if n < 2 else 117.3) for n in range(6)]
    assert stays(entries) == [0, 1, 2, 5]
    before = [ping(n + 1, n * 30 - 1860) for n in range(6)]  # from 8:29 on
    assert stays(before) == [0, 2, 5]
    # Another worker was there already.
    assert stays([*before[:2], ping(3, -1800, who=2), *before[3:]])[:4] == [0, 2, 5]


def test_one_in_half_an_hour() -> None:
    assert stays(walk(7, 600)) == [0, 3, 6]
    assert stays(walk(4, 1801)) == [0, 1, 2, 3]


def test_where_rules_change() -> None:
    assert stays(walk(), [(1, rules()), (6, rules())]) == [0, 4, 5, 9]


def test_what_is_fixed_stays_and_counts() -> None:
    entries = walk(7, 600)
    assert stays(entries[3:], fixed=entries[:3]) == [2, 3]


def test_workers_do_not_matter_to_one_another() -> None:
    both = [ping(n + 1, n * 15, who=n % 2) for n in range(20)]
    assert stays(both) == [0, 1, 18, 19]


def test_what_has_faded_is_passed_over() -> None:
    entries = walk(7, 600)
    entries[1] = Entry(2, entries[1].received, b"", Faded("/x", None))
    assert stays(entries) == [0, 1, 3, 6]


def test_a_summary_of_each_session() -> None:
    def session(worker: str, start: int, end: int) -> Walked:
        return Walked(worker, START + start * MINUTE, START + end * MINUTE, GRIDS[0])

    one, other, third = session("1", 1, 3), session("1", 3, 5), session("2", 0, 9)
    entries = walk(16)
    entries[3] = ping(4, 90, lon=116.9)
    entries[4] = ping(5, 120, grid=1)
    thinner = Thinner(CHANGES, lambda _: FlatGeography())
    thinner.take(entries, False, Summaries([other, third, one]))
    assert (one.positions, one.inside) == (4, 2)
    assert (one.first_at, one.last_at) == (START + MINUTE, START + 150 * SECOND)
    assert (other.positions, other.inside) == (4, 4)
    assert (third.positions, third.first_at) == (0, None)
