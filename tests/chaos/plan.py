"""Which faults a seed means, and when they happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

Kind = Literal["kill", "stop", "cut", "silence", "fill"]
Target = Literal["redis", "intake", "project", "archive", "serve", "query", "database", "disk"]

# Where the clock starts: before the end of a half-hour, of a shift, of a day.
CLOCKS = (
    "2026-11-23T15:29:35+08:00", "2026-11-23T17:29:35+08:00", "2026-11-23T23:59:35+08:00",
)  # fmt: skip
STOPPED_SECONDS = 10.0
PARTS: tuple[Target, ...] = (
    "redis", "intake", "project", "archive", "serve", "query", "database",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What happens to a part: `kill` -9, `stop` (SIGSTOP, then SIGCONT); to the network of Redis:
    `cut` (connections refused), `silence` (nothing comes through, connections stay open); to the
    disk of the data: `fill`. It begins `at` seconds after the round, and is over, or the part is
    started again, after `seconds`. Roles are started again by their supervisor, at its pace."""

    kind: Kind
    target: Target
    at: float = 0.0
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return (
            self.kind if self.kind in {"cut", "silence", "fill"} else f"{self.kind} {self.target}"
        )

    def text(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.name} at {self.at:.1f} s{lasting}"


SINGLE: tuple[Fault, ...] = (
    *(Fault("kill", target) for target in PARTS),
    *(Fault("stop", target) for target in PARTS),
    Fault("cut", "redis"),
    Fault("silence", "redis"),
    Fault("fill", "disk"),
)
Round = Sequence[Fault]


@dataclass(frozen=True)
class Plan:
    """The rounds of a seed; each is healed and checked before the next."""

    seed: int
    rounds: Sequence[Round]
    postgres: bool
    clock: str = CLOCKS[0]

    @property
    def small_disk(self) -> bool:
        """Whether the data must lie on a disk of its own, to be filled."""
        return any(fault.kind == "fill" for faults in self.rounds for fault in faults)


def plan_of(seed: int) -> Plan:
    """A fault alone, all of them in turn from seed to seed, and then two at once."""
    dice = Random(seed)
    first = SINGLE[(seed - 1) % len(SINGLE)]
    while True:
        pair = dice.sample(SINGLE, 2)
        chosen = [first, *pair]
        on_database = any(fault.target == "database" for fault in chosen)
        on_disk = any(fault.kind == "fill" for fault in chosen)
        # A full disk is that of the file of SQLite; what is stopped or dead has no other fault.
        if pair[0].target != pair[1].target and not (on_database and on_disk):
            break
    postgres = on_database or (not on_disk and dice.random() < 0.5)
    rounds = [[_timed(first, dice)], [_timed(one, dice) for one in pair]]
    return Plan(seed, rounds, postgres, dice.choice(CLOCKS))


def _timed(fault: Fault, dice: Random) -> Fault:
    at = dice.uniform(3.0, 8.0)  # under load, all being well, before that
    if fault.kind == "stop":
        seconds = STOPPED_SECONDS
    elif fault.kind == "kill":
        outside = fault.target in {"redis", "database"}
        seconds = dice.uniform(0.2, 6.0) if outside else 0.0
    else:
        seconds = dice.uniform(2.0, 12.0)
    return Fault(fault.kind, fault.target, at, seconds)
