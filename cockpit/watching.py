"""What the cockpit tells of its own parts beside the processes' figures: the screens that are
connected, and the size of the log. Protocols like those of `cockpit/ports`.
"""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class ScreenReport(Struct, frozen=True):
    """What a screen said of itself at the instant `at`: the number of its picture, how old that
    is (ms), whether it shows itself as `live`, `stale` or `offline`, its page's build, and its
    size in pixels."""

    at: int
    seq: int
    age_ms: int
    live: str
    build: str
    width: int
    height: int


class ConnectedScreen(Struct, frozen=True):
    """A screen at one web server: its view, connected since, frames sent and skipped, its last
    report if it has made one, and the id of the device it is when it is a paired one."""

    view: str
    since: int
    sent: int
    skipped: int
    report: ScreenReport | None = None
    device: str = ""


class ScreensBoard(Protocol):
    """The screens at all web servers. What a server wrote is forgotten after 15 s."""

    def write(self, screens: Sequence[ConnectedScreen]) -> None:
        """Put this server's screens up, in place of its last list."""

    def all(self) -> dict[str, list[ConnectedScreen]]:
        """The screens by the instance of their server."""


class LogState(Struct, frozen=True):
    """The log's size: entries held, numbers of the first and the last (0 when empty), and
    Redis's memory in bytes; `limit` 0 means none is set."""

    length: int
    first: int
    head: int
    memory: int
    limit: int


class LogGauge(Protocol):
    """Measures the log."""

    def read(self) -> LogState:
        """Raises CockpitError `redis.unreachable` or `redis.refused`."""
