"""A department's numbers of some whistles: who never comes is judged, too; times begin with the
assignment."""

from cockpit.clock import DAY, HOUR, MINUTE
from cockpit.projector import Projector
from datasource.departments import DepartmentAnswers
from datasource.member_lists import MemberLists
from datasource.questions import Departments, Members
from tests.desks import account
from tests.property.small_world import Bench, FlatGeography, message, regions, rules
from tests.support import NOW
from tests.twins import ManualClock

KIND = "emergency"


class Whistles(Bench):
    """Blows whistles in a small world and answers of them."""

    def __init__(self) -> None:
        super().__init__(NOW, regions(), rules(), FlatGeography())

    def tell(self, key: str, what: str, **data: str) -> None:
        place = self.tree.at_level("grid")[0].code
        raw = message(self.n, f"whistle.{what}", f"whistle/{key}", self.now, place, data or None)
        self.hear(raw)

    def blow(self, key: str, department: str) -> None:
        self.tell(key, "blown", kind=KIND, department=department, category="0101")

    def projector_at(self, at: int | None) -> Projector:
        return self.projector

    def answers(self) -> dict[str, dict[str, object]]:
        answers = DepartmentAnswers(self, self.tree, self.law, ManualClock(self.now))
        asked = Departments(self.tree.district.code, NOW - DAY, self.now + 1)
        return {row["department"]: row for row in answers.answer(asked)["departments"]}

    def listed(self, metric: str) -> dict[str, object]:
        lists = MemberLists(self, self.tree)
        code = self.tree.district.code
        who = account("leader", code)
        found: dict[str, object] = lists.answer(Members(who, code, metric, at=self.now + 1))
        return found


def test_who_never_comes_is_not_better_than_who_comes_late() -> None:
    world = Whistles()
    for key in ("a", "b", "c"):
        world.blow(key, "甲")
        world.blow(f"late-{key}", "乙")
    world.tick(MINUTE)
    for key in ("a", "b", "c", "late-a", "late-b", "late-c"):
        world.tell(key, "signed")
    world.tick(MINUTE)
    world.tell("a", "arrived")
    world.tell("late-a", "arrived")
    world.tick(20 * DAY)
    world.tell("late-b", "arrived")
    world.tell("late-c", "arrived")
    found = world.answers()
    # 甲 came once in time and twice not at all, 乙 once in time and twice late.
    assert [found[d]["arrival_n"] for d in ("甲", "乙")] == [3, 3]
    assert [found[d]["arrival_rate"] for d in ("甲", "乙")] == [1 / 3, 1 / 3]
    assert found["甲"]["finish_n"] == 1  # arrived long ago, and nothing since
    assert found["甲"]["finish_rate"] == 0
    assert world.listed("departments.甲.arrival_n")["total"] == 3
    assert world.listed("departments.甲.arrival_rate")["value"] == 1 / 3


def test_times_begin_when_the_department_was_given_the_whistle() -> None:
    world = Whistles()
    world.blow("a", "甲")
    world.tick(3 * DAY)
    world.tell("a", "reassigned", department="乙")
    world.tick(10 * MINUTE)
    world.tell("a", "signed")
    world.tick(20 * MINUTE)
    world.tell("a", "arrived")
    world.tick(HOUR)
    world.tell("a", "confirmed")
    [row] = world.answers().values()
    assert row["department"] == "乙"
    for leg, minutes in (("sign", 10), ("arrive", 30), ("finish", 90)):
        assert row[f"{leg}_minutes"] == minutes
        assert world.listed(f"departments.乙.{leg}_minutes")["total"] == 1


def test_a_dump_of_an_earlier_build_goes_on() -> None:
    world = Whistles()
    world.blow("a", "甲")
    ledger = world.projector.ledgers.whistles
    state = ledger.dump()
    assert state["whistles"]["a"].pop("assigned") == NOW
    ledger.load(state)
    assert ledger.record("a").assigned == NOW
