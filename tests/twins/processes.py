"""The locks and words of processes, and the screens of web servers."""

from collections.abc import Mapping, Sequence

from cockpit.errors import CockpitError
from cockpit.ports import Process, ProcessState
from cockpit.watching import ConnectedScreen


class MemoryLock:
    """A lock that is ours while `free`; each time it was not, it comes back with a new token."""

    def __init__(self, token: str = "1-memory") -> None:
        self.token, self.free = token, True
        self._holders = int(token.partition("-")[0])
        self._held = True

    def try_acquire(self) -> bool:
        if self.free and not self._held:
            self._holders += 1
            self.token = f"{self._holders}-memory"
        self._held = self.free
        return self.free

    def keep(self) -> bool:
        return self.try_acquire()

    def release(self) -> None:
        return


class MemoryStats:
    """The last word of each role, of one process `here` unless a test puts others up. `down =
    True` makes every call raise `redis.unreachable`."""

    def __init__(self) -> None:
        self.words: dict[tuple[str, str], Process] = {}
        self.seen: set[str] = set()
        self.down = False

    def put(self, word: Process) -> None:
        self._check()
        self.words[word.role, word.instance] = word
        self.seen.add(word.role)

    def write(self, role: str, values: Mapping[str, float], state: ProcessState = "active") -> None:
        self.put(Process(role, "here", state, 0, 0, "test", dict(values)))

    def read(self, role: str) -> dict[str, float]:
        found = [each for each in self.all() if each.role == role and each.state == "active"]
        return found[0].values if found else {}

    def all(self) -> list[Process]:
        self._check()
        return [word for _, word in sorted(self.words.items())]

    def roles(self) -> frozenset[str]:
        self._check()
        return frozenset(self.seen)

    def _check(self) -> None:
        if self.down:
            raise CockpitError("redis.unreachable", where="memory")


class MemoryBoard:
    """The screens of web servers, by instance; `write` is that of `here`."""

    def __init__(self) -> None:
        self.screens: dict[str, list[ConnectedScreen]] = {}

    def write(self, screens: Sequence[ConnectedScreen]) -> None:
        self.screens["here"] = list(screens)

    def all(self) -> dict[str, list[ConnectedScreen]]:
        return dict(self.screens)
