"""Random histories, folded and recomputed: every number of every region must agree."""

import json

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from cockpit.clock import parse_instant
from cockpit.ports import Entry
from tests.property import histories
from tests.property.small_world import (
    STARTS,
    STEPS,
    Bench,
    FlatGeography,
    message,
    regions,
    rules,
    text_of,
)

SOURCES = st.sampled_from(["/dongli/terminal", "/dongli/8890"])
SEQUENCES = st.none() | st.integers(0, 12) | st.sampled_from([100, 10**17])


class Fold(RuleBasedStateMachine):
    """A projector under a random history, beside the slow recomputation."""

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: str) -> None:
        self.start = parse_instant(start)
        self.bench = Bench(self.start, regions(), rules(), FlatGeography())

    def _hear(
        self,
        data: st.DataObject,
        kind: str,
        what: tuple[str, object],
        place: str,
        subject: str | None = None,
    ) -> None:
        offset, grain = data.draw(histories.offsets), data.draw(histories.grains)
        if subject is not None:
            offset, grain = data.draw(histories.recent), 1
        time = (self.bench.now + offset) // grain * grain
        self.bench.hear(
            message(
                self.bench.n + 1,
                what[0],
                subject or data.draw(histories.subject(kind)),
                max(0, time),
                place,
                what[1],  # type: ignore[arg-type]
                data.draw(SOURCES),
                data.draw(SEQUENCES),
            )
        )

    def _due(self) -> st.SearchStrategy[str]:
        return st.sampled_from([-(10**9), 0, *STEPS]).map(lambda d: text_of(self.bench.now + d))

    @rule(data=st.data(), place=histories.places, count=st.integers(1, 4))
    def case(self, data: st.DataObject, place: str, count: int) -> None:
        for _ in range(count):
            self._hear(
                data, "case", data.draw(histories.one_of(histories.case_data(self._due()))), place
            )

    @rule(data=st.data(), place=histories.places, count=st.integers(1, 3))
    def whistle(self, data: st.DataObject, place: str, count: int) -> None:
        for _ in range(count):
            self._hear(
                data,
                "whistle",
                data.draw(histories.one_of(histories.whistle_data(self._due()))),
                place,
            )

    @rule(data=st.data(), place=histories.places, kind=st.sampled_from(["case", "whistle"]))
    def life(self, data: st.DataObject, place: str, kind: str) -> None:
        """One new case or whistle whose clock runs, stands and runs again as time goes by."""
        who = f"{kind}/l{self.bench.n}"
        tables = {"case": histories.case_data, "whistle": histories.whistle_data}
        table = tables[kind](self._due())
        for what in histories.BEGINNINGS[kind]:
            self._hear(data, kind, (what, data.draw(table[what])), place, who)
        for _ in range(data.draw(st.integers(1, 5))):
            what = data.draw(histories.one_of(table, histories.LIFE))
            self._hear(data, kind, what, place, who)
            self.bench.tick(data.draw(st.sampled_from(STEPS)))
            self.check()

    @rule(data=st.data(), place=histories.places, count=st.integers(1, 3))
    def person(self, data: st.DataObject, place: str, count: int) -> None:
        for _ in range(count):
            self._hear(data, "person", data.draw(histories.people()), place)

    @rule(
        place=histories.places,
        state=histories.person_state(),
        count=st.integers(1, 7),
        age=st.sampled_from([0, 6, 7, 8]),
        visited=st.integers(0, 7),
    )
    def register(
        self, place: str, state: dict[str, str], count: int, age: int, visited: int
    ) -> None:
        """Several people of one kind at once, some of them visited: counts around the limit of
        what a wall shows."""
        time = self.bench.now - age * 86_400_000_000
        for number in range(count):
            who = f"person/r{self.bench.n}"
            self.bench.hear(
                message(self.bench.n + 1, "person.enrolled", who, time, place, dict(state))
            )
            if number < visited:
                made = {"result": "well"}
                self.bench.hear(
                    message(self.bench.n + 1, "visit.made", who, self.bench.now, place, made)
                )

    @rule(data=st.data(), place=histories.places)
    def alert(self, data: st.DataObject, place: str) -> None:
        self._hear(data, "alert", data.draw(histories.alerts()), place)

    @rule(data=st.data(), place=histories.grids, count=st.integers(1, 5))
    def patrol(self, data: st.DataObject, place: str, count: int) -> None:
        for _ in range(count):
            self._hear(data, "worker", data.draw(histories.patrols()), place)

    @rule(data=st.data(), place=histories.grids, worker=histories.subject("worker"))
    def duty(self, data: st.DataObject, place: str, worker: str) -> None:
        """One worker's last hour or so: begins, is heard of, perhaps wanders off."""
        self._hear(data, "worker", ("patrol.started", None), place, worker)
        for step in data.draw(
            st.lists(st.sampled_from([1, 10, 600, 1799, 1800, 1801]), max_size=4)
        ):
            self._hear(data, "worker", data.draw(histories.patrols()), place, worker)
            self.bench.tick(step * 1_000_000)
        self.check()

    @rule(data=st.data(), place=histories.grids)
    def leave(self, data: st.DataObject, place: str) -> None:
        self._hear(data, "worker", data.draw(histories.leave(self.bench.now)), place)

    @rule(source=SOURCES, sequence=SEQUENCES)
    def alive(self, source: str, sequence: int | None) -> None:
        now, n = self.bench.now, self.bench.n + 1
        self.bench.hear(message(n, "source.alive", source, now, "120110", None, source, sequence))

    @rule(source=SOURCES, sequence=SEQUENCES)
    def garbage(self, source: str, sequence: int | None) -> None:
        envelope = {"source": source, "sequence": str(sequence)}
        self.bench.hear_dead(json.dumps(envelope).encode() if sequence is not None else b"{]")

    @rule()
    def refusals_come_back(self) -> None:
        self.bench.hear_refusals()

    @rule(step=st.sampled_from(STEPS), shift=st.sampled_from([0, 0, 1, -1]))
    def tick(self, step: int, shift: int) -> None:
        self.bench.tick(max(0, step + shift))

    @rule()
    def to_next_shift_change(self) -> None:
        change = rules().calendar.next_shift_change(self.bench.now)
        self.bench.tick(change - self.bench.now)

    @rule()
    def to_midnight(self) -> None:
        day = 86_400_000_000
        self.bench.tick(day - (self.bench.now + day // 3) % day)

    @rule()
    def look(self) -> None:
        """Frames are made and kept; what changes later must not be left standing in them."""
        self.bench.picture()

    @rule()
    def reload(self) -> None:
        self.bench.reload()

    @rule()
    @precondition(lambda self: self.bench.n > 0)
    def check(self) -> None:
        faults = self.bench.faults()
        assert not faults, "\n".join(faults)
        # What was rendered bit by bit is what a projector renders that knows no last frame.
        picture = self.bench.picture()
        self.bench.reload()
        assert self.bench.picture() == picture

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        self.check()
        strangers = self.bench.not_made_up()
        assert not strangers, "\n".join(strangers)
        # The same history without a tick in between and without a reload ends in the same picture.
        calm = Bench(self.start, regions(), rules(), FlatGeography())
        for item in self.bench.heard:
            if isinstance(item, Entry):
                calm.projector.fold(item)
            else:
                calm.projector.hear_dead(item)
        calm.projector.advance(self.bench.now)
        assert calm.picture() == self.bench.picture()


Fold.TestCase.settings = settings(stateful_step_count=30, suppress_health_check=list(HealthCheck))
TestFold = Fold.TestCase
