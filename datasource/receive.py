"""One way in for messages, whatever brought them: judge, append, keep the rest as dead letters."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from cockpit.clock import Clock
from cockpit.domain.events import Event, EventReader
from cockpit.errors import CockpitError
from cockpit.ports import Appended, DeadLetter, DeadLetters, Log, Room

Check = Callable[[Event], None]


class Rejected(Struct, frozen=True):
    """A message that did not pass: its place in the batch, the code and the reason."""

    index: int
    code: str
    reason: str


class Receipt(Struct, frozen=True):
    """What became of a batch; the three add up to its length."""

    accepted: int
    duplicates: int
    rejected: list[Rejected]


class Judged(Struct, frozen=True):
    """A batch, judged at the instant `received`, not yet kept."""

    received: int
    events: list[Event]
    letters: list[DeadLetter]
    rejected: list[Rejected]


class Receiver:
    """Takes messages of the contract events.md."""

    def __init__(
        self, log: Log, dead_letters: DeadLetters, reader: EventReader, clock: Clock
    ) -> None:
        self._log, self._dead_letters = log, dead_letters
        self._reader, self._clock = reader, clock

    def receive(self, messages: Sequence[bytes], check: Check | None = None) -> Receipt:
        """Judge and keep a batch; answers when the log and the dead letters have it. `check`
        raises a CockpitError for an event that its sender may not send.

        Raises CockpitError `redis.unreachable`, `redis.refused` or `log.full` when it could not
        all be kept; sending the same again loses and doubles no event.
        """
        judged = self.judge(messages, check)
        appended = self.append(judged)
        self.put(judged)
        return Receipt(appended.accepted, appended.duplicates, judged.rejected)

    def receive_past(self, messages: Sequence[bytes]) -> Receipt:
        """The same for what a simulated district has been before its start: each event counts as
        received when it happened, so that its past can be looked at as any other."""
        judged = self.judge(messages)
        appended = self._log.append(judged.events, None)
        self.put(judged)
        return Receipt(appended.accepted, appended.duplicates, judged.rejected)

    def judge(self, messages: Sequence[bytes], check: Check | None = None) -> Judged:
        """Read each message; never raises for what is in it, nor for what `check` says."""
        judged = Judged(self._clock.now(), [], [], [])
        for index, raw in enumerate(messages):
            try:
                event = self._reader.read(raw, judged.received)
                if check is not None:
                    check(event)
                judged.events.append(event)
            except CockpitError as error:
                reason = error.text()
                judged.rejected.append(Rejected(index, error.code, reason))
                judged.letters.append(DeadLetter(raw, error.code, reason, judged.received))
        return judged

    def append(self, judged: Judged) -> Appended:
        """Append the good ones, received now; may be repeated when it raises."""
        # Not at the instant of judging: a batch that had to wait would be dated before others
        # that were appended meanwhile, and seem to have come earlier than it did.
        return self._log.append(judged.events, self._clock.now())

    def room(self) -> Room | None:
        """How full the log is; None when it takes any number."""
        return self._log.room()

    def put(self, judged: Judged, once: str | None = None) -> None:
        """Keep the bad ones; may be repeated with the same `once` when it raises."""
        self._dead_letters.put(judged.letters, once)
