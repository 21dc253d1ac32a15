"""Looks after the connected screens: asks how they are, tells of them, and ends those that may
look no more.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import gevent

from callbacks.gates import Gates
from callbacks.health import GatewayMetrics
from callbacks.screens import Screen, Screens, read_report
from callbacks.turn import TURN_SECONDS, Turn
from cockpit.clock import Clock
from cockpit.errors import CockpitError
from cockpit.watching import ConnectedScreen

log = logging.getLogger(__name__)

# Real seconds between two looks after the screens: who is asked, and what others are told.
LOOK_SECONDS = 2.0
# The desk is away or busy; everything else is only known after a long wait.
_TOLD_AT_ONCE = ("query.unavailable", "query.busy")
# Of so many looks one asks about every screen, whatever has been heard of changes.
_LOOKS_AT_ALL = 15


class Caretaker:
    """`ask` sends the question for its health to a screen, with what is to hear the answer.
    `screen_changes` answers at once how often paired screens have changed. `report` is told of
    all screens every two seconds and may wait; when it raises a CockpitError, that list was in
    vain."""

    def __init__(
        self,
        screens: Screens,
        gates: Gates,
        clock: Clock,
        metrics: GatewayMetrics,
        ask: Callable[[Screen, Callable[..., None]], None],
        screen_changes: Callable[[], int],
        report: Callable[[Sequence[ConnectedScreen]], None],
    ) -> None:
        self._screens, self._gates, self._clock, self._metrics = screens, gates, clock, metrics
        self._ask, self._screen_changes, self._report = ask, screen_changes, report
        self._changes_seen, self._looks = 0, 0

    def look_after(self) -> None:
        """The task itself; it does not end."""
        turn = Turn(rest=5 * TURN_SECONDS)  # frames come first
        while True:
            gevent.sleep(LOOK_SECONDS)
            for screen in self._screens:
                # A question stays open until the page has something to say: every 20 s, and
                # when it becomes live. So at most one waits for each screen.
                if not screen.asked and screen.outlet.clear:
                    screen.asked = True
                    self._ask(screen, partial(self._answered, screen))
                turn.give_way()
            try:
                self._report([screen.told() for screen in self._screens])
            except CockpitError as error:  # whoever is told there cannot see it either
                log.debug("nobody was told of the screens: %s", error)
            self._turn_out(turn)

    def _answered(self, screen: Screen, *answer: Any) -> None:
        screen.asked = False
        report = read_report(answer, self._clock.now())
        if report is None:
            self._metrics.bad_reports.inc()
        else:
            screen.report = report

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
            self._gates.may_watch(screen.tokens, right, region, screen.view)
            for right in screen.rights
        )
