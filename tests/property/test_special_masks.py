"""Masks of special groups on the walls of the small district, as counts come and go."""

from cockpit.clock import DAY, parse_instant
from tests.property.small_world import Bench, FlatGeography, message, regions, rules

FIRST, SECOND = "120110001001", "120110001002"
START = parse_instant("2026-11-23T10:00:00+08:00")


class Register(Bench):
    """Enrols and removes people of special groups."""

    def __init__(self) -> None:
        super().__init__(START, regions(), rules(), FlatGeography())

    def enrol(self, community: str, first: int, count: int) -> None:
        state = {"group": "special", "category": "released", "level": "high"}
        for number in range(first, first + count):
            who = f"person/{community}-{number}"
            time = self.now - 8 * DAY
            self.hear(message(self.n + 1, "person.enrolled", who, time, f"{community}001", state))

    def remove(self, community: str, number: int) -> None:
        who = f"person/{community}-{number}"
        self.hear(message(self.n + 1, "person.removed", who, self.now, community))

    def shown(self, code: str) -> list[int | str]:
        panels = self.panels(f"{code}/wall")
        counts = [panels["people"]["enrolled"]["special"]]
        return counts + [panels["visits"][name]["special"] for name in ("due_today", "overdue")]


def test_a_small_count_hides_its_sibling_on_a_wall_that_nothing_else_touched() -> None:
    bench = Register()
    bench.enrol(SECOND, 1, 20)
    assert bench.shown(SECOND) == [20, 20, 20]
    assert bench.shown(FIRST) == [0, 0, 0]
    bench.enrol(FIRST, 1, 3)
    assert bench.take_dirty() >= {f"{FIRST}/wall", f"{SECOND}/wall"}
    assert bench.shown(FIRST) == ["<5", "<5", "<5"]
    assert bench.shown(SECOND) == ["*", "*", "*"]
    assert bench.shown("120110001") == [23, 23, 23]
    bench.enrol(FIRST, 4, 2)
    assert bench.take_dirty() >= {f"{FIRST}/wall", f"{SECOND}/wall"}
    assert bench.shown(FIRST) == [5, 5, 5]
    assert bench.shown(SECOND) == [20, 20, 20]
    bench.remove(FIRST, 1)
    assert bench.shown(FIRST) == ["<5", "<5", "<5"]
    assert bench.shown(SECOND) == ["*", "*", "*"]
    assert bench.faults() == []


def test_of_two_small_counts_whose_sum_would_tell_them_one_is_not_even_called_small() -> None:
    bench = Register()
    bench.enrol(FIRST, 1, 4)
    bench.enrol(SECOND, 1, 4)
    assert bench.shown("120110001") == bench.shown("120110") == [8, 8, 8]
    assert bench.shown(FIRST) == ["*", "*", "*"]
    assert bench.shown(SECOND) == ["<5", "<5", "<5"]
    assert bench.faults() == []


def test_raw_counts_are_nowhere_in_the_frame() -> None:
    bench = Register()
    bench.enrol(FIRST, 1, 3)
    for view in bench.projector.views:
        text = bench.projector.frame(view, "epoch", 0).decode()
        assert not any(name in text for name in ("released", "mental", "person/", "high"))
