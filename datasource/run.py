"""The role `run`: everything on one machine, under one supervisor.

Starts the embedded Redis (unless another one is set) and the roles as processes that share one
clock, says when the walls can be looked at, and ends them all. The roles write their log lines
to the same stderr, each with its name.
"""

import errno
import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from cockpit.clock import SystemClock
from cockpit.config import BY_NAME, CLOCK_ANCHOR
from cockpit.errors import CockpitError
from cockpit.ports import StopSignal
from datasource.embedded import EmbeddedRedis
from datasource.redis_client import redis_address
from datasource.simulator.scenarios import load_scenario
from datasource.site import Site
from datasource.start_clock import anchor_text, start_instant
from datasource.supervisor import Role, Supervisor

# What makes the picture is started first, what makes the events last.
ROLES = ("intake", "archive", "project", "query", "desk", "office", "serve", "simulate")


def run(
    program: Path,
    site: Site,
    given: Mapping[str, str],
    stop: StopSignal,
) -> int:
    """Run until `stop`; answers the exit code.

    `given` are the options, as text, which the roles get beside the environment. Raises
    CockpitError when something that is set cannot be used: a scenario, a port, the data directory,
    the Redis, the database, the clock.
    """
    settings = site.settings
    if settings["simulate"]:
        load_scenario(settings["scenario"])
    _check_port(settings["host"], settings["port"])
    supervisor = Supervisor()
    try:
        if not settings["redis_url"]:
            supervisor.start(EmbeddedRedis(Path(settings["data_dir"]), settings["redis_port"]))
        clock = _clock(site)
        environment = _environment(settings, given, clock)
        for role in ROLES:
            if role != "simulate" or settings["simulate"]:
                supervisor.start(Role(role, [sys.executable, str(program), role], environment))
        return supervisor.watch(stop, _Announcer(settings["host"], settings["port"]).look)
    finally:
        supervisor.stop()


def _check_port(host: str, port: int) -> None:
    """Find out before anything is started; the web server finds out again by itself."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CockpitError("port.taken", port=port, option="--port") from None
        raise CockpitError("setting.invalid", name="--host, --port", why=error) from None


def _clock(site: Site) -> SystemClock:
    """The clock of this start; the first thing that needs Redis and the database to answer."""
    site.prepare()
    site.mend_log()
    heads = [site.log.last_received() or 0, site.archive.end().received]
    site.client.close()
    site.database.close()
    real_now = SystemClock().now()
    wanted, calendar = site.settings["clock"], site.rules.calendar
    start = start_instant(wanted, real_now, calendar, max(heads) or None)
    return SystemClock(start, real_now, site.settings["speed"])


def _environment(
    settings: Mapping[str, Any], given: Mapping[str, str], clock: SystemClock
) -> dict[str, str]:
    environment = dict(os.environ)
    environment |= {BY_NAME[name].variable: text for name, text in given.items()}
    environment.pop(BY_NAME["clock"].variable, None)
    environment[BY_NAME["redis_url"].variable] = redis_address(settings)
    environment[CLOCK_ANCHOR] = anchor_text(clock)
    return environment


class _Announcer:
    """Says once where the walls are, and before that what is still missing."""

    def __init__(self, host: str, port: int) -> None:
        shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host
        self._url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
        self._ready = False
        self._said: list[str] | None = None
        self._next = 0.0

    def look(self) -> None:
        """Ask the web server, at most once a second, until it has once been ready."""
        if self._ready or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 1.0
        missing = self._missing()
        if not missing:
            self._ready = True
            print(f"The wall is at {self._url}/   (Ctrl-C ends)", flush=True)
        elif missing != self._said:
            self._said = missing
            print(f"Starting; still missing: {', '.join(missing)}", flush=True)

    def _missing(self) -> list[str]:
        try:
            with urllib.request.urlopen(f"{self._url}/readyz", timeout=1):
                return []
        except urllib.error.HTTPError as error:
            with error:
                try:
                    return [str(each) for each in json.load(error)["missing"]]
                except (ValueError, KeyError):
                    return ["web server"]
        except OSError:
            return ["web server"]
