"""A projector of the past: the newest checkpoint before an instant, the archived entries and dead
letters after it, and the passing of time up to it.
"""

import logging
from collections import deque
from collections.abc import Callable

from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Archive, DeadLetter, Geography
from cockpit.projector import Projector
from datasource.rules_in_force import Changes, rules_at

_logger = logging.getLogger(__name__)

_PAGE = 5000  # entries read at once
_LETTERS = 200
_FAR = 20_000  # entries from where a checkpoint is nearer than the projector at hand


class Tape:
    """One projector that only moves forward through the archive."""

    def __init__(
        self,
        archive: Archive,
        regions: Regions,
        changes: Changes,
        geography: Callable[[Rules], Geography],
        instant: int,
    ) -> None:
        """Stands at the newest checkpoint that lies not after `instant`, else at the beginning:
        also when an earlier build has made the checkpoint and it cannot be read any more."""
        self._archive, self._geography = archive, geography
        self._ahead: deque[DeadLetter] = deque()
        self._more = True  # letters may be there that were not read
        found = archive.checkpoint(n=archive.number_at(instant), at=instant)
        if found:
            self._rules = rules_at(changes, found.n)
            self.projector = Projector(regions, self._rules, geography(self._rules))
            self._letters_read = found.letters
            try:
                self.projector.load(found.body)
                return
            except CockpitError as error:
                _logger.warning("%s; the archive is folded from its beginning", error)
        self._rules = rules_at(changes, 1)
        self.projector = Projector(regions, self._rules, geography(self._rules))
        self._letters_read = "0"

    def is_near(self, instant: int) -> bool:
        """Whether the shortest way to the instant is to go on from here."""
        ahead = self._archive.number_at(instant) - self.projector.seq
        return self.projector.now <= instant and ahead <= _FAR

    def forward(self, instant: int, changes: Changes) -> None:
        """Fold what was received up to `instant` and let time pass up to it, as it did live."""
        projector, last = self.projector, self._archive.number_at(instant)
        self._more = True
        while projector.seq < last and (found := self._archive.read(projector.seq, _PAGE)):
            for entry in found:
                if entry.n > last:
                    break
                self._hear(entry.received)
                rules = rules_at(changes, entry.n)
                if rules is not self._rules:
                    projector.adopt(rules, self._geography(rules))
                    self._rules = rules
                projector.fold(entry)
            projector.take_refusals()
        self._hear(instant)
        projector.advance(instant)
        projector.take_refusals()  # live put them into the dead letters, where they are heard

    def _hear(self, until: int) -> None:
        while self._ahead or (self._more and self._fetch()):
            if self._ahead[0].at > until:
                return
            self.projector.hear_dead(self._ahead.popleft())

    def _fetch(self) -> bool:
        found = self._archive.letters(self._letters_read, _LETTERS)
        if found:
            self._letters_read = found[-1][0]
            self._ahead.extend(letter for _, letter in found)
        self._more = len(found) == _LETTERS
        return bool(found)
