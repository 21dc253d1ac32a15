"""What the simulator remembers between two runs: how far it has told its world, and the next
running number of each source. Kept together, so that what a crash makes it tell again carries
the same numbers and is a duplicate to the cockpit, not a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cockpit.errors import CockpitError
from datasource.simulator.messages import SOURCES


class Store(Protocol):
    """A small table of texts that outlives the process.

    Both calls raise CockpitError `redis.unreachable` or `redis.refused` and may be repeated.
    """

    def load(self) -> dict[str, str]:
        """All of it; empty before the first save."""

    def save(self, values: Mapping[str, str]) -> None:
        """Replace these, all or none."""


@dataclass(slots=True)
class State:
    """`born` is the first start's instant. The scenario was chosen at `anchor`; `since` is where
    its effect may begin (None: it was there from the first day). Events before `until` have
    been told (None: none yet), and source i goes on with `numbers[i]`."""

    seed: int
    scenario: str
    born: int
    anchor: int
    since: int | None
    until: int | None
    numbers: list[int]

    def texts(self) -> dict[str, str]:
        """The form it is kept in."""
        kept = {
            "seed": str(self.seed), "scenario": self.scenario, "born": str(self.born),
            "anchor": str(self.anchor), "since": _text(self.since),
            "published_until": _text(self.until),
        }  # fmt: skip
        return kept | {f"next:{uri}": str(n) for uri, n in zip(SOURCES, self.numbers, strict=True)}


def open_state(kept: Mapping[str, str], seed: int, scenario: str, now: int) -> State:
    """The state to go on with: what was kept, or a first start at `now`.

    Raises CockpitError `setting.invalid` when the kept world has another seed: its people and
    cases would mix with a stranger's.
    """
    if not kept:
        return State(seed, scenario, now, now, None, None, [1] * len(SOURCES))
    state = State(
        seed=int(kept["seed"]), scenario=kept["scenario"], born=int(kept["born"]),
        anchor=int(kept["anchor"]), since=_number(kept["since"]),
        until=_number(kept["published_until"]),
        numbers=[int(kept.get(f"next:{uri}", "1")) for uri in SOURCES],
    )  # fmt: skip
    if state.seed != seed:
        why = (
            f"the district kept here has seed {state.seed}; use that, or another --data-dir "
            f"for seed {seed}"
        )
        raise CockpitError("setting.invalid", name="--seed", why=why)
    if state.scenario != scenario:
        state.scenario, state.anchor, state.since = scenario, now, now
    return state


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _number(text: str) -> int | None:
    return int(text) if text else None
