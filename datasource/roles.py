"""The roles that are loops on one thread of a process of their own, each built from a site.

Each imports its parts itself: what only one needs - pandas, the hashing of passwords, the
simulated district - is neither waited for nor kept in memory by the others.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping

from cockpit.collector import calm_collector
from cockpit.ports import Lock, StopSignal
from datasource.site import Site, geography_of

_logger = logging.getLogger(__name__)

# The archive may lag for seconds and nobody sees it; a wall may not.
_ARCHIVE_NICENESS = 5
_TOLD_EACH_SECONDS = 10.0


def project(site: Site, stop: StopSignal) -> None:
    """The one writer of frames."""
    from cockpit.projector import Projector
    from datasource.projection import Projection
    from datasource.resume import Resume

    calm_collector()
    Projection(
        resume=Resume(
            site.archive,
            site.rules_text,
            make_projector=lambda rules, geography: Projector(site.regions, rules, geography),
            make_geography=geography_of,
        ),
        log=site.log,
        dead_letters=site.dead_letters,
        archive=site.archive,
        mend_log=site.mend_log,
        bus=site.bus,
        lock=site.lock("projector"),
        stats=site.stats,
        clock=site.clock,
        interval_ms=site.settings["frame_interval_ms"],
    ).run(stop)


def intake(site: Site, stop: StopSignal) -> None:
    """Takes what sources publish."""
    from datasource.intake import Intake

    Intake(site.client, site.prefix, site.receiver, site.lock("intake"), site.stats).run(stop)


def simulate(site: Site, stop: StopSignal) -> None:
    """The simulated district."""
    from datasource.simulator.redis_doors import run_simulator

    run_simulator(
        site.client,
        site.prefix,
        site.receiver.receive_past,
        site.regions,
        site.rules,
        site.clock,
        seed=site.settings["seed"],
        scenario=site.settings["scenario"],
        lock=site.lock("simulator"),
        stop=stop,
    )


def archive(site: Site, stop: StopSignal) -> None:
    """Keeps the log in SQL."""
    from datasource.archive.archivist import KEPT_IN_LOG, Archivist
    from datasource.archive.commands import retention_of
    from datasource.archive.nightly import Nightly
    from datasource.database.writer import ArchiveWriter

    os.nice(_ARCHIVE_NICENESS)
    calm_collector()
    lock = site.lock("archive")
    Archivist(
        make_recorder=site.recorder,
        log=site.log,
        dead_letters=site.dead_letters,
        past=site.archive,
        store=ArchiveWriter(site.database),
        lock=lock,
        stats=site.stats,
        clock=site.clock,
        rules_text=site.rules_text,
        prepare=_preparing(site, lock),
        mend_log=site.mend_log,
        let_go=Nightly(retention_of(site)).step,
        # A short log must have room for new entries beside those that are kept.
        kept_in_log=min(KEPT_IN_LOG, site.settings["log_limit"] // 2),
    ).run(stop)


def _preparing(site: Site, lock: Lock) -> Callable[[], None]:
    """Brings schema and rows up to date for this program."""
    from datasource.archive.rebuilding import rebuild_if_stale

    told = time.monotonic()

    def hold(n: int, last: int | None) -> None:
        """Making rows anew may take minutes, in which nobody else shall begin the same, and
        whoever waits hears how far it is."""
        nonlocal told
        lock.keep()
        if time.monotonic() - told >= _TOLD_EACH_SECONDS:
            told = time.monotonic()
            _logger.info("Rows are made anew for this program: %d of %s entries", n, last)

    def prepare() -> None:
        site.prepare()
        if rebuild_if_stale(site.database, site.recorder, hold):
            _logger.info("The rows were made anew for this program from the log")

    return prepare


def query(site: Site, stop: StopSignal) -> None:
    """Answers questions about the past."""
    from datasource.query_worker import answer_past

    calm_collector()
    answer_past(site, stop)


def desk(site: Site, stop: StopSignal) -> None:
    """Answers questions about people and their work."""
    from datasource.desk.worker import answer_desk

    calm_collector()
    answer_desk(site, stop)


ROLES: Mapping[str, Callable[[Site, StopSignal], None]] = {
    "project": project,
    "intake": intake,
    "archive": archive,
    "query": query,
    "desk": desk,
    "simulate": simulate,
}
