"""Runs the web server under gevent until a signal ends it."""

import errno
import gc
import logging
import resource
import signal
import socket

import gevent
from flask import Flask
from gevent.pywsgi import WSGIServer

from callbacks.gateway import Gateway
from callbacks.outlet import OutletHandler
from cockpit.errors import CockpitError

log = logging.getLogger(__name__)

# All screens come back at once after a restart; the kernel cuts it to net.core.somaxconn.
BACKLOG = 4096
# Connections taken in one go: a thousand at once would be a queue that frames wait behind.
ACCEPT = 10
# Open files beside the sockets of screens: Redis, pages being loaded, the event loop's own.
_OTHER_FILES = 500


def allow_files(sockets: int) -> None:
    """Let this process open as many files as it may, and warn when those are too few for so
    many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    needed = sockets + _OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        error = CockpitError("files.too_few", limit=hard, needed=needed, sockets=sockets)
        log.warning("%s", error)


def listen(server: Flask, gateway: Gateway, host: str, port: int, sockets: int) -> None:
    """Listen and serve until SIGTERM or SIGINT, which end it at once. `sockets` is how many
    screens it is meant to hold.

    Raises CockpitError `port.taken` or `setting.invalid` when it cannot listen there.
    """
    # The handler of sockets writes an access log of its own, whatever `log` says.
    logging.getLogger("geventwebsocket.handler").setLevel(logging.WARNING)
    allow_files(sockets)
    web = WSGIServer(
        (host, port),
        server,
        backlog=BACKLOG,
        handler_class=OutletHandler,
        log=None,
        error_log=log,
    )
    web.max_accept = ACCEPT
    try:
        web.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CockpitError("port.taken", port=port, option="--port") from None
        raise CockpitError("setting.invalid", name="--host, --port", why=error) from None
    # The accepted sockets inherit it: else the end of an answer waits 40 ms for an acknowledgement.
    web.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    gateway.start()
    # What is loaded by now stays: the collector need not look through it again and again while
    # screens come, which would hold up frames by a tenth of a second each time.
    gc.collect()
    gc.freeze()
    ended = gevent.event.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, ended.set)
    log.info("serving at http://%s:%s", host, web.server_port)
    ended.wait()
    web.stop(timeout=0.2)
