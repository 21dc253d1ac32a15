"""The socket door: relays frames from the frame bus to the screens that watch them.

The only module that knows Flask-SocketIO. A screen says by its page's path which view it
shows, gets that view's last frame at once and from then on every frame of the view, as one
event `frame` with one text (docs/frames.md); of a wall that it may not see only the heads
(callbacks/heads.py). A frame is encoded once for all its screens, down to the bytes on the wire,
and written to each without waiting. A screen that has not taken its last frame is skipped, not
queued for: the next frame is the whole truth anyway, and a stalled screen costs one frame of
memory. When the server cannot follow, a view's newer frame takes the place of the one that waits.

All of it runs in the server's one event loop, so nothing here needs a lock against itself;
whatever takes longer than a few milliseconds gives way to the others.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import flask
import gevent
import msgspec
from flask_socketio import ConnectionRefusedError, SocketIO
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from callbacks.caretaker import Caretaker
from callbacks.families import Address, address_of
from callbacks.gates import Gates, Need, tokens
from callbacks.heads import Heads, head_view, wall_view
from callbacks.health import GatewayMetrics
from callbacks.outlet import OUTLET, Outlet, text_message
from callbacks.screens import Screen, Screens
from callbacks.security import own_origin
from callbacks.socket_manager import SocketManager
from callbacks.turn import Turn
from cockpit.clock import Clock
from cockpit.domain.access import Right
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import FrameBus
from cockpit.watching import ConnectedScreen

log = logging.getLogger(__name__)

# Rarely: each costs as much as twenty frames. That a peer is gone the kernel notices by the frames
# themselves (STALLED_MS), and a page by their absence.
PING_SECONDS = 25
PONG_SECONDS = 10
_ANSWER_SECONDS = 5.0


class Gateway:
    """Attach to a Flask server, then `start()` once. `build` names the running build; a page
    of another build reloads itself. `gates` say who may look, when a screen comes and every two
    seconds from then on. `notices` answers at once the codes of faults that no frame tells,
    `screen_changes` how often paired screens have changed. `report`: see Caretaker."""

    def __init__(
        self,
        server: flask.Flask,
        bus: FrameBus,
        regions: Regions,
        clock: Clock,
        build: str,
        metrics: GatewayMetrics,
        gates: Gates,
        notices: Callable[[], Sequence[str]],
        screen_changes: Callable[[], int],
        report: Callable[[Sequence[ConnectedScreen]], None],
    ) -> None:
        self._bus, self._regions, self._clock = bus, regions, clock
        self._build, self._metrics, self.gates = build, metrics, gates
        self._notices, self._screen_changes = notices, screen_changes
        self._screens = Screens()
        self._caretaker = Caretaker(
            self._screens, gates, clock, metrics, self._ask, screen_changes, report
        )
        self._last: dict[str, bytes] = {}  # each wall's newest frame
        self._heads = Heads()
        self._waiting: dict[str, None] = {}  # watched views whose newest frame is not relayed
        self._news, self._asking = Event(), BoundedSemaphore()
        self._io = SocketIO(
            server,
            async_mode="gevent",
            transports=["websocket"],
            manage_session=False,
            client_manager=SocketManager(),
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            max_http_buffer_size=16_384,
            cors_allowed_origins=own_origin,
        )
        self._io.on_event("connect", self._connect)
        self._io.on_event("disconnect", self._disconnect)

    def start(self) -> None:
        """Begin to relay. Call once, within the server's event loop."""
        for task in (self._hear, self._relay, self._caretaker.look_after):
            gevent.spawn(_for_ever, task)

    def admit(self, pathname: str) -> Address:
        """The gate before a socket: the page whose frames it may hear. Raises CockpitError
        `address.unknown`, `access.*`."""
        address = address_of(self._regions, pathname)
        if not address.frames:
            raise CockpitError("address.unknown", path=pathname[:80])
        self.gates.enter(address.family.right, address.region, address.frames)
        return address

    def share(self, address: Address) -> tuple[tuple[Right | Need, ...], str]:
        """What of the frames the page at an admitted address gets, by which rights: those of its
        wall, or their heads when whoever looks may not see the wall."""
        right, wall = address.family.right, address.frames
        if right is Right.LOOK_WALL:
            return (right,), wall
        if self.gates.sees_wall(address.region, wall):
            return (right, Right.LOOK_WALL), wall
        return (right,), head_view(wall)

    def _connect(self, auth: object = None) -> None:
        path = auth.get("pathname") if isinstance(auth, dict) else None
        try:
            address = self.admit(path if isinstance(path, str) else "")
            rights, view = self.share(address)
        except CockpitError as error:
            raise ConnectionRefusedError(error.code) from None
        sid = flask.request.sid  # type: ignore[attr-defined]
        outlet: Outlet = flask.request.environ[OUTLET]
        screen = Screen(
            sid, view, self._clock.now(), outlet, address.view, rights, tokens(), self._paired()
        )  # fmt: skip
        # Not here: the client must hear that it is connected before it hears a frame.
        gevent.spawn(self._greet, screen)

    def _paired(self) -> str:
        """Which paired screen connects; '' for none, or while nobody can tell."""
        try:
            paired = self.gates.screen()
        except CockpitError as error:
            log.debug("nobody can tell which screen it is: %s", error)
            return ""
        return "" if paired is None else paired.device.id

    def _greet(self, screen: Screen) -> None:
        """Make the screen one of its view's and send it the last frame."""
        server = self._io.server
        eio_sid = server.manager.eio_sid_from_sid(screen.sid, "/")
        eio_socket = server.eio.sockets.get(eio_sid)
        # Its writer takes from the queue and writes without giving way: when the queue is done,
        # the answer that it is connected is out, and a frame cannot overtake it.
        if eio_socket is None or not eio_socket.queue.join(_ANSWER_SECONDS) or eio_socket.closed:
            return
        self._screens.add(screen)
        self._metrics.sockets.labels(screen.view).inc()
        wall = wall_view(screen.view)
        frame = self._last.get(wall) or self._fetch(screen, wall)
        # A frame relayed while this one was fetched is the newer one.
        if frame is not None and self._screens.has(screen) and screen.new:
            screen.offer(self._message(self._shared(screen.view, frame)))

    def _shared(self, view: str, frame: bytes) -> bytes:
        """What the screens of a view get of a wall's frame."""
        wall = wall_view(view)
        return frame if view == wall else self._heads.of(wall, frame)

    def _fetch(self, screen: Screen, wall: str) -> bytes | None:
        """The last frame from the bus, asked for by one screen at a time: after a restart all
        come at once, and the first one's answer serves the others."""
        with self._asking:
            if wall not in self._last and screen.new:
                try:
                    frame = self._bus.last(wall)
                except CockpitError as error:  # the subscription tells of it
                    log.debug("no last frame for a new screen: %s", error)
                    return None
                if frame is not None:
                    self._last.setdefault(wall, frame)
            return self._last.get(wall)

    def _ask(self, screen: Screen, answered: Callable[..., None]) -> None:
        self._io.emit("health", to=screen.sid, callback=answered)

    def _disconnect(self, *_reason: object) -> None:
        screen = self._screens.remove(flask.request.sid)  # type: ignore[attr-defined]
        if screen is not None:
            self._metrics.sockets.labels(screen.view).dec()
            # Else a reader that waits for a silent peer would outlive the ping timeout.
            screen.outlet.cut_off()

    def _hear(self) -> None:
        """Keep the newest frame of each view."""
        turn = Turn()
        for news in self._bus.subscribe():
            turn.give_way()
            if news is None:
                continue
            view, frame = news
            self._last[view] = frame
            if view == self._metrics.watched_view:
                self._metrics.saw_frame(frame)
            for each in filter(self._screens.watched, (view, head_view(view))):
                if each in self._waiting:
                    self._metrics.superseded.inc()
                self._waiting[each] = None
                self._news.set()

    def _relay(self) -> None:
        turn = Turn()
        while True:
            self._news.wait()
            self._news.clear()
            while self._waiting:
                view = next(iter(self._waiting))
                del self._waiting[view]
                self._relay_one(view, turn)

    def _relay_one(self, view: str, turn: Turn) -> None:
        message = self._message(self._shared(view, self._last[wall_view(view)]))
        taken = 0
        screens = self._screens.of(view)
        for screen in screens:
            taken += screen.offer(message)
            turn.give_way()
        self._metrics.relayed.inc(taken)
        self._metrics.skipped.inc(len(screens) - taken)

    def _message(self, frame: bytes) -> bytes:
        """Event `frame` with its one text, as it goes over the wire."""
        head: dict[str, Any] = {
            "sent": self._clock.now() // 1000,
            "speed": self._clock.speed,
            "build": self._build,
        }
        if changes := self._screen_changes():
            head["devices"] = changes
        if notices := self._notices():
            head["notices"] = list(notices)
        text = (msgspec.json.encode(head)[:-1] + b',"frame":' + frame + b"}").decode()
        # "4" is Engine.IO's message, "2" Socket.IO's event in the default namespace.
        return text_message(b"42" + msgspec.json.encode(["frame", text]))


def _for_ever(task: Callable[[], None]) -> None:
    while True:
        try:
            task()
        except Exception:
            log.exception("the gateway's task %s failed; it begins again", task.__name__)
        gevent.sleep(1)
