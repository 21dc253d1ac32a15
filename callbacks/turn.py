"""How tasks share the one event loop."""

import time

import gevent

TURN_SECONDS = 0.002


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
