"""What is late raises itself: the 督办 ladder of cases and late whistles, each step an event.

A chore of the role `desk`, done by one process at a time. What to raise is found in the archive's
rows and appended only if nothing newer speaks of the subject; the id of a step names the subject,
the level and the deadline, so no restart and no second process says it twice.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from cockpit.clock import HOUR, MINUTE, SECOND, Clock, to_text
from cockpit.domain.events import DESK, ESCALATION, Event, EventReader
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ports import Entry, Lock, Log
from datasource.desk.handlers import Handlers
from datasource.desk.late import Late, Raise
from datasource.guarded_log import GuardedLog

_EVERY_SECONDS = 1.0
_ALIVE_EVERY = 10 * SECOND
# What had passed longer ago when the desk was started for the first time is left to people.
_FIRST_LOOK_BACK = HOUR
# Decided only by a picture that is not older, in the clock's time and in real seconds.
_FRESH, _FRESH_SECONDS = MINUTE, 5.0
_LONGEST_ID = 256


class Doors(Struct, frozen=True):
    """Where escalation reads and writes. `entry` is an archived entry of the log by its number;
    `wanted` tells whether the site is at work at all; `simulated`: the district tells its past
    first."""

    late: Late
    log: Log
    guarded: GuardedLog
    entry: Callable[[int], Entry | None]
    lock: Lock
    clock: Clock
    wanted: Callable[[], bool]
    simulated: bool


class Escalation(Handlers):
    """Implements `datasource.desk.worker.Family`; answers no questions."""

    def __init__(self, doors: Doors, regions: Regions, rules: Rules) -> None:
        super().__init__({})
        self._doors, self._district = doors, regions.district.code
        self._reader = EventReader(regions, rules, own=True)
        self._next = 0.0
        self._alive = 0

    def rest(self) -> None:
        if time.monotonic() < self._next or not self._doors.lock.keep():
            return
        self._next = time.monotonic() + _EVERY_SECONDS
        if self._doors.wanted():
            self.step()

    def step(self) -> int:
        """Raise what is to be raised now; answers how many steps were said."""
        doors, now = self._doors, self._doors.clock.now()
        oldest = now - max(_FRESH, int(_FRESH_SECONDS * doors.clock.speed * SECOND))
        seen = doors.late.look(now, oldest, first=now - _FIRST_LOOK_BACK)
        # On a quiet site the signs of life themselves keep the picture fresh. A simulated past
        # is told in its own order, and nothing may come between.
        if seen.end.received >= oldest or not doors.simulated:
            self._sign(now)
        until = doors.entry(seen.end.n) if seen.steps else None
        return self._raise(seen.steps, until, now) if until is not None else 0

    def _raise(self, steps: Iterable[Raise], until: Entry, now: int) -> int:
        said = 0
        for step in steps:
            event = self._event(step, now)
            kept = self._doors.guarded.append(event, self._doors.clock.now(), until, step.subject)
            if kept.outcome in {"behind", "full"}:
                break
            said += kept.outcome == "done"
        return said

    def _event(self, step: Raise, now: int) -> Event:
        kind = {"case": "case.supervised", "whistle": "whistle.escalated"}
        return self._read(
            now, ESCALATION, f"{step.subject}-{step.level}-{step.due}",
            type=kind[step.subject.partition("/")[0]], subject=step.subject, region=step.region,
            data={"level": step.level},
        )  # fmt: skip

    def _sign(self, now: int) -> None:
        """The signs of life of the sources that speak from here."""
        if now - self._alive < _ALIVE_EVERY:
            return
        self._alive = now
        signs = [
            self._read(
                now, source, f"alive-{now}",
                type="source.alive", subject=source, region=self._district,
            )
            for source in (ESCALATION, DESK)
        ]  # fmt: skip
        self._doors.log.append(signs, now)

    def _read(self, now: int, source: str, event_id: str, **more: Any) -> Event:
        message = {
            "specversion": "1.0", "id": event_id[-_LONGEST_ID:], "source": source,
            "time": to_text(now), **more,
        }  # fmt: skip
        return self._reader.read(msgspec.json.encode(message), now)
