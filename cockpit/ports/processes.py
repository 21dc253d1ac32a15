"""How processes are stopped, admitted to their roles, and tell how they are."""

from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct


class StopSignal(Protocol):
    """Told from outside that a process shall end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """True once it shall end."""

    def wait(self, timeout: float) -> bool:
        """Wait up to so many real seconds; True once it shall end."""


class Lock(Protocol):
    """Admits one process to a role; the others wait as standby, and one of them gets it within
    four seconds when the holder is gone. Both ways to get it raise CockpitError
    `redis.unreachable` or `redis.refused`, and may be repeated."""

    @property
    def token(self) -> str:
        """Proves that the lock was held; publications carry it. Begins with a number that
        rises with every holder, and when a holder gets it back after it ran out."""

    def try_acquire(self) -> bool:
        """Get or renew the lock, without waiting; False while another process holds it."""

    def keep(self) -> bool:
        """`try_acquire`, but asked at most each half second; in between, what was answered last.
        To be called at least once a second."""

    def release(self) -> None:
        """Let the next one in. Never raises: an unreachable lock runs out by itself."""


ProcessState = Literal["active", "standby", "waiting"]


class Process(Struct, frozen=True):
    """What a process last said of itself. `state` is `active` when it does its role's work,
    `standby` when it waits to take over, `waiting` when it lacks what it needs; it holds since
    `since`, and the word came at `at`."""

    role: str
    instance: str
    state: ProcessState
    since: int
    at: int
    build: str
    values: dict[str, float]


class Stats(Protocol):
    """Counters and gauges of the processes, several of a role among them. What a process said
    is forgotten when it says nothing for 15 s."""

    def write(self, role: str, values: Mapping[str, float], state: ProcessState = "active") -> None:
        """Keep the values by name as what this process says now, in place of its last word."""

    def read(self, role: str) -> dict[str, float]:
        """The values of the role's active process, empty when there is none."""

    def all(self) -> list[Process]:
        """What every process said last, by role and instance."""

    def roles(self) -> frozenset[str]:
        """Every role that ever said something here."""
