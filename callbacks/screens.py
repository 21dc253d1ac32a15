"""The screens connected to this server: which view each shows, what it got, and how it is.

Nothing of a person is kept, and no address: a screen is its view and its figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from callbacks.gates import Need, Tokens
from callbacks.outlet import Outlet
from cockpit.domain.access import Right
from cockpit.watching import ConnectedScreen, ScreenReport

_Count = Annotated[int, Meta(ge=0, le=2**53)]
_Pixels = Annotated[int, Meta(ge=0, le=100_000)]


class _Health(Struct, frozen=True, forbid_unknown_fields=True):
    """A page's report, as docs/frames.md says."""

    seq: _Count
    age_ms: _Count
    live: Literal["live", "stale", "offline"]
    build: Annotated[str, Meta(pattern=r"^[\w.\-]{1,40}$")]
    width: _Pixels
    height: _Pixels


def read_report(answer: tuple[Any, ...], now: int) -> ScreenReport | None:
    """What a page has answered, received at `now`; None when it is no report."""
    try:
        (report,) = msgspec.convert(answer, tuple[_Health])
    except msgspec.ValidationError:
        return None
    return ScreenReport(at=now, **msgspec.structs.asdict(report))


@dataclass(eq=False, slots=True)
class Screen:
    """One connected page: `view` is the one whose frames it gets, `page` what it shows. `rights`
    and `tokens`: by what it may. `device`: which paired screen it is, '' for none. `asked`: the
    server's question for its health is open."""

    sid: str
    view: str
    since: int
    outlet: Outlet
    page: str
    rights: tuple[Right | Need, ...]
    tokens: Tokens
    device: str = ""
    sent: int = 0
    skipped: int = 0
    asked: bool = False
    report: ScreenReport | None = None

    @property
    def new(self) -> bool:
        """True while it has been offered nothing."""
        return not self.sent and not self.skipped

    def offer(self, message: bytes) -> bool:
        """Hand a frame over, unless the screen has not taken the last one yet."""
        taken = self.outlet.offer(message)
        if taken:
            self.sent += 1
        else:
            self.skipped += 1
        return taken

    def told(self) -> ConnectedScreen:
        """The screen as others may know it."""
        return ConnectedScreen(
            self.page, self.since, self.sent, self.skipped, self.report, self.device
        )


class Screens:
    """All screens, by Socket.IO's id and by view."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Screen] = {}
        self._by_view: dict[str, dict[str, Screen]] = {}

    def __iter__(self) -> Iterator[Screen]:
        """The screens of this moment; others may come and go meanwhile."""
        return iter(tuple(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

    def watched(self, view: str) -> bool:
        """True when a screen shows the view."""
        return view in self._by_view

    def of(self, view: str) -> tuple[Screen, ...]:
        """The screens of a view at this moment."""
        return tuple(self._by_view.get(view, {}).values())

    def add(self, screen: Screen) -> None:
        """A screen has come."""
        self._by_sid[screen.sid] = screen
        self._by_view.setdefault(screen.view, {})[screen.sid] = screen

    def remove(self, sid: str) -> Screen | None:
        """A screen has gone; None when it was none of these."""
        screen = self._by_sid.pop(sid, None)
        if screen is not None:
            rest = self._by_view[screen.view]
            del rest[sid]
            if not rest:
                del self._by_view[screen.view]
        return screen

    def has(self, screen: Screen) -> bool:
        """True while the screen is connected."""
        return self._by_sid.get(screen.sid) is screen
