"""The composition root and the command line: builds every part by arguments and starts a role.

    python app.py run        everything on this machine, with an embedded Redis
    python app.py serve      pages, API and sockets
    python app.py project    the one writer of frames
    python app.py intake     takes what sources publish
    python app.py simulate   the simulated district

Each setting is an option and an environment variable (docs/settings.md). A fault of them is one
line on stderr that begins with its code, and exit code 2.
"""

import sys

if "serve" in sys.argv[1:]:
    # Before anything else is imported: the web server's event loop must own all waiting.
    from gevent import monkey

    monkey.patch_all()

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callbacks.build import build_name
from cockpit.config import read_settings
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from cockpit.projector import Projector
from datasource.command_line import parse, read_rules
from datasource.dead_letters import RedisDeadLetters
from datasource.frame_bus import RedisFrameBus
from datasource.geography import PolygonGeography, features, load_regions
from datasource.intake import Intake
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.log_gauge import RedisLogGauge
from datasource.log_lines import log_to_stderr
from datasource.projection import Projection
from datasource.receive import Receiver
from datasource.redis_client import connect, redis_address
from datasource.run import run
from datasource.screens_board import RedisScreensBoard
from datasource.simulator.redis_doors import run_simulator
from datasource.start_clock import alone_clock, anchored_clock
from datasource.stats import RedisStats, instance_name
from datasource.stop import StopOnSignal


class Site:
    """What every role is built from."""

    def __init__(self, settings: Mapping[str, Any], rules: Rules) -> None:
        clock = anchored_clock(os.environ, settings["speed"])
        self.clock = clock or alone_clock(settings["clock"], settings["speed"], rules.calendar)
        self.settings, self.rules, self.regions = settings, rules, load_regions()
        self.client = connect(redis_address(settings))
        self.prefix = prefix = str(settings["prefix"])
        self.log = RedisLog(self.client, prefix)
        self.dead_letters = RedisDeadLetters(self.client, prefix)
        self.bus = RedisFrameBus(self.client, prefix)
        self.build = build_name(Path(__file__).parent, Path(settings["rules"]))
        self.stats = RedisStats(self.client, prefix, self.clock, self.build)
        reader = EventReader(self.regions, rules)
        self.receiver = Receiver(self.log, self.dead_letters, reader, self.clock)

    def lock(self, role: str) -> RedisLock:
        """The lock that admits one process of a role."""
        return RedisLock(self.client, self.prefix, role)


def serve(site: Site) -> int:
    from callbacks.server import Parts, build_server, listen, warm

    parts = Parts(
        regions=site.regions,
        rules=site.rules,
        clock=site.clock,
        bus=site.bus,
        receiver=site.receiver,
        stats=site.stats,
        board=RedisScreensBoard(site.client, site.prefix, instance_name()),
        gauge=RedisLogGauge(site.client, site.prefix),
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
    geography = PolygonGeography(site.rules.patrol.grace_metres)
    Projection(
        make_projector=lambda: Projector(site.regions, site.rules, geography),
        log=site.log,
        dead_letters=site.dead_letters,
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
        site.receiver.receive,
        site.regions,
        site.rules,
        site.clock,
        seed=site.settings["seed"],
        scenario=site.settings["scenario"],
        lock=site.lock("simulator"),
        stop=stop,
    )


def start(role: str, given: Mapping[str, str]) -> int:
    """Start a role and stay until it is told to end; answers the exit code."""
    settings = read_settings(given, os.environ)
    log_to_stderr(role, instance_name(), settings["log_level"], settings["log_format"])
    rules = read_rules(Path(settings["rules"]))
    if role == "serve":  # ends by signals of its own event loop
        return serve(Site(settings, rules))
    stop = StopOnSignal()
    if role == "run":
        return run(Path(__file__), settings, given, rules, stop)
    {"project": project, "intake": intake, "simulate": simulate}[role](Site(settings, rules), stop)
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
