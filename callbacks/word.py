"""What this web server says of itself to the others, and what it must say to its screens."""

import time
from collections.abc import Sequence

from callbacks.health import GatewayMetrics
from callbacks.readiness import faults_of
from cockpit.ports import Sessions, Stats
from cockpit.watching import ConnectedScreen, ScreensBoard

# A long list costs Redis and everyone who reads it; the status of few screens is fresher.
_LONG, _LONG_EVERY_SECONDS = 200, 5.0


class ServerWord:
    """Told of the screens about every two seconds, writes the figures of role `serve` and the
    board of screens, and learns what all screens must be told: the faults of the site, and that
    paired screens have changed."""

    def __init__(
        self, stats: Stats, board: ScreensBoard, sessions: Sessions, metrics: GatewayMetrics
    ) -> None:
        self._stats, self._board, self._metrics = stats, board, metrics
        self._sessions = sessions
        self._next_board = 0.0
        self._faults: tuple[str, ...] = ()
        self._changes = 0

    def notices(self) -> Sequence[str]:
        """The codes of faults that no frame tells, as known from the last word."""
        return self._faults

    def screen_changes(self) -> int:
        """How often paired screens have changed, as known from the last word."""
        return self._changes

    def __call__(self, screens: Sequence[ConnectedScreen]) -> None:
        """Raises CockpitError `redis.unreachable` or `redis.refused` when nobody was told."""
        self._stats.write("serve", self._metrics.figures(len(screens)))
        self._faults = tuple(faults_of(self._stats.all()))
        self._changes = self._sessions.screen_changes()
        now = time.monotonic()
        if now >= self._next_board:
            self._board.write(screens)
            self._next_board = now + (_LONG_EVERY_SECONDS if len(screens) > _LONG else 0.0)
