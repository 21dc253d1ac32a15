"""An archive as one file, and back: the same numbers, the same bytes, or nothing at all."""

import gzip
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
import zstandard
from sqlalchemy import select

from cockpit.domain.events import decode
from cockpit.errors import CockpitError
from cockpit.ports import Entry, Faded
from datasource.archive import lines
from datasource.archive.exporting import Exporter
from datasource.archive.importing import Importer
from datasource.database import blocks, tables
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.database.reader import ArchiveReader
from datasource.database.retention import Retained
from datasource.database.writer import ArchiveWriter
from tests.archives import batch, log_of
from tests.integration.database.test_retention import (
    LATER,
    assert_nobody_sees_it,
    contents,
    retention,
    run,
)
from tests.integration.database.test_verify import recorder, untold, verified
from tests.walks import walks

pytestmark = pytest.mark.integration

DISTRICT = "120110"
ENDINGS = (".ndjson", ".ndjson.gz", ".ndjson.zst")
# The rest follows from the log; blocks may be cut otherwise.
SAME = (
    "archive_end", "days", "events", "event_keys", "repeats", "letters", "rule_sets", "losses",
    "cases", "whistles", "visits", "patrol_sessions", "moments", "daily",
)  # fmt: skip


@pytest.fixture
def archived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The days of walking, partly thinned, numbers lost and messages that fit on no line."""
    monkeypatch.setattr(blocks, "FULL", 250)
    folder = tmp_path / "from"
    folder.mkdir()
    made = open_database("", folder)
    migrate(made)
    walks().archive(made, checkpoints=0.1)
    work = retention(made).steps(LATER)
    for _ in range(20):
        next(work)
    work.close()
    writer, end = ArchiveWriter(made), ArchiveReader(made).end()
    writer.accept_loss(end.n + 1, end.n + 7, LATER)
    strange = (
        b"no json\n at all", b'{"lognumber":"1"}', b"{}", b"\xff\x00", b"[1]",
        b'{"a":1,"lognumber":"12","logreceived":"2026-11-23T07:00:00.000000Z"}',
    )  # fmt: skip
    # Two events come again, one of them written otherwise: repeats.
    again = walks().entries[0].raw, walks().entries[0].raw.replace(b", ", b",\n ")
    events = [(raw, None) for raw in strange] + [(raw, decode(raw)) for raw in again]
    entries = [(Entry(end.n + 8 + i, end.received, r), e) for i, (r, e) in enumerate(events)]
    writer.store(batch(entries, end.epoch, end.letters))
    writer.accept_loss(end.n + 16, end.n + 16, LATER)
    yield made
    made.close()


def export(database: Database, path: Path, district: str = DISTRICT) -> Path:
    done = Exporter(database, district, untold).export(path)
    assert done.n == ArchiveReader(database).end().n
    return path


def bring_in(database: Database, path: Path) -> int:
    return Importer(database, DISTRICT, recorder, untold).bring_in(path).n


def everything(database: Database) -> list[Entry]:
    reader, found = ArchiveReader(database), list[Entry]()
    while more := reader.read(found[-1].n if found else 0, 1000):
        found += more
    return found


def plain(path: Path) -> bytes:
    packed = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(packed)
    if path.suffix == ".zst":
        return zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    return packed


@pytest.mark.parametrize("ending", ENDINGS)
def test_out_and_in_again(
    ending: str, archived: Database, database: Database, tmp_path: Path
) -> None:
    path = export(archived, tmp_path / f"all{ending}")
    assert bring_in(database, path) == ArchiveReader(archived).end().n
    assert everything(database) == everything(archived)
    one, other = contents(archived), contents(database)
    for name in SAME:
        assert sorted(map(repr, one[name])) == sorted(map(repr, other[name])), name
    assert other["checkpoints"]
    assert verified(database, tmp_path)[1] == []
    assert_nobody_sees_it(database)
    # Thinning goes on where it was, and the summaries stay.
    run(retention(database).steps(LATER))
    assert run(retention(database).steps(LATER)) == Retained()
    assert_nobody_sees_it(database)
    with archived.read() as there, database.read() as here:
        table = tables.patrol_sessions
        told = {(r.worker, r.start): r for r in there.execute(select(table)) if r.positions}
        assert told
        for row in here.execute(select(table)):
            assert (row.worker, row.start) not in told or told[row.worker, row.start] == row


def test_every_line_is_a_cloud_event_and_every_event_as_it_came(
    archived: Database, tmp_path: Path
) -> None:
    text = plain(export(archived, tmp_path / "all.ndjson"))
    assert text.endswith(b"\n")
    raws = {entry.n: entry.raw for entry in everything(archived)}
    numbers = []
    for line in text.splitlines():
        event = msgspec.json.decode(line)
        assert event["specversion"] == "1.0"
        assert event["type"]
        assert event["source"]
        assert event["id"]
        if "lognumber" in event:
            numbers.append(int(event["lognumber"]))
            raw = raws[numbers[-1]]
            if not event["type"].startswith("cockpit."):
                assert line.startswith(raw[:-1])
    assert numbers == sorted(raws)


def test_packed_or_not_it_is_the_same(archived: Database, tmp_path: Path) -> None:
    texts = {plain(export(archived, tmp_path / f"all{ending}")) for ending in ENDINGS}
    assert len(texts) == 1
    # The same archive at another time, after a second import: the same file.
    assert plain(export(archived, tmp_path / "all.ndjson")) in texts
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize("seed", range(2))
def test_any_entry_comes_back(seed: int) -> None:
    draw = random.Random(seed)
    for entry, _ in log_of(500, seed):
        faded = Entry(entry.n, entry.received, b"", Faded('/a"b\\/区', draw.choice([None, 0, 7])))
        for one in (entry, faded):
            line = lines.entry_line(one, "/cockpit/120110")
            assert b"\n" not in line
            assert lines.read_line(line) == one


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda data: data[: int(len(data) * share)]


def _flip(seed: int) -> Callable[[bytes], bytes]:
    def flipped(data: bytes) -> bytes:
        draw, found = random.Random(seed), bytearray(data)
        for _ in range(draw.choice([1, 20])):
            found[draw.randrange(len(found))] ^= 1 << draw.randrange(8)
        return bytes(found)

    return flipped


def _without_line(place: int) -> Callable[[bytes], bytes]:
    def without(data: bytes) -> bytes:
        every = data.splitlines(keepends=True)
        del every[place]
        return b"".join(every)

    return without


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    **{f"cut at {share}": _cut(share) for share in (0, 0.001, 0.3, 0.9, 0.9999)},
    **{f"flipped {seed}": _flip(seed) for seed in range(6)},
    "noise": lambda data: random.Random(1).randbytes(5000),
    "twice": lambda data: data + data,
    "more": lambda data: data + b"\n",
}
LINES = {
    "no first line": _without_line(0),
    "no last line": _without_line(-1),
    "a line less": _without_line(40),
    "a line twice": lambda data: data.replace(
        data.splitlines(True)[40], 2 * data.splitlines(True)[40]
    ),
    "two in another order": lambda data: b"".join(
        [*(e := data.splitlines(True))[:40], e[41], e[40], *e[42:]]
    ),
}


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of a good export of each ending."""
    folder = tmp_path_factory.mktemp("exports")
    made = open_database("", folder)
    migrate(made)
    walks().archive(made)
    good = {ending: export(made, folder / f"x{ending}").read_bytes() for ending in ENDINGS}
    made.close()
    return good


def refused(database: Database, path: Path) -> CockpitError:
    """The error of an import that changes nothing and says so on one line."""
    before = contents(database)
    with pytest.raises(CockpitError) as caught:
        bring_in(database, path)
    assert contents(database) == before
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_damaged_file_changes_nothing(
    ending: str, exports: dict[str, bytes], database: Database, tmp_path: Path
) -> None:
    path, good = tmp_path / f"bad{ending}", exports[ending]
    for name, damage in (DAMAGES | (LINES if ending == ".ndjson" else {})).items():
        bad = damage(good)
        path.write_bytes(bad)
        if plain_or_none(path) == plain_or_none(tmp_path / "x", good, ending):
            continue  # the flipped bit meant nothing to the packing
        assert refused(database, path).code == "import.damaged", name
    path.write_bytes(good)
    bring_in(database, path)
    assert refused(database, path).code == "import.not_empty"


def plain_or_none(path: Path, data: bytes | None = None, ending: str = "") -> bytes | None:
    whole = path.with_name(f"plain{ending or ''.join(path.suffixes)}")
    shutil.copy(path, whole) if data is None else whole.write_bytes(data)
    try:
        return plain(whole)
    except Exception:
        return None


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("inside", ENDINGS)
def test_packed_otherwise_than_its_name_says(
    ending: str, inside: str, exports: dict[str, bytes], database: Database, tmp_path: Path
) -> None:
    if ending == inside:
        return
    path = tmp_path / f"bad{ending}"
    path.write_bytes(exports[inside])
    assert refused(database, path).code == "import.damaged"


def test_files_that_are_not_for_us(
    exports: dict[str, bytes], database: Database, tmp_path: Path
) -> None:
    other = tmp_path / "other.ndjson"
    export(database, other, "120111")
    error = refused(database, other)
    assert (error.code, error.facts["found"]) == ("import.district", "120111")
    newer = exports[".ndjson"].replace(b'"format":1', b'"format":2', 1)
    body, _, last = newer[:-1].rpartition(b"\n")
    closed = msgspec.json.decode(last)
    closed["data"]["sha256"] = sha256(body + b"\n").hexdigest()
    other.write_bytes(body + b"\n" + msgspec.json.encode(closed) + b"\n")
    error = refused(database, other)
    assert (error.code, error.facts["found"]) == ("import.newer", 2)
    assert refused(database, tmp_path / "none.ndjson").code == "export.unreadable"
    assert refused(database, tmp_path).code == "export.name"
    assert refused(database, tmp_path / "all.zip").code == "export.name"
    folder = tmp_path / "folder.ndjson"
    folder.mkdir()
    assert refused(database, folder).code == "export.unreadable"


def test_an_empty_archive_out_and_in(database: Database, tmp_path: Path) -> None:
    path = export(database, tmp_path / "empty.ndjson.zst")
    before = contents(database)
    assert bring_in(database, path) == 0
    assert contents(database) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 128 KB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("ending", [".ndjson", ".ndjson.gz", ".ndjson.zst"])
def test_a_full_disk_leaves_no_half_file(ending: str, archived: Database, small_disk: Path) -> None:
    old = small_disk / f"all{ending}"
    old.write_bytes(b"an older one")
    (small_disk / "ballast").write_bytes(bytes(100 * 1024))
    with pytest.raises(CockpitError) as caught:
        export(archived, old)
    assert caught.value.code == "export.unwritable"
    assert old.read_bytes() == b"an older one"
    assert sorted(path.name for path in small_disk.iterdir()) == [old.name, "ballast"]


def test_where_nothing_can_be_written(archived: Database, tmp_path: Path) -> None:
    for path in (tmp_path / "no folder" / "all.ndjson", tmp_path / "x.ndjson" / "all.ndjson"):
        with pytest.raises(CockpitError) as caught:
            export(archived, path)
        assert caught.value.code == "export.unwritable"


def test_an_import_that_breaks_off_changes_nothing(
    exports: dict[str, bytes], database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "all.ndjson"
    path.write_bytes(exports[".ndjson"])
    before = contents(database)

    def break_off(done: int, whole: int | None) -> None:
        if done > walks().n // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importer(database, DISTRICT, recorder, break_off).bring_in(path)
    assert contents(database) == before
    assert bring_in(database, path) == walks().n
