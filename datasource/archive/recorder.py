"""The archive's own fold: out of entries and dead letters the rows that SQL keeps of them.

The same projector as the live one, along the same log, so a row can say nothing else than a
screen did. Every row follows from the log alone: folded again, it comes out the same.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from cockpit.clock import MINUTE
from cockpit.domain import calendar as days
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.journal import Journal
from cockpit.ports import Checkpoint, DeadLetter, Entry, Geography
from cockpit.projector import Projector
from datasource.archive import rows
from datasource.database.batch import Batch, Sample
from datasource.rules_in_force import Changes, rules_at

HALF_HOUR = 30 * MINUTE
# Entries after which the end of a half-hour is worth a checkpoint (folded in under a second); a
# tenth of them at the end of a day.
_CHECKPOINT_ENTRIES = 20_000
# Regions whose numbers are kept by the half-hour; grids are in the cases, sessions and visits.
SAMPLED_LEVELS = ("district", "zone", "street", "community")


class Recorder:
    """Folds along the log and collects what is to be written. `sampled` is the last end of a
    half-hour whose numbers were taken; none before it is taken again."""

    def __init__(
        self, regions: Regions, changes: Changes, geography: Callable[[Rules], Geography]
    ) -> None:
        self._regions, self._changes, self._geography = regions, changes, geography
        self._begin(0)
        self._ahead: deque[tuple[str, DeadLetter]] = deque()
        self.letters = "0"  # stream id of the last dead letter that was heard
        self.sampled = 0
        self._places = [r for r in regions.all if r.level in SAMPLED_LEVELS]
        # By ledger, then region: what was taken last.
        self._parts: dict[str, dict[str, dict[str, float]]] = {}

    def _begin(self, n: int) -> None:
        """A projector that has folded nothing, under the rules in force for the entry after n."""
        rules = rules_at(self._changes, n + 1)
        self._rules, self._hidden = rules, rows.not_sampled(rules)
        self.projector = Projector(self._regions, rules, self._geography(rules))
        self._journal = Journal()
        self.projector.keep_records(self._journal)

    def load(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint. Raises CockpitError `ledger.unreadable`."""
        # It was made before the entry after it: by the rules of its last one.
        self._begin(checkpoint.n - 1)
        self.projector.load(checkpoint.body)
        self.letters = checkpoint.letters

    def try_on(self, rules: Rules) -> None:
        """Find out whether it could go on under these rules; nothing is changed. Raises
        CockpitError `ledger.unreadable` when they lack what is in use."""
        Projector(self._regions, rules, self._geography(rules)).load(self.projector.dump())

    # -- the fold ------------------------------------------------------------------------

    def hear(self, letters: Sequence[tuple[str, DeadLetter]]) -> None:
        """Dead letters that were read; each is heard in its place among the entries."""
        self._ahead.extend(letters)

    def crosses(self, instant: int) -> bool:
        """Whether a half-hour ends before something received at an instant."""
        return instant >= self.sampled + HALF_HOUR

    def worth_a_checkpoint(self, instant: int, folded: int) -> bool:
        """Whether the half-hour that ends before something received at an instant gets a
        checkpoint, so many entries after the last one: replays begin there."""
        new_day = days.day_of(instant) != days.day_of(self.projector.now)
        return folded >= (_CHECKPOINT_ENTRIES // 10 if new_day else _CHECKPOINT_ENTRIES)

    @property
    def rule_sets(self) -> int:
        """How many rules it knows to have been in force."""
        return len(self._changes)

    def forgets_at(self, instant: int) -> bool:
        """Whether the ledgers may forget something noted, but not yet finished, when time passes
        up to the instant: sessions of an earlier day, once a patrol day begins."""
        return any(day < days.day_of(instant) for _, day in self._journal.walked)

    def fold(self, entry: Entry, batch: Batch) -> None:
        """Fold the next entry; what else it comes to goes into the batch by `finish`."""
        self._adopt(entry.n)
        self._hear_until(entry.received)
        self._sample_until(entry.received, batch)
        batch.entries.append((entry, self.projector.fold(entry)))

    def pass_time(self, now: int, batch: Batch) -> None:
        """Nothing more is to come that was received before `now`."""
        self._hear_until(now)
        self._sample_until(now, batch)
        self.projector.advance(now)

    def _adopt(self, n: int) -> None:
        rules = rules_at(self._changes, n)
        if rules is not self._rules:
            self.projector.adopt(rules, self._geography(rules))
            self._journal.persons |= self.projector.ledgers.people.moved
            self._rules, self._hidden = rules, rows.not_sampled(rules)

    def _hear_until(self, instant: int) -> None:
        while self._ahead and self._ahead[0][1].at <= instant:
            self.letters, letter = self._ahead.popleft()
            self.projector.hear_dead(letter)

    def _sample_until(self, instant: int, batch: Batch) -> None:
        if not self.sampled:
            self.sampled = instant - instant % HALF_HOUR
        while self.crosses(instant):
            self.sampled += HALF_HOUR
            # The end of the half-hour belongs to the next one: at midnight today is over.
            self.projector.advance(self.sampled - 1)
            batch.samples.append(Sample(self.sampled, self._numbers()))

    def _numbers(self) -> dict[str, dict[str, float]]:
        """The numbers of the regions where they changed since the last half-hour, and at midnight
        those of all: whoever reads a half-hour never has to look back further than a day."""
        changed: set[Region] = set()
        for name, ledger in self.projector.ledgers.by_name.items():
            if name == "stream":  # of the passing moment only
                continue
            parts = self._parts.setdefault(name, {})
            for place in self._places:
                if place.index in ledger.touched or place.code not in parts:
                    part = self._part(ledger.metrics(place.index))
                    if part != parts.get(place.code):
                        parts[place.code] = part
                        changed.add(place)
            ledger.touched.clear()
        midnight = days.day_start(days.day_of(self.sampled)) == self.sampled
        told = self._places if midnight else [p for p in self._places if p in changed]
        return {
            place.code: {k: v for part in self._parts.values() for k, v in part[place.code].items()}
            for place in told
        }

    def _part(self, metrics: dict[str, Any]) -> dict[str, float]:
        return {
            name: value
            for name, value in metrics.items()
            if value is not None and (value or name.endswith("_rate")) and name not in self._hidden
        }

    # -- what it comes to ----------------------------------------------------------------

    def finish(self, batch: Batch) -> list[DeadLetter]:
        """Put into the batch what the ledgers noted since the last one; answers what they
        refused."""
        journal, ledgers, regions = self._journal, self.projector.ledgers, self._regions
        batch.cases = [
            rows.case_row(regions, key, ledgers.cases.record(key)) for key in sorted(journal.cases)
        ]
        batch.whistles = [
            rows.whistle_row(regions, key, ledgers.whistles.record(key))
            for key in sorted(journal.whistles)
        ]
        for key in sorted(journal.persons):
            person = ledgers.people.record(key)
            if person is None:
                batch.gone.append(key)
            else:
                batch.persons.append(rows.person_row(regions, key, person))
        batch.alerts = [
            rows.alert_row(regions, key, ledgers.alerts.record(key))
            for key in sorted(journal.alerts)
        ]
        batch.visits = [rows.visit_row(regions, made) for made in journal.visits]
        batch.moments = [rows.moment_row(regions, moment) for moment in journal.moments]
        for worker, day in sorted(journal.walked):
            sessions = ledgers.patrols.sessions(worker, day)
            # None: the day has been forgotten since, with all that is in SQL already.
            if sessions:
                batch.walked[worker, day] = rows.session_rows(regions, worker, day, sessions)
        self._journal = Journal()
        self.projector.keep_records(self._journal)
        return self.projector.take_refusals()

    def checkpoint(self) -> Checkpoint:
        """The state as it is now."""
        projector = self.projector
        return Checkpoint(projector.seq, projector.now, self.letters, projector.dump())
