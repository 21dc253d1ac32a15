"""The one fold: log entries and the passing of time → ledgers → frames. No IO.

`fold` and `advance` are the only ways in. One thread owns a projector.
"""

from bisect import insort
from collections import deque

import msgspec

from cockpit.clock import MINUTE, SECOND
from cockpit.collector import collector_paused
from cockpit.domain.events import Event, decode
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ledgers import Ledgers
from cockpit.ledgers.base import Ledger, Opening
from cockpit.ledgers.journal import Journal
from cockpit.ports import DeadLetter, Entry, Geography
from cockpit.views import Views

DUMP_VERSION = 2
MAX_PARKED = 200_000  # early events waiting at one time; beyond, they are refused
# How long after its time an early event is still kept. What opens it may have been received in
# time and yet be folded after a tick; only the instants of receipt decide, as in any replay.
PARKING_GRACE = 30 * SECOND


class Projector:
    """Folds a district's log. `seq` is the number of the last folded entry."""

    def __init__(self, regions: Regions, rules: Rules, geography: Geography) -> None:
        self._regions = regions
        self._refusals: list[DeadLetter] = []
        self._journal: Journal | None = None
        self._build(rules, geography)

    def _build(self, rules: Rules, geography: Geography) -> None:
        """Everything that follows from the rules, with nothing folded."""
        regions = self._regions
        self._rules = rules
        self.ledgers = Ledgers(regions, rules, geography)
        self._views = Views(regions, rules, self.ledgers)
        self.views = self._views.names
        # Of every type its ledger; a second time where the subject must have been opened.
        self._routes: dict[str, tuple[Ledger, Opening | None]] = {}
        self._openers: dict[str, Opening] = {}
        for ledger in self.ledgers.by_name.values():
            self._add_routes(ledger)
        self.seq = 0
        self.now = 0
        # Early events by (ledger's refusal code, subject), and in the order of their receipt.
        self._parked: dict[tuple[str, str], list[Entry]] = {}
        self._waiting: deque[tuple[int, tuple[str, str], int]] = deque()

    def _add_routes(self, ledger: Ledger) -> None:
        opening = ledger if isinstance(ledger, Opening) else None
        for name in ledger.types:
            self._routes[name] = (ledger, opening)
        if opening is not None:
            self._routes[opening.opener] = (ledger, None)
            self._openers[opening.opener] = opening

    # -- the fold ------------------------------------------------------------------------

    def adopt(self, rules: Rules, geography: Geography) -> None:
        """Go on under other rules. Deadlines in force stay as they were set; what begins from
        now on, and when visits are due, follows the new ones.

        Raises CockpitError `ledger.unreadable` when the new rules lack what is in use."""
        state, journal = self.dump(), self._journal
        self._build(rules, geography)
        self.load(state)
        if journal is not None:
            self.keep_records(journal)

    def keep_records(self, journal: Journal) -> None:
        """Let every ledger note from now on what it does."""
        self._journal = journal
        for ledger in self.ledgers.by_name.values():
            ledger.journal = journal

    def fold(self, entry: Entry) -> Event | None:
        """Take in the next entry of the log. Answers the event in it, whatever became of it; None
        when there is none."""
        self.advance(entry.received)
        self.seq = entry.n
        self._views.stream = None
        if entry.faded is not None:
            # Only positions that changed nothing fade; the stream still counts them.
            self.ledgers.stream.hear_of(
                entry.faded.source, entry.faded.sequence, "patrol.pinged", entry.received
            )
            return None
        try:
            event = decode(entry.raw)
            ledger, opening = self._routes[event.type]
            self._regions.get(event.region)
        except (
            msgspec.MsgspecError,
            UnicodeDecodeError,
            RecursionError,
            LookupError,
            CockpitError,
        ):
            # Somebody wrote into the stream past the reader: one bad entry stops nothing.
            self._refuse(entry, CockpitError("log.foreign_entry"))
            return None
        self.ledgers.stream.hear_of(event.source, event.sequence, event.type, entry.received)
        if opening is not None and not opening.knows(event.key):
            self._park(opening.unknown, event.key, entry, entry.received)
            return event
        self._apply(ledger, event, entry)
        if event.type in self._openers:
            self._release(self._openers[event.type], event.key, entry.received)
        return event

    def _apply(self, ledger: Ledger, event: Event, entry: Entry) -> None:
        try:
            ledger.apply(event, self._regions.index[event.region], entry.n, self.now)
        except CockpitError as error:
            self._refuse(entry, error)

    def _refuse(self, entry: Entry, error: CockpitError) -> None:
        letter = DeadLetter(entry.raw, error.code, str(error), self.now, entry.n)
        self._refusals.append(letter)

    def _park(self, code: str, key: str, entry: Entry, received: int) -> None:
        """Keep an early event, if its time is not over at the receipt of what is folded now."""
        until = entry.received + self._rules.parking
        if until <= received:
            self._refuse(entry, CockpitError(code))
        elif len(self._waiting) >= MAX_PARKED:
            self._refuse(entry, CockpitError("parking.full"))
        else:
            self._parked.setdefault((code, key), []).append(entry)
            insort(self._waiting, (until + PARKING_GRACE, (code, key), entry.n))

    def _release(self, ledger: Opening, key: str, received: int) -> None:
        """Apply what waited for a subject that has now been opened, and came early enough."""
        for entry in self._parked.pop((ledger.unknown, key), ()):
            event = decode(entry.raw)
            if ledger.knows(key) and received < entry.received + self._rules.parking:
                self._apply(ledger, event, entry)
            else:  # too late, or an event before it has taken the subject away again
                self._park(ledger.unknown, key, entry, received)

    def advance(self, now: int) -> None:
        """Let time pass up to `now`; an instant before the last one changes nothing."""
        if now <= self.now:
            return
        if now // MINUTE != self.now // MINUTE:
            # Ages, minutes in session and yesterday's comparison move with the minute.
            self._views.touch_all()
        self.now = now
        self._views.stream = None
        while self._waiting and self._waiting[0][0] <= now:
            _, place, n = self._waiting.popleft()
            self._expire(place, n)
        for ledger in self.ledgers.by_name.values():
            ledger.advance(now)

    def _expire(self, place: tuple[str, str], n: int) -> None:
        entries = self._parked.get(place, [])
        for entry in [e for e in entries if e.n == n]:
            entries.remove(entry)
            self._refuse(entry, CockpitError(place[0]))
        if not entries:
            self._parked.pop(place, None)

    def hear_dead(self, letter: DeadLetter) -> None:
        """Count a dead letter, and its number in its source's sequence if it can be read. A
        refused entry of the log was heard with its number when it was folded."""
        self._views.stream = None
        source, number = _sender(letter.raw) if letter.n is None else (None, None)
        self.ledgers.stream.hear_dead(letter.at, source, number)

    def take_refusals(self) -> list[DeadLetter]:
        """What ledgers refused since the last call."""
        taken, self._refusals = self._refusals, []
        return taken

    # -- what is seen --------------------------------------------------------------------

    def take_dirty(self) -> set[str]:
        """The views whose picture changed since the last call."""
        return self._views.take_dirty()

    def frame(self, view: str, epoch: str, lag_ms: int) -> bytes:
        """The whole frame of a view as JSON (docs/frames.md), as of the last advance."""
        return self._views.frame(view, epoch, lag_ms, self.seq, self.now)

    def metrics(self, region_code: str) -> dict[str, object]:
        """Every number of any region under its contract name, nothing hidden: for checks, never
        for a screen."""
        return self.ledgers.metrics(self._regions.get(region_code).index)

    # -- dump and load -------------------------------------------------------------------

    def dump(self) -> bytes:
        """The whole state, to be taken up by `load` of a projector of the same rules."""
        return msgspec.msgpack.encode(
            {
                "version": DUMP_VERSION,
                "seq": self.seq,
                "now": self.now,
                "parked": [(*k, v) for k, v in self._parked.items()],
                "waiting": list(self._waiting),
                "ledgers": {name: one.dump() for name, one in self.ledgers.by_name.items()},
            }
        )

    def load(self, data: bytes) -> None:
        """Take the state of a dump in place of one's own.

        Raises CockpitError `ledger.unreadable` for a dump of another version.
        """
        with collector_paused():
            self._load(data)
        self._views.stream = None
        self._views.touch_all()

    def _load(self, data: bytes) -> None:
        state = msgspec.msgpack.decode(data, strict=False)
        if state.get("version") != DUMP_VERSION:
            raise CockpitError("ledger.unreadable", why=state.get("version"))
        self.seq, self.now = state["seq"], state["now"]
        self._parked = {
            (code, key): msgspec.convert(entries, list[Entry])
            for code, key, entries in state["parked"]
        }
        self._waiting = deque(
            (until, (place[0], place[1]), n) for until, place, n in state["waiting"]
        )
        for name, ledger in self.ledgers.by_name.items():
            ledger.load(state["ledgers"][name])


def _sender(raw: bytes) -> tuple[str | None, int | None]:
    """Source and sequence number of a rejected message, as far as it can be read."""
    try:
        envelope = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, None
    if not isinstance(envelope, dict):
        return None, None
    source, number = envelope.get("source"), envelope.get("sequence")
    good = isinstance(number, str) and number.isascii() and number.isdigit() and len(number) <= 18
    return (source if isinstance(source, str) else None), int(str(number)) if good else None
