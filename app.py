"""The composition root and the command line: builds every part by arguments and starts a role.

    python app.py run        everything on this machine, with an embedded Redis
    python app.py serve      pages, API and sockets
    python app.py project    the one writer of frames
    python app.py intake     takes what sources publish
    python app.py archive    keeps the log in SQL
    python app.py query      answers questions about the past
    python app.py simulate   the simulated district

and over the archive (docs/operations.md): retention, export, import, rebuild, verify.

Each setting is an option and an environment variable (docs/settings.md). A fault of them is one
line on stderr that begins with its code, and exit code 2.
"""

import sys

if "serve" in sys.argv[1:]:
    # Before anything else is imported: the web server's event loop must own all waiting.
    from gevent import monkey

    monkey.patch_all()

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from callbacks.build import build_name
from cockpit.config import read_settings
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from cockpit.projector import Projector
from datasource.archive.archivist import Archivist
from datasource.archive.commands import COMMANDS, execute
from datasource.command_line import parse, read_rules
from datasource.database.writer import ArchiveWriter
from datasource.geography import features
from datasource.intake import Intake
from datasource.log_lines import log_to_stderr
from datasource.projection import Projection
from datasource.queries import Queries
from datasource.resume import Resume
from datasource.run import run
from datasource.simulator.redis_doors import run_simulator
from datasource.site import Site, geography_of
from datasource.stats import instance_name
from datasource.stop import StopOnSignal


def serve(site: Site) -> int:
    from callbacks.server import Parts, build_server, listen, warm

    parts = Parts(
        regions=site.regions,
        rules=site.rules,
        clock=site.clock,
        bus=site.bus,
        receiver=site.receiver,
        stats=site.stats,
        board=site.board,
        queries=Queries(site.client, site.prefix),
        gauge=site.gauge,
        dead_letters=site.dead_letters,
        features=features,
        settings=site.settings,
        build=site.build,
    )
    server, gateway = build_server(parts)
    warm(server, f"/wall/{site.regions.district.code}")
    address = site.settings["host"], site.settings["port"]
    listen(server, gateway, *address, site.settings["sockets"])
    return 0


def project(site: Site, stop: StopSignal) -> None:
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
    Intake(site.client, site.prefix, site.receiver, site.lock("intake"), site.stats).run(stop)


def simulate(site: Site, stop: StopSignal) -> None:
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
    Archivist(
        make_recorder=site.recorder,
        log=site.log,
        dead_letters=site.dead_letters,
        past=site.archive,
        store=ArchiveWriter(site.database),
        lock=site.lock("archive"),
        stats=site.stats,
        clock=site.clock,
        rules_text=site.rules_text,
        prepare=site.prepare,
        mend_log=site.mend_log,
    ).run(stop)


def query(site: Site, stop: StopSignal) -> None:
    from datasource.query_worker import make_worker  # and with it pandas

    make_worker(site).run(stop)


ROLES: Mapping[str, Callable[[Site, StopSignal], None]] = {
    "project": project,
    "intake": intake,
    "archive": archive,
    "query": query,
    "simulate": simulate,
}


def start(role: str, given: Mapping[str, str]) -> int:
    """Start a role and stay until it is told to end; answers the exit code."""
    settings = read_settings(given, os.environ)
    log_to_stderr(role, instance_name(), settings["log_level"], settings["log_format"])
    rules = Path(settings["rules"])
    build = build_name(Path(__file__).parent, rules)
    site = Site(settings, read_rules(rules), os.environ, build)
    if role in COMMANDS:
        return execute(role, site, given)
    if role == "serve":  # ends by signals of its own event loop
        return serve(site)
    stop = StopOnSignal()
    if role == "run":
        return run(Path(__file__), site, given, stop)
    ROLES[role](site, stop)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Run the command line; a known fault is one line on stderr."""
    try:
        return start(*parse(arguments, str(__doc__)))
    except CockpitError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
