"""The time machine: the picture of any view at any archived instant, by the same fold as live.

Replays that are gone on with keep their projector (datasource/tape.py); that spares folding and
changes nothing else. One thread owns all of this.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from cockpit.clock import SECOND, Clock, to_text
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Archive, Geography, RuleSet
from cockpit.projector import Projector
from datasource.asking import ANSWER_SECONDS
from datasource.questions import FrameAt, Go, Replay
from datasource.rules_in_force import Changes, changes_of
from datasource.tape import Tape

IDLE_SECONDS = 300.0
EPOCH = "replay"
# The projector that is nobody's: all bare frames go on with it, so that whoever asks for them
# along time is spared the folding.
_SPARE = ""
# The one that lists of now go on with, at the archive's end.
_LIVE = "live"
AHEAD = 5 * SECOND
MILLISECOND = 1000


class Jumps(Protocol):
    """Finds what one can jump to. Answers instants, None when there is nothing."""

    def event_after(self, region: str, instant: int) -> int | None:
        """Receipt of the first event in a region after an instant; positions and signs of life
        do not count."""

    def event_before(self, region: str, instant: int) -> int | None:
        """Receipt of the last one at or before an instant."""

    def moment_after(self, region: str, kind: str, instant: int) -> int | None:
        """The first moment of a kind in a region after an instant."""

    def moment_before(self, region: str, kind: str, instant: int) -> int | None:
        """The last one at or before an instant."""


class Replays:
    """Answers `Replay` and `FrameAt`."""

    def __init__(
        self,
        archive: Archive,
        jumps: Jumps,
        regions: Regions,
        geography: Callable[[Rules], Geography],
        clock: Clock,
        worker: str,
        limit: int,
        head: Callable[[], int] | None = None,
    ) -> None:
        """`worker` begins every session's name; `limit`: projectors kept, the least recently used
        go first. `head` answers the last number of the log; None: whether there is more than the
        archive holds is not known."""
        self._archive, self._jumps, self._regions, self._clock = archive, jumps, regions, clock
        self._geography = geography
        self._rule_sets: list[RuleSet] = []
        self._changes: Changes = []
        self._worker, self._limit, self._head = worker, limit, head
        self._first: int | None = None
        # By session, the least recently used first, each with the real time of its last use.
        self._tapes: OrderedDict[str, tuple[Tape, float]] = OrderedDict()

    @property
    def open(self) -> int:
        """How many projectors are kept."""
        return len(self._tapes)

    def drop_idle(self, seconds: float = IDLE_SECONDS) -> None:
        """Let go of what nobody has asked for so many real seconds."""
        now = time.monotonic()
        while self._tapes and next(iter(self._tapes.values()))[1] <= now - seconds:
            self._tapes.popitem(last=False)

    def picture(self, asked: Replay) -> tuple[dict[str, str], bytes]:
        """What the answer says beside the frame, and the frame.

        Raises CockpitError `archive.empty`, `replay.out_of_range` or `replay.nothing_there`.
        """
        first, last = self._range(asked.at)
        at = min(asked.at, last)
        if asked.go is not None:
            at = self._moved(asked.view.partition("/")[0], at, asked.go)
            if not first <= at <= last:
                raise CockpitError("replay.nothing_there")
        session = asked.session if asked.session in self._tapes else self._new_session()
        frame = self._frame(session, asked.view, at)
        texts = {"at": to_text(at), "session": session, "first": to_text(first)}
        return {**texts, "last": to_text(last)}, frame

    def frame(self, asked: FrameAt) -> bytes:
        """The bare frame. Raises CockpitError `archive.empty` or `replay.out_of_range`."""
        _, last = self._range(asked.at)
        return self._frame(_SPARE, asked.view, min(asked.at, last))

    def projector_at(self, at: int | None) -> Projector:
        """A projector as it stood at an instant; None, or one which the archive has not come to:
        as far as it has. To be read only. Raises CockpitError `archive.empty` or
        `replay.out_of_range`."""
        now = self._clock.now()
        # A screen's idea of now may be a moment ahead.
        ahead = at is not None and now < at <= now + AHEAD
        _, last = self._range(now if at is None or ahead else at)
        if at is not None and at <= last:
            return self._stand(_SPARE, at)
        # With all of the log archived, nothing more has happened up to now. What has been shown
        # since stays: the projector at hand never goes back for those who ask for the end.
        known = max(last, now // MILLISECOND * MILLISECOND if self._is_whole() else last)
        if kept := self._tapes.get(_LIVE):
            known = max(known, kept[0].projector.now)
        return self._stand(_LIVE, known if at is None else min(at, known))

    def _is_whole(self) -> bool:
        """Whether the archive holds all that the log does."""
        return self._head is not None and self._archive.end().n >= self._head()

    def _new_session(self) -> str:
        return f"{self._worker}-{uuid4().hex[:8]}"

    def _range(self, at: int) -> tuple[int, int]:
        """The earliest and the latest instant that can be shown. Both, like every instant to
        which one can move, are whole milliseconds, which is what texts and browsers know."""
        if self._first is None:
            begin = self._archive.read(0, 1)
            if not begin:
                raise CockpitError("archive.empty")
            self._first = _whole(begin[0].received)
        first, last = self._first, _whole(self._archive.end().received)
        if not first <= at <= max(last, self._clock.now()):
            facts = {"first": to_text(first), "last": to_text(last)}
            raise CockpitError("replay.out_of_range", at=to_text(at), **facts)
        return first, last

    def _moved(self, region: str, at: int, go: Go) -> int:
        before = _whole(at) - MILLISECOND
        found = {
            "next": lambda: self._jumps.event_after(region, at),
            "previous": lambda: self._jumps.event_before(region, before),
            "overdue": lambda: self._jumps.moment_after(region, "whistle_overdue", at),
            "alert": lambda: self._jumps.moment_after(region, "alert", at),
            "back_overdue": lambda: self._jumps.moment_before(region, "whistle_overdue", before),
            "back_alert": lambda: self._jumps.moment_before(region, "alert", before),
        }[go]()
        if found is None:
            raise CockpitError("replay.nothing_there")
        return _whole(found)

    def _frame(self, session: str, view: str, at: int) -> bytes:
        return self._stand(session, at).frame(view, EPOCH, 0)

    def _stand(self, session: str, at: int) -> Projector:
        """The projector of a session, gone on to an instant."""
        self._look_for_rules()
        begun = time.monotonic()
        tape = self._take(session, at) or self._take(_SPARE, at)
        if tape is None:
            while len(self._tapes) >= self._limit:
                self._tapes.popitem(last=False)
            tape = Tape(self._archive, self._regions, self._changes, self._geography, at)
        tape.forward(at, self._changes)
        now = time.monotonic()
        # Nobody waits any more who could learn the session's name: the next one goes on from it.
        late = now - begun > ANSWER_SECONDS
        self._tapes[_SPARE if late else session] = tape, now
        return tape.projector

    def _take(self, session: str, at: int) -> Tape | None:
        """The projector of a session, if it can go on to `at`; the session has none then."""
        kept = self._tapes.pop(session, None)
        return kept[0] if kept and kept[0].is_near(at) else None

    def _look_for_rules(self) -> None:
        found = self._archive.rule_sets()
        if found != self._rule_sets:
            self._rule_sets, self._changes = found, changes_of(found)


def _whole(instant: int) -> int:
    """The first whole millisecond at which something of this instant is over."""
    return -(-instant // MILLISECOND) * MILLISECOND
