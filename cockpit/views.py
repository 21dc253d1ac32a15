"""The frames of all views as bytes, each made again only when something on it has changed."""

from typing import Any

import msgspec

from cockpit.clock import to_text
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.frames import WallFrames, walls
from cockpit.ledgers import Ledgers


class Views:
    """`names`: every view, the district's first. All are dirty at first.

    `stream`: sources and numbers of the stream as JSON, the same for all views. Whoever lets the
    stream move sets it to None; that spares a call for each entry."""

    def __init__(self, regions: Regions, rules: Rules, ledgers: Ledgers) -> None:
        self._regions, self._ledgers = regions, ledgers
        self._frames = WallFrames(regions, rules, ledgers)
        self._walls = walls(regions)
        self.names: tuple[str, ...] = tuple(self._walls)
        self._view_at = {region.index: view for view, region in self._walls.items()}
        self._dirty: set[str] = set(self.names)
        self._panels: dict[str, bytes] = {}
        self.stream: tuple[bytes, bytes] | None = None

    def touch_all(self) -> None:
        """Every view may have changed."""
        self._dirty.update(self.names)
        self._panels.clear()
        self._frames.forget_all()

    def _collect(self) -> None:
        """Turn the ledgers' touched regions into dirty views."""
        people = self._ledgers.people.touched
        touched: set[int] = set(self._frames.hide_again()) if people else set()
        for ledger in self._ledgers.by_name.values():
            if ledger.touched:
                touched |= ledger.touched
                ledger.touched.clear()
        if len(touched) == len(self._regions):
            self.touch_all()
            return
        self._frames.forget(touched)
        for index in touched:
            # A grid has no wall of its own, but stands on its community's.
            wall = self._view_at.get(index) or self._view_at.get(
                self._regions.all[index].parent or 0
            )
            if wall is not None:
                self._dirty.add(wall)
                self._panels.pop(wall, None)

    def take_dirty(self) -> set[str]:
        """The views whose picture changed since the last call."""
        self._collect()
        taken, self._dirty = self._dirty, set()
        return taken

    def frame(self, view: str, epoch: str, lag_ms: int, seq: int, now: int) -> bytes:
        """The whole frame of a view as JSON (docs/frames.md), of entry `seq` and instant `now`."""
        self._collect()
        panels = self._panels.get(view)
        if panels is None:
            panels = msgspec.json.encode(self._frames.panels(self._walls[view]))
            self._panels[view] = panels
        if self.stream is None:
            numbers = msgspec.json.encode(self._stream_numbers())[1:-1]
            self.stream = (msgspec.json.encode(self._ledgers.stream.sources()), numbers)
        head = (
            f'{{"v":1,"view":"{view}","epoch":"{epoch}","seq":{seq},'
            f'"at":"{to_text(now)}","lag_ms":{lag_ms},"sources":'
        ).encode()
        sources, numbers = self.stream
        stream = b'{"lag_ms":%d,%b,"sources":%b}' % (lag_ms, numbers, sources)
        return b'%b%b,"panels":{"stream":%b,%b}' % (head, sources, stream, panels[1:])

    def _stream_numbers(self) -> dict[str, Any]:
        metrics = self._ledgers.stream.metrics(self._regions.district.index)
        return {name.partition(".")[2]: value for name, value in metrics.items()}
