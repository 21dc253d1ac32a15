"""What a bad network does to messages: some come twice, in another order, late, or broken."""

import heapq

from cockpit.clock import SECOND
from datasource.simulator.dice import dice
from datasource.simulator.messages import Made
from datasource.simulator.scenarios import Disorder

# Each breaks another rule of events.md; none holds anything about a person.
GARBAGE = (
    b"",
    b"\xff\xfe not text",
    b'{"specversion":"1.0","id":',
    b'[{"specversion":"1.0"}]',
    b'{"specversion":"0.3","id":"x","source":"/dongli/desk","type":"case.closed",'
    b'"subject":"case/x","time":"2026-01-01T00:00:00+08:00","region":"120110"}',
    b'{"specversion":"1.0","id":"x","source":"/dongli/desk","type":"case.opened",'
    b'"subject":"case/x","time":"2026-01-01T00:00:00+08:00","region":"120110"}',
    b'{"specversion":"1.0","id":"x","source":"/dongli/desk","type":"case.closed",'
    b'"subject":"case/x","time":"2026-13-01T00:00:00+08:00","region":"120110"}',
    b'{"specversion":"1.0","id":"x","source":"/dongli/desk","type":"case.closed",'
    b'"subject":"case/x","time":"2026-01-01T00:00:00+08:00","region":"990000"}',
)


class Shaker:
    """Hands messages on as the scenario has it; without a disorder, as they come.

    What is held back is lost when the process is killed, as it would be on a network.
    """

    def __init__(self, seed: int, disorder: Disorder | None) -> None:
        self._seed, self._disorder = seed, disorder
        self._held: list[tuple[int, str, bytes]] = []

    def shake(self, event: Made, message: bytes) -> list[bytes]:
        """What is sent in place of this message now; the rest comes by `due`."""
        disorder = self._disorder
        if disorder is None:
            return [message]
        rng = dice(self._seed, event.id)
        sent = [GARBAGE[rng.randrange(len(GARBAGE))]] if rng.random() < disorder.garbage else []
        wait = 0.0
        if rng.random() < disorder.late:
            wait = disorder.late_seconds * (0.2 + 0.8 * rng.random())
        elif rng.random() < disorder.shuffled:
            wait = disorder.shuffle_seconds * rng.random()
        if wait:
            self._hold(event, wait, message)
        else:
            sent.append(message)
        if rng.random() < disorder.twice:
            self._hold(event, wait + disorder.shuffle_seconds * rng.random(), message)
        return sent

    def _hold(self, event: Made, seconds: float, message: bytes) -> None:
        heapq.heappush(self._held, (event.time + int(seconds * SECOND), event.id, message))

    def due(self, now: int | None) -> list[bytes]:
        """What was held back until now; all of it without `now`."""
        found = []
        while self._held and (now is None or self._held[0][0] <= now):
            found.append(heapq.heappop(self._held)[2])
        return found
