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
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import flask
import gevent
import msgspec
from flask_socketio import ConnectionRefusedError, SocketIO
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from callbacks.families import Address, address_of
from callbacks.gates import Gates, Need, tokens
from callbacks.heads import Heads, head_view, wall_view
from callbacks.health import GatewayMetrics
from callbacks.outlet import OUTLET, Outlet, text_message
from callbacks.screens import Screen, Screens, read_report
from callbacks.security import own_origin
from callbacks.socket_manager import SocketManager
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
TURN_SECONDS = 0.002
# Real seconds between two looks after the screens: who is asked, and what others are told.
LOOK_SECONDS = 2.0
_ANSWER_SECONDS = 5.0
# The desk is away or busy; everything else is only known after a long wait.
_TOLD_AT_ONCE = ("query.unavailable", "query.busy")
# Of so many looks one asks about every screen, whatever has been heard of changes.
_LOOKS_AT_ALL = 15


class Turn:
    """One task's share of the event loop. `rest`: real seconds it pauses after each share; 0
    lets the others run and goes on."""

    def __init__(self, rest: float = 0.0) -> None:
        self._rest = rest
        self._until = time.monotonic() + TURN_SECONDS

    def give_way(self) -> None:
        """Let the others run when this task has had its share."""
        if time.monotonic() > self._until:
            gevent.sleep(self._rest)
            self._until = time.monotonic() + TURN_SECONDS


class Gateway:
    """Attach to a Flask server, then `start()` once. `build` names the running build; a page
    of another build reloads itself. `gates` say who may look, when a screen comes and every two
    seconds from then on. `notices` answers at once the codes of faults that no frame tells,
    `screen_changes` how often paired screens have changed. `report` is told of all screens every
    two seconds and may wait; when it raises a CockpitError, that list was in vain."""

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
        self._notices, self._report = notices, report
        self._screen_changes = screen_changes
        self._changes_seen, self._looks = 0, 0
        self._screens = Screens()
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
        for task in (self._hear, self._relay, self._look_after):
            gevent.spawn(_for_ever, task)

    def screens(self) -> list[ConnectedScreen]:
        """The screens of this moment."""
        return [screen.told() for screen in self._screens]

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

    def _look_after(self) -> None:
        """Ask the screens how they are, and tell of them; end those that may look no more."""
        turn = Turn(rest=5 * TURN_SECONDS)  # frames come first
        while True:
            gevent.sleep(LOOK_SECONDS)
            for screen in self._screens:
                # A question stays open until the page has something to say: every 20 s, and
                # when it becomes live. So at most one waits for each screen.
                if not screen.asked and screen.outlet.clear:
                    screen.asked = True
                    answered = partial(self._answered, screen)
                    self._io.emit("health", to=screen.sid, callback=answered)
                turn.give_way()
            try:
                self._report(self.screens())
            except CockpitError as error:  # whoever is told there cannot see it either
                log.debug("nobody was told of the screens: %s", error)
            self._turn_out(turn)

    def _turn_out(self, turn: Turn) -> None:
        """Cut off the screens whose session or pairing has ended, or whose scope has changed.
        Paired ones are many: they are asked about when one of them has changed, else rarely."""
        changes = self._screen_changes()
        all_of_them = changes != self._changes_seen or self._looks % _LOOKS_AT_ALL == 0
        self._changes_seen, self._looks = changes, self._looks + 1
        may: dict[tuple[object, ...], bool] = {}
        for screen in self._screens:
            if screen.tokens.device and not screen.tokens.session and not all_of_them:
                continue
            key = (screen.tokens, screen.rights, screen.view)
            if key not in may:
                try:
                    may[key] = self._may_go_on(screen)
                except CockpitError as error:  # nobody can tell: as it was
                    log.debug("nobody can tell who may look: %s", error)
                    if error.code not in _TOLD_AT_ONCE:
                        return
                    may[key] = True
            if not may[key]:
                screen.outlet.cut_off()
            turn.give_way()

    def _may_go_on(self, screen: Screen) -> bool:
        region = screen.view.partition("/")[0]
        return all(
            self.gates.may_watch(screen.tokens, right, region, screen.view)
            for right in screen.rights
        )

    def _answered(self, screen: Screen, *answer: Any) -> None:
        screen.asked = False
        report = read_report(answer, self._clock.now())
        if report is None:
            self._metrics.bad_reports.inc()
        else:
            screen.report = report

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
