"""The composition root and the command line: builds every part by arguments and starts a role.

    python app.py run        everything on this machine, with an embedded Redis
    python app.py serve      pages, API and sockets
    python app.py project    the one writer of frames
    python app.py intake     takes what sources publish
    python app.py simulate   the simulated district

Each setting is an option and an environment variable (docs/settings.md). A fault of the
settings is one line on stderr that begins with its code, and exit code 2. Log lines go to
stderr, each with the name of its role.
"""

import sys

if "serve" in sys.argv[1:]:
    # Before anything else is imported: the web server's event loop must own all waiting.
    from gevent import monkey

    monkey.patch_all()

import argparse
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from cockpit.config import SETTINGS, read_settings
from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from cockpit.projector import Projector
from datasource.dead_letters import RedisDeadLetters
from datasource.frame_bus import RedisFrameBus
from datasource.geography import PolygonGeography, features, load_regions
from datasource.intake import Intake
from datasource.lock import RedisLock
from datasource.log import RedisLog
from datasource.projection import Projection
from datasource.receive import Receiver
from datasource.redis_client import connect
from datasource.run import redis_address, run
from datasource.simulator import run_simulator
from datasource.start_clock import alone_clock, anchored_clock
from datasource.stats import RedisStats
from datasource.stop import StopOnSignal

ROOT = Path(__file__).resolve().parent
ROLES = ("run", "serve", "project", "intake", "simulate")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CockpitError("setting.invalid", name="command line", why=message)


def parse(arguments: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The role and the options that were given, by the names of their settings."""
    parser = _Parser(prog="app.py", description=__doc__, allow_abbrev=False,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("role", choices=ROLES)
    for setting in SETTINGS:
        default = f" [{setting.default or 'empty'}; {setting.variable}]"
        text = (setting.help + default).replace("%", "%%")
        parser.add_argument(setting.option, dest=setting.name, metavar=setting.metavar, help=text)
    parser.add_argument(
        "--no-simulate", dest="simulate", action="store_const", const="false",
        help="The same as --simulate false.",
    )  # fmt: skip
    given = {
        name: text for name, text in vars(parser.parse_args(arguments)).items() if text is not None
    }
    return given.pop("role"), given


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
        self.stats = RedisStats(self.client, prefix)
        reader = EventReader(self.regions, rules)
        self.receiver = Receiver(self.log, self.dead_letters, reader, self.clock)

    def lock(self, role: str) -> RedisLock:
        """The lock that admits one process of a role."""
        return RedisLock(self.client, self.prefix, role)


def serve(site: Site, _stop: StopSignal) -> None:
    from callbacks.build import build_name
    from callbacks.server import Parts, build_server, listen, warm

    build = build_name(ROOT, Path(site.settings["rules"]))
    server, gateway = build_server(
        Parts(
            site.regions, site.rules, site.clock, site.bus, site.receiver, site.stats,
            features, site.settings, build,
        )
    )  # fmt: skip
    warm(server, f"/wall/{site.regions.district.code}")
    listen(server, gateway, site.settings["host"], site.settings["port"])


def project(site: Site, stop: StopSignal) -> None:
    geography = PolygonGeography(site.rules.patrol.grace_metres)
    projector = Projector(site.regions, site.rules, geography)
    interval = site.settings["frame_interval_ms"]
    Projection(
        projector, site.log, site.dead_letters, site.bus, site.lock("projector"), site.stats,
        site.clock, interval,
    ).run(stop)  # fmt: skip


def intake(site: Site, stop: StopSignal) -> None:
    Intake(site.client, site.prefix, site.receiver, site.lock("intake"), site.stats).run(stop)


def simulate(site: Site, stop: StopSignal) -> None:
    run_simulator(site, stop)


def start(role: str, given: Mapping[str, str]) -> int:
    """Start a role and stay until it is told to end; answers the exit code."""
    settings = read_settings(given, os.environ)
    logging.basicConfig(
        level=settings["log_level"].upper(),
        format=f"%(asctime)s {role:8} %(levelname)s %(message)s",
    )
    rules = read_rules(Path(settings["rules"]))
    stop = StopOnSignal()
    if role == "run":
        return run(Path(__file__), settings, given, rules, stop)
    {"serve": serve, "project": project, "intake": intake, "simulate": simulate}[role](
        Site(settings, rules), stop
    )
    return 0


def read_rules(file: Path) -> Rules:
    """The rules of a file. Raises CockpitError `setting.invalid` or `rules.invalid`."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CockpitError("setting.invalid", name="--rules", why=error) from None
    return Rules.from_toml(text, str(file))


def main(arguments: Sequence[str]) -> int:
    """Run the command line; a known fault is one line on stderr."""
    try:
        return start(*parse(arguments))
    except CockpitError as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
