"""What is stored beside what was made anew: half-hours, rows and checkpoints."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Table, func, select, tuple_

from cockpit.clock import to_text
from cockpit.domain.calendar import day_of, day_start
from cockpit.domain.regions import Regions
from cockpit.domain.working_days import date_of
from cockpit.errors import CockpitError
from cockpit.ports import Checkpoint
from cockpit.projector import Projector
from datasource.archive.recorder import Recorder
from datasource.database import tables
from datasource.database.batch import Sample
from datasource.database.rows import SUMMARY

_PIECE = 400
_MOST = 50  # differences of a table that are told one by one

Numbers = dict[str, Any]
_decode = msgspec.json.Decoder(dict[str, float]).decode
# Numbers that earlier builds did not count yet, though the rate whose n they are.
_SINCE = {"whistles.arrivals_judged": "whistles.on_time_arrival_rate"}


class Verified(Struct):
    """What was compared: up to number `n`, half-hours and numbers in them, rows, checkpoints
    (`passed_over`: those of another build, which nobody uses any more); and how many differ."""

    n: int = 0
    half_hours: int = 0
    numbers: int = 0
    rows: int = 0
    checkpoints: int = 0
    passed_over: int = 0
    differences: int = 0


class Findings:
    """Counts differences, and tells the first of every table."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell, self._told = tell, Counter[str]()
        self.verified = Verified()

    def differs(self, where: str, stored: object, made: object) -> None:
        """Something is stored as one thing and was made as another."""
        self.verified.differences += 1
        kind = where.partition(" ")[0]
        self._told[kind] += 1
        if self._told[kind] <= _MOST:
            self._tell(f"{where}: stored {stored}, made {made}")

    def compare(self, where: str, stored: Numbers, made: Numbers) -> None:
        """Numbers by name."""
        self.verified.numbers += len(made)
        if stored != made:
            for name in sorted(stored.keys() | made.keys()):
                one, other = stored.get(name, "nothing"), made.get(name, "nothing")
                if one != other:
                    self.differs(f"{where} {name}", one, other)


class HalfHours:
    """Compares samples as they are made with those that are stored. A region whose numbers did
    not change may be left out, on either side."""

    def __init__(self, connection: Connection, findings: Findings) -> None:
        self._connection, self._findings = connection, findings
        self._stored: dict[str, Numbers] = {}
        self._made: dict[str, Numbers] = {}
        self._last = 0

    def take(self, sample: Sample) -> None:
        """The next one."""
        found = self._read(self._last, sample.at)
        self._last = sample.at
        for at, numbers in found.items():
            if at != sample.at:
                self._findings.differs(f"half_hours {to_text(at)}", f"{len(numbers)} rows", "none")
        stored = found.get(sample.at, {})
        self._stored |= stored
        self._made |= sample.values
        self._findings.verified.half_hours += 1
        for region in sorted(stored.keys() | sample.values.keys()):
            where = f"half_hours {to_text(sample.at)} {region}"
            numbers = self._stored.get(region, {})
            self._findings.compare(where, numbers, _of_its_build(numbers, self._made, region))
        day = day_of(sample.at)
        if day_start(day) == sample.at:
            self._compare_day(day - 1)

    def end(self) -> None:
        """No more are made."""
        for at, numbers in self._read(self._last, 2**62).items():
            self._findings.differs(f"half_hours {to_text(at)}", f"{len(numbers)} rows", "none")

    def _read(self, after: int, until: int) -> dict[int, dict[str, Numbers]]:
        table = tables.half_hours.c
        query = select(table.at, table.region, table.metrics)
        found: dict[int, dict[str, Numbers]] = {}
        for row in self._connection.execute(query.where(table.at > after, table.at <= until)):
            found.setdefault(row.at, {})[row.region] = _decode(row.metrics)
        return found

    def _compare_day(self, day: int) -> None:
        table = tables.daily.c
        rows = self._connection.execute(select(table.region, table.metrics).where(table.day == day))
        stored = {row.region: _decode(row.metrics) for row in rows}
        for region in sorted(stored.keys() | self._made.keys()):
            where = f"daily {date_of(day)} {region}"
            numbers = stored.get(region, {})
            self._findings.compare(where, numbers, _of_its_build(numbers, self._made, region))


def _of_its_build(stored: Numbers, made: dict[str, Numbers], region: str) -> Numbers:
    """What was made of a region, as far as the build that stored its numbers counted it."""
    unknown = {new for new, old in _SINCE.items() if old in stored and new not in stored}
    return {name: value for name, value in made.get(region, {}).items() if name not in unknown}


def compare_rows(table: Table, stored: Connection, made: Connection, findings: Findings) -> None:
    """Every row of a table in two databases, but for the summaries of sessions."""
    columns = [column for column in table.columns if column.name not in SUMMARY]
    keys = list(table.primary_key)
    query = select(*columns)
    both = 0
    for rows, others in _beside(query, keys, stored, made):
        findings.verified.rows += len(rows)
        for key, row in rows.items():
            other = others.get(key)
            both += other is not None
            if other is None:
                findings.differs(f"{table.name} {_name(key)}", "a row", "none")
            elif row != other:
                findings.compare(f"{table.name} {_name(key)}", row._asdict(), other._asdict())
    if made.scalar(select(func.count()).select_from(table)) == both:
        return
    for rows, others in _beside(query, keys, made, stored):
        for key in rows.keys() - others.keys():
            findings.differs(f"{table.name} {_name(key)}", "none", "a row")


_Rows = dict[tuple[Any, ...], Row[Any]]


def _beside(
    query: Any, keys: Sequence[Any], one: Connection, other: Connection
) -> Iterator[tuple[_Rows, _Rows]]:
    """Rows of one database by their keys, and those with the same keys of the other."""
    names = [key.name for key in keys]

    def by_key(rows: Sequence[Row[Any]]) -> _Rows:
        return {tuple(getattr(row, name) for name in names): row for row in rows}

    streamed = one.execution_options(stream_results=True, yield_per=_PIECE)
    for piece in streamed.execute(query).partitions():
        rows = by_key(piece)
        same = keys[0].in_([key[0] for key in rows])
        if len(keys) > 1:
            same = tuple_(*keys).in_(list(rows))
        yield rows, by_key(other.execute(query.where(same)).all())


def _name(key: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in key)


class Checkpoints:
    """Compares checkpoints with the fold that has come to their place."""

    def __init__(
        self, regions: Regions, make_recorder: Callable[[], Recorder], findings: Findings
    ) -> None:
        self._regions, self._make_recorder, self._findings = regions, make_recorder, findings

    def compare(self, stored: Checkpoint, fold: Recorder) -> None:
        """`fold` has folded what the checkpoint has, or time has not passed as far."""
        self._findings.verified.checkpoints += 1
        dump = fold.projector.dump()
        if dump == stored.body and fold.letters == stored.letters:
            return
        try:
            one = self._loaded(stored)
        except CockpitError:
            self._findings.verified.passed_over += 1
            return
        # What faded is another state, but the same picture.
        other = self._loaded(Checkpoint(stored.n, stored.at, fold.letters, dump))
        other.advance(stored.at)
        where = f"checkpoint {stored.n} {to_text(stored.at)}"
        heard = fold.letters == stored.letters
        for region in self._regions.all:
            numbers = one.metrics(region.code), other.metrics(region.code)
            if not heard:  # the same dead letters, a moment sooner or later
                numbers = _without_stream(numbers[0]), _without_stream(numbers[1])
            self._findings.compare(f"{where} {region.code}", *numbers)
        for view in one.views if heard else ():
            if one.frame(view, "verify", 0) != other.frame(view, "verify", 0):
                self._findings.differs(f"picture of {where} {view}", "one", "another")

    def _loaded(self, checkpoint: Checkpoint) -> Projector:
        recorder = self._make_recorder()
        recorder.load(checkpoint)
        return recorder.projector


def _without_stream(numbers: Numbers) -> Numbers:
    return {name: value for name, value in numbers.items() if not name.startswith("stream.")}
