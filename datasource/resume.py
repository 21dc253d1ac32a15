"""Where a fold begins: the archive's newest checkpoint that can be read, and the rules along the
log from there on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import MsgspecError

from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Archive, Checkpoint, Geography, RuleSet
from datasource.follower import Fold
from datasource.rules_in_force import Change, behind, changes_of, rules_at

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Start:
    """A projector that has folded the log up to its `seq`, the stream id of the last dead letter
    that it heard, the rules that come into force behind, and how it adopts them."""

    projector: Fold
    letters: str
    changes: Sequence[Change]
    adopt: Callable[[Rules], None]


class Resume:
    """Makes projectors that go on from the archive, and puts this process's rules in force.

    `rules_text` are the rules of this process. All methods raise CockpitError
    `archive.unreachable` when the archive does not answer, and may be repeated.
    """

    def __init__(
        self,
        archive: Archive,
        rules_text: str,
        make_projector: Callable[[Rules, Geography], Fold],
        make_geography: Callable[[Rules], Geography],
    ) -> None:
        self._archive, self._rules_text = archive, rules_text
        self._make_projector, self._make_geography = make_projector, make_geography
        self._sets: list[RuleSet] = []

    def begin(self, head: int) -> Start:
        """A projector as of the newest checkpoint that has folded nothing above `head`."""
        # The very first rules hold from number 1, whoever comes first with them.
        self._sets = self._archive.rule_sets() or self._archive.adopt_rules(self._rules_text, head)
        checkpoint = self._archive.checkpoint(n=head)
        while checkpoint is not None:
            start = self._load(checkpoint)
            if start is not None:
                return start
            checkpoint = self._archive.checkpoint(n=checkpoint.n - 1) if checkpoint.n else None
        return self._start(0, "0")

    def _load(self, checkpoint: Checkpoint) -> Start | None:
        start = self._start(checkpoint.n, checkpoint.letters)
        try:
            start.projector.load(checkpoint.body)
        # What else a body can do to its reader that was cut off or written by another build.
        except (CockpitError, MsgspecError, LookupError, TypeError, ValueError) as error:
            _logger.warning("The checkpoint of number %d is passed over: %r", checkpoint.n, error)
            return None
        return start

    def _start(self, n: int, letters: str) -> Start:
        """A projector under the rules that were in force for entry `n`."""
        changes = changes_of(self._sets)
        rules = rules_at(changes, n)
        projector = self._make_projector(rules, self._make_geography(rules))

        def adopt(new: Rules) -> None:
            projector.adopt(new, self._make_geography(new))

        return Start(projector, letters, behind(changes, n), adopt)

    def put_in_force(self, projector: Fold, head: int) -> list[Change] | None:
        """Put the rules of this process in force for the entries after `head`, unless they are.

        Answers the rules that come into force behind what the projector has folded. None when
        some came into force before, of which it was not told: it must begin again. Raises
        CockpitError `ledger.unreadable`, and nothing is changed, when the new rules lack what
        is in use.
        """
        sets = self._archive.rule_sets()
        if sets[-1].text != self._rules_text:
            self._try_on(projector)
            sets = self._archive.adopt_rules(self._rules_text, head)
        untold = sets[len(self._sets) :]
        if any(each.from_n <= projector.seq for each in untold):
            return None
        self._sets = sets
        return behind(changes_of(sets), projector.seq)

    def _try_on(self, projector: Fold) -> None:
        rules = Rules.from_toml(self._rules_text)
        self._make_projector(rules, self._make_geography(rules)).load(projector.dump())
