"""What a ledger is: one question about the district, answered by `apply` and `advance`.

The projector owns the ledgers and is the only caller; nothing here is safe for two threads.
"""

from collections import defaultdict
from typing import Any, Protocol, runtime_checkable

from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.ledgers.journal import Journal
from cockpit.ledgers.members import Members

RECENT = 12  # lines of the ticker


class Ledger(Protocol):
    """One ledger. `touched` collects the indices of regions whose numbers changed."""

    touched: set[int]
    types: frozenset[str]
    journal: Journal | None

    def apply(self, event: Event, region: int, n: int, now: int) -> None:
        """Take in an event of `types` with log number n; its region by index.

        Raises CockpitError with the code of the refusal; then nothing has changed.
        """

    def advance(self, now: int) -> None:
        """Let time pass: every crossing up to and including `now` takes effect."""

    def metrics(self, region: int) -> dict[str, Any]:
        """Every number of the region under its contract name, nothing hidden."""

    def members(self, region: int, metric: str) -> Members | None:
        """The subjects that make up a number of the region; None when it is none of these, or
        counts no subjects."""

    def dump(self) -> Any:
        """The whole state as plain values."""

    def load(self, state: Any) -> None:
        """Take the state of a dump in place of one's own."""


@runtime_checkable
class Opening(Ledger, Protocol):
    """A ledger whose subjects must be opened, by an event of type `opener`, before anything else
    can happen to them. `unknown` is the code for an event whose subject never was."""

    opener: str
    unknown: str

    def knows(self, key: str) -> bool:
        """Whether the subject was opened."""


class Placed:
    """Regions and rules at hand, and the newest happenings of every region with a wall."""

    def __init__(self, regions: Regions, rules: Rules) -> None:
        self.regions, self.rules = regions, rules
        self.size = len(regions)
        self.chains = [region.chain for region in regions.all]
        self.touched: set[int] = set()
        self.journal: Journal | None = None  # somebody keeps records when it is there
        self.recent: dict[int, list[tuple[int, int, dict[str, Any]]]] = defaultdict(list)

    def remember(self, time: int, n: int, region: int, line: dict[str, Any]) -> None:
        """Keep a line for the ticker of the region's walls: newest by (time, number)."""
        line = {**line, "place": region}
        for index in self.chains[region]:
            lines = self.recent[index]
            # Nearly always the newest of all: found at the first look.
            place = next((i for i, old in enumerate(lines) if (time, n) > old[:2]), len(lines))
            lines.insert(place, (time, n, line))
            del lines[RECENT:]
