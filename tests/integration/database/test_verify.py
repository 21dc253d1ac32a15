"""What is stored is what the log makes of it; and if it is not, that is said."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, insert, select, text, update

from cockpit.clock import HOUR
from cockpit.errors import CockpitError
from cockpit.ports import ArchiveEnd
from datasource.archive.comparing import Verified
from datasource.archive.rebuilding import DERIVED, rebuild
from datasource.archive.recorder import Recorder
from datasource.archive.verifying import Verifier
from datasource.database import blocks, tables
from datasource.database.batch import Batch
from datasource.database.engine import Database
from datasource.database.reader import ArchiveReader
from datasource.database.rows import SUMMARY
from datasource.database.writer import ArchiveWriter
from datasource.rules_in_force import changes_of
from tests.integration.database.test_retention import LATER, contents, retention, run
from tests.lived import flat
from tests.walks import tree, walks

pytestmark = pytest.mark.integration


def recorder(rule_sets: object) -> Recorder:
    return Recorder(tree(), changes_of(rule_sets), flat)  # type: ignore[arg-type]


def untold(done: int, whole: int | None) -> None:
    """How far it is, nobody wants to know."""


@pytest.fixture
def archived(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(blocks, "FULL", 250)
    walks().archive(database, checkpoints=0.2)
    return database


def verified(database: Database, folder: Path) -> tuple[Verified, list[str]]:
    told: list[str] = []
    verifier = Verifier(database, tree(), recorder, folder, told.append, untold)
    done = verifier.verify()
    assert not list(folder.glob("cockpit-verify-*"))
    assert done.differences >= len(told)
    return done, told


def test_what_was_archived_is_what_the_log_makes(archived: Database, tmp_path: Path) -> None:
    done, told = verified(archived, tmp_path)
    assert told == []
    assert done.n == walks().n
    assert done.half_hours > 100
    assert done.rows > 100
    assert done.checkpoints > 10
    assert done.passed_over == 0
    # And so it is after the positions have faded.
    run(retention(archived).steps(LATER))
    done, told = verified(archived, tmp_path)
    assert told == []


def test_the_archive_may_go_on_meanwhile(archived: Database, tmp_path: Path) -> None:
    writer, reader = ArchiveWriter(archived), ArchiveReader(archived)
    last = walks().entries[-1]

    def go_on(done: int, whole: int | None) -> None:
        end = reader.end()
        entry = type(last)(end.n + 1, end.received, b"foreign %d" % end.n)
        after = ArchiveEnd(entry.n, entry.received, end.letters, end.epoch)
        writer.store(Batch(after, entries=[(entry, None)]))

    verifier = Verifier(archived, tree(), recorder, tmp_path, print, go_on)
    assert verifier.verify().differences == 0
    assert reader.end().n > walks().n


def test_every_kind_of_difference_is_told(archived: Database, tmp_path: Path) -> None:
    half = tables.half_hours
    with archived.write() as connection:
        connection.execute(update(tables.cases).where(_first(connection, "cases")).values(unit="x"))
        connection.execute(delete(tables.whistles).where(_first(connection, "whistles")))
        connection.execute(
            insert(tables.moments), {"at": 1, "kind": "alert", "key": "none", "region": "120110"}
        )
        row = connection.execute(
            select(half).where(half.c.region == "120110").order_by(half.c.at).offset(9).limit(1)
        ).one()
        numbers = msgspec.json.decode(row.metrics) | {"cases.open": 4711}
        changed = update(half).where(half.c.at == row.at, half.c.region == row.region)
        connection.execute(changed.values(metrics=msgspec.json.encode(numbers).decode()))
        connection.execute(
            insert(half), {"at": row.at + HOUR // 7, "region": "120110", "metrics": "{}"}
        )
        day = update(tables.daily).where(tables.daily.c.region == "120110")
        connection.execute(day.values(metrics='{"cases.open":4712}'))
        points = connection.execute(
            select(tables.checkpoints).order_by(tables.checkpoints.c.n)
        ).all()
        one, other = points[2], points[-2]
        wrong = update(tables.checkpoints).where(tables.checkpoints.c.n == other.n)
        assert one.n < other.n
        connection.execute(wrong.values(body=one.body))
    done, told = verified(archived, tmp_path)
    for said in (
        "unit: stored x", "whistles", "moments 1 alert none: stored a row, made none",
        "120110 cases.open: stored 4711", "stored 1 rows, made none", "cases.open: stored 4712",
        f"checkpoint {other.n}", "stored one, made another",
    ):  # fmt: skip
        assert any(said in line for line in told), said
    assert any(line.startswith("whistles") and line.endswith("made a row") for line in told)
    assert done.differences >= len(told)


def _first(connection: object, name: str) -> object:
    table = tables.metadata.tables[name]
    key = connection.scalar(select(table.c.key).order_by(table.c.key).limit(1))  # type: ignore[attr-defined]
    return table.c.key == key


def test_rebuilt_tables_are_what_they_were(archived: Database, tmp_path: Path) -> None:
    run(retention(archived).steps(LATER))
    before = contents(archived)
    derived = {table.name for table in DERIVED}
    with archived.write() as connection:
        for table in DERIVED:
            if table is not tables.patrol_sessions:
                connection.execute(delete(table))
        connection.execute(update(tables.patrol_sessions).values(grid="elsewhere"))
    rebuild(archived, recorder, untold)
    after = contents(archived)
    for name in before.keys() - {"half_hours", "checkpoints"}:
        assert sorted(map(repr, after[name])) == sorted(map(repr, before[name])), name
    assert set(after["half_hours"]) <= set(before["half_hours"])
    assert after["checkpoints"]
    assert any(row[-len(SUMMARY)] is not None for row in after["patrol_sessions"])
    assert derived <= before.keys()
    done, told = verified(archived, tmp_path)
    assert told == []
    assert done.checkpoints > 0


def test_a_rebuild_that_fails_changes_nothing(archived: Database) -> None:
    before = contents(archived)

    def fail(done: int, whole: int | None) -> None:
        if done > walks().n // 2:
            raise CockpitError("archive.unreachable", where="here", why="pulled")

    with pytest.raises(CockpitError):
        rebuild(archived, recorder, fail)
    assert contents(archived) == before
    rebuild(archived, recorder, untold)


def test_an_empty_archive_is_in_order(database: Database, tmp_path: Path) -> None:
    done, told = verified(database, tmp_path)
    assert (done, told) == (Verified(), [])
    rebuild(database, recorder, untold)


def test_a_checkpoint_of_another_build_is_passed_over(archived: Database, tmp_path: Path) -> None:
    body = blocks.compressed(msgspec.msgpack.encode({"version": 1}))
    with archived.write() as connection:
        last = connection.scalar(text("SELECT max(n) FROM checkpoints"))
        table = tables.checkpoints
        connection.execute(update(table).where(table.c.n == last).values(body=body))
    done, told = verified(archived, tmp_path)
    assert done.passed_over >= 1
    assert told == []
