"""The operator's commands over the archive and people: results on stdout, how far it is on stderr.

Exit codes: 0 done; 1 `verify` found differences; 2 it could not be done (a CockpitError).
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cockpit.clock import SystemClock, to_text
from cockpit.errors import CockpitError
from datasource.archive.exporting import Exporter, Tell
from datasource.archive.importing import Importer
from datasource.archive.rebuilding import rebuild
from datasource.archive.verifying import Verifier
from datasource.database.retention import Keep, Retained, Retention
from datasource.database.writer import ArchiveWriter
from datasource.desk.audit import Audit
from datasource.desk.intake_door import door_of, open_intake
from datasource.desk.people import People, people_of
from datasource.embedded import EmbeddedRedis
from datasource.rules_in_force import changes_of
from datasource.site import Site, geography_of

_STOP_SECONDS = 5.0
_EACH = 2.0  # real seconds between two words of how far it is

Given = Mapping[str, str]


def execute(command: str, site: Site, given: Given) -> int:
    """Do one command; answers the exit code. Raises CockpitError when it cannot be done."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return COMMANDS[command](site, given)
    except KeyboardInterrupt:
        print(f"{command}: interrupted", file=sys.stderr)
        return 2


def retention_of(site: Site) -> Retention:
    """What a site lets go, by its settings."""
    keep = Keep(site.settings["positions_days"], site.settings["checkpoints_days"])
    return Retention(
        site.database, lambda: changes_of(site.archive.rule_sets()), geography_of, keep
    )


def _retention(site: Site, given: Given) -> int:
    _prepare(site)
    apply = given.get("apply") == "true"
    tell, last = _progress("retention"), Retained()
    for last in retention_of(site).steps(site.clock.now(), apply):
        tell(last.blocks, None)
    print("Gone:" if apply else "Would go (nothing was changed; --apply true lets it go):")
    settings = site.settings
    print(
        f"  positions older than {settings['positions_days']} days: {last.faded:,} of "
        f"{last.positions:,} on {last.days} days, in {last.blocks} blocks; "
        f"{last.bytes:,} bytes become {last.bytes_after:,}"
    )
    print(
        f"  checkpoints older than {settings['checkpoints_days']} days: {last.checkpoints:,}, "
        f"{last.checkpoint_bytes:,} bytes"
    )
    return 0


def _export(site: Site, given: Given) -> int:
    _prepare(site)
    path = Path(given.get("file", ""))
    done = Exporter(site.database, _district(site), _progress("export")).export(path)
    print(f"Exported up to number {done.n:,}: {done.lines:,} lines, SHA-256 {done.sha256}: {path}")
    return 0


def _import(site: Site, given: Given) -> int:
    path = Path(given.get("file", ""))
    site.prepare()
    importer = Importer(site.database, _district(site), site.recorder, _progress("import"))
    done = importer.bring_in(path)
    print(f"Imported up to number {done.n:,}: {done.lines:,} lines")
    return 0


def _rebuild(site: Site, _: Given) -> int:
    _prepare(site)
    end = rebuild(site.database, site.recorder, _progress("rebuild"))
    print(f"Rebuilt from {end.n:,} entries")
    return 0


def _verify(site: Site, _: Given) -> int:
    _prepare(site)
    folder = Path(site.settings["data_dir"])
    verifier = Verifier(
        site.database,
        site.regions,
        site.recorder,
        folder if folder.is_dir() else None,
        print,
        _progress("verify"),
    )
    done = verifier.verify()
    print(
        f"Verified up to number {done.n:,}: {done.half_hours:,} half-hours, {done.rows:,} rows, "
        f"{done.checkpoints:,} checkpoints ({done.passed_over:,} of another build passed over), "
        f"{done.numbers:,} numbers; {done.differences:,} differences"
    )
    return 1 if done.differences else 0


def _accept_loss(site: Site, given: Given) -> int:
    site.prepare()
    with _log_at_hand(site):
        first, end = site.log.first(), site.archive.end()
    if first <= end.n + 1:
        print(f"Nothing is lost: the archive ends at {end.n:,}, the log begins at {first:,}")
        return 0
    lost = f"numbers {end.n + 1:,} to {first - 1:,}"
    if given.get("apply") == "true":
        ArchiveWriter(site.database).accept_loss(end.n + 1, first - 1, site.clock.now())
        print(f"Declared lost: {lost}")
    else:
        print(f"Neither in the archive nor in the log: {lost}. An export that has them can be")
        print("imported into an empty archive; --apply true declares them lost, for good.")
    return 0


def _audit(site: Site, _: Given) -> int:
    _prepare(site)
    found = Audit(site.database, SystemClock()).verify()
    if found.at is None:
        print("The audit is empty")
        return 0
    print(
        f"The audit holds: {found.rows:,} rows, the last of {to_text(found.at)}. Its hash, to be "
        f"noted elsewhere: {found.hash}"
    )
    return 0


def _administrator(site: Site, _: Given) -> int:
    # Only here: no other command hashes passwords.
    from datasource.desk.beginning import let_administrator_in  # noqa: PLC0415

    site.prepare()
    with _log_at_hand(site):  # sessions end there too
        let_administrator_in(_people(site))
    return 0


def _open_intake(site: Site, given: Given) -> int:
    _prepare(site)
    people = _people(site)
    with people.database.read() as connection:
        door = door_of(connection)
    if not door.needed:
        print("The intake is open: sources need no key")
    elif door.keys:
        print(f"Sources need a key, and there are {door.keys}. Revoke them first, at /manage/keys")
        return 1
    elif given.get("apply") == "true":
        open_intake(people)
        print("The intake is open: from now on whoever reaches it may send")
    else:
        print("Sources need a key, and there is none. --apply true lets whoever reaches it send")
    return 0


@contextmanager
def _log_at_hand(site: Site) -> Iterator[None]:
    """The site's Redis; its embedded one is started for so long if it does not run."""
    try:
        site.log.head()
        yield
        return
    except CockpitError:
        if site.settings["redis_url"]:
            raise
    redis = EmbeddedRedis(Path(site.settings["data_dir"]), site.settings["redis_port"])
    redis.start()
    try:
        yield
    finally:
        redis.ask_to_stop()
        redis.stop(_STOP_SECONDS)


COMMANDS: Mapping[str, Callable[[Site, Given], int]] = {
    "retention": _retention,
    "export": _export,
    "import": _import,
    "rebuild": _rebuild,
    "verify": _verify,
    "accept-loss": _accept_loss,
    "audit": _audit,
    "administrator": _administrator,
    "open-intake": _open_intake,
}


def _prepare(site: Site) -> None:
    """Bring an archive that is there up to date; none is made where there is none."""
    site.archive.end()
    site.prepare()


def _people(site: Site) -> People:
    return people_of(
        site.database, site.client, site.prefix, site.regions, SystemClock(), demonstration=False
    )


def _district(site: Site) -> str:
    return site.regions.district.code


def _progress(command: str) -> Tell:
    """Says now and then how far it is."""
    last = time.monotonic()

    def tell(done: int, whole: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EACH:
            last = now
            of = f" of {whole:,}" if whole else ""
            print(f"{command}: {done:,}{of}", file=sys.stderr, flush=True)

    return tell
