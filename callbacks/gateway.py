"""The socket door: relays frames from the frame bus to the screens that watch them.

The only module that knows Flask-SocketIO. A screen says by its page's path which view it
shows, gets that view's last frame at once and from then on every frame of the view, as one
event `frame` with one text (docs/frames.md). A frame is encoded once for all its screens. A
screen that has not taken its last frame is skipped, not queued for: the next frame is the
whole truth anyway, and a stalled screen costs one frame of memory.

All of it runs in the server's one event loop, so nothing here needs a lock; whatever waits
(the bus) gives way to the others.
"""

import logging
import socket
from dataclasses import dataclass
from typing import Any

import flask
import msgspec
from engineio.packet import MESSAGE
from engineio.packet import Packet as SocketPacket
from flask_socketio import ConnectionRefusedError, SocketIO

from callbacks.address import view_of
from callbacks.health import GatewayMetrics
from cockpit.clock import Clock
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import FrameBus

log = logging.getLogger(__name__)

# A peer that takes nothing for so long is cut off by the kernel (measured.md).
STALLED_MS = 15_000
PING_SECONDS = 10


@dataclass(eq=False, slots=True)
class _Screen:
    """One connected page. `served` is set once it has been sent any frame."""

    socket: Any
    served: bool = False


class Gateway:
    """Attach to a Flask server, then `start()` once. `build` names the running build; a page
    of another build reloads itself."""

    def __init__(
        self,
        server: flask.Flask,
        bus: FrameBus,
        regions: Regions,
        clock: Clock,
        build: str,
        metrics: GatewayMetrics,
    ) -> None:
        self._bus, self._regions, self._clock = bus, regions, clock
        self._build, self._metrics = build, metrics
        self._screens: dict[str, dict[str, _Screen]] = {}
        self._view_of_sid: dict[str, str] = {}
        self._io = SocketIO(
            server,
            async_mode="gevent",
            transports=["websocket"],
            manage_session=False,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            max_http_buffer_size=16_384,
        )
        self._io.on_event("connect", self._connect)
        self._io.on_event("disconnect", self._disconnect)

    def start(self) -> None:
        """Begin to relay. Call once, within the server's event loop."""
        self._io.start_background_task(self._relay)

    def _connect(self, auth: object = None) -> None:
        path = auth.get("pathname") if isinstance(auth, dict) else None
        try:
            view = view_of(self._regions, path if isinstance(path, str) else "")
        except CockpitError as error:
            raise ConnectionRefusedError(error.code) from None
        sid = flask.request.sid  # type: ignore[attr-defined]
        _cut_off_when_stalled(flask.request.environ)
        # Not here: the client must hear that it is connected before it hears a frame.
        self._io.start_background_task(self._greet, sid, view)

    def _greet(self, sid: str, view: str) -> None:
        """Make the screen one of the view's and send it the last frame."""
        server = self._io.server
        eio_socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        if eio_socket is None:
            return
        screen = _Screen(eio_socket)
        self._screens.setdefault(view, {})[sid] = screen
        self._view_of_sid[sid] = view
        self._metrics.sockets.labels(view).inc()
        try:
            frame = self._bus.last(view)
        except CockpitError as error:
            log.warning("no last frame for a new screen: %s", error)
            return
        # A frame relayed while this one was fetched is the newer one.
        if frame is not None and not screen.served:
            self._send(screen, self._packet(frame))

    def _disconnect(self, *_reason: object) -> None:
        sid = flask.request.sid  # type: ignore[attr-defined]
        view = self._view_of_sid.pop(sid, None)
        if view is None:
            return
        self._screens[view].pop(sid, None)
        self._metrics.sockets.labels(view).dec()
        if not self._screens[view]:
            del self._screens[view]

    def _relay(self) -> None:
        while True:
            try:
                for news in self._bus.subscribe():
                    if news is not None:
                        self._relay_one(*news)
            except Exception:
                log.exception("the relay of frames failed; it begins again")
            self._io.sleep(1)

    def _relay_one(self, view: str, frame: bytes) -> None:
        if view == self._metrics.watched_view:
            self._metrics.saw_frame(frame)
        screens = self._screens.get(view)
        if not screens:
            return
        packet = self._packet(frame)
        for screen in list(screens.values()):
            self._send(screen, packet)
        self._metrics.relayed.inc(len(screens))
        # Let the writers take this frame before the next one finds their queues full.
        self._io.sleep(0)

    def _send(self, screen: _Screen, packet: SocketPacket) -> None:
        screen.served = True
        if not screen.socket.queue.empty():
            self._metrics.skipped.inc()
        elif not screen.socket.closed:
            screen.socket.send(packet)

    def _packet(self, frame: bytes) -> SocketPacket:
        """The Engine.IO packet of event `frame` with its one text; it caches its encoding."""
        head = msgspec.json.encode(
            {
                "sent": self._clock.now() // 1000,
                "speed": self._clock.speed,
                "build": self._build,
            }
        )
        text = (head[:-1] + b',"frame":' + frame + b"}").decode()
        # "2" is Socket.IO's EVENT in the default namespace.
        return SocketPacket(MESSAGE, "2" + msgspec.json.encode(["frame", text]).decode())


def _cut_off_when_stalled(environ: dict[str, Any]) -> None:
    """Else a writer that is blocked on a dead peer would outlive the ping timeout."""
    websocket = environ.get("wsgi.websocket")
    if websocket is not None:
        websocket.stream.handler.socket.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALLED_MS
        )
