"""The composition root and the command line: builds every part by arguments and starts a role.

    python app.py run        everything on this machine, with an embedded Redis
    python app.py serve      pages, API and sockets
    python app.py project    the one writer of frames
    python app.py intake     takes what sources publish
    python app.py archive    keeps the log in SQL
    python app.py query      answers questions about the past
    python app.py desk       answers about people and their work
    python app.py office     makes papers and briefs
    python app.py simulate   the simulated district

and over the archive (docs/operations.md): retention, export, import, rebuild, verify,
accept-loss; over people: audit, administrator, open-intake.

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

from callbacks.build import build_name
from cockpit.config import read_settings
from cockpit.errors import CockpitError
from datasource.asking import DESK_PATIENCE_SECONDS, Queries
from datasource.command_line import COMMANDS, parse, read_rules
from datasource.geography import features
from datasource.log_lines import log_to_stderr
from datasource.redis_client import limits_address, redis_address
from datasource.roles import ROLES
from datasource.run import run
from datasource.secret import secret_of
from datasource.sessions import RedisSessions
from datasource.site import Site
from datasource.stats import instance_name
from datasource.stop import StopOnSignal


def serve(site: Site) -> int:
    from callbacks.compression import warm
    from callbacks.listening import listen
    from callbacks.papers import SECONDS as OFFICE_SECONDS
    from callbacks.server import Parts, build_server

    parts = Parts(
        regions=site.regions,
        rules=site.rules,
        clock=site.clock,
        bus=site.bus,
        receiver=site.receiver,
        stats=site.stats,
        board=site.board,
        queries=Queries(site.client, site.prefix, "query"),
        desk=Queries(site.client, site.prefix, "desk", patience=DESK_PATIENCE_SECONDS),
        office=Queries(site.client, site.prefix, "office", OFFICE_SECONDS),
        sessions=RedisSessions(site.client, site.prefix),
        gauge=site.gauge,
        dead_letters=site.dead_letters,
        features=features,
        settings=site.settings,
        build=site.build,
        secret=secret_of(site.settings),
        limits=limits_address(redis_address(site.settings)),
    )
    server, gateway = build_server(parts)
    warm(server, f"/wall/{site.regions.district.code}")
    address = site.settings["host"], site.settings["port"]
    listen(server, gateway, *address, site.settings["sockets"])
    return 0


def office(site: Site, stop: StopOnSignal) -> None:
    # Only this process may need them. What it writes speaks with the interface's own texts.
    from datasource.office.worker import answer_office
    from layouts.i18n import table

    answer_office(site, stop, table)


def start(role: str, given: Mapping[str, str]) -> int:
    """Start a role and stay until it is told to end; answers the exit code."""
    settings = read_settings(given, os.environ)
    log_to_stderr(role, instance_name(), settings["log_level"], settings["log_format"])
    rules = Path(settings["rules"])
    text = read_rules(rules)
    site = Site(settings, text, os.environ, build_name(Path(__file__).parent, rules))
    if role in COMMANDS:
        from datasource.archive.commands import execute

        return execute(role, site, given)
    if role == "serve":  # ends by signals of its own event loop
        return serve(site)
    stop = StopOnSignal()
    if role == "run":
        return run(Path(__file__), site, given, stop)
    if role == "office":
        office(site, stop)
        return 0
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
