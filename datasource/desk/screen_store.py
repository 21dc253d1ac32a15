"""Paired screens and playlists in SQL, and the copies of the screens in Redis."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, select, update

from cockpit.domain.access import Device
from cockpit.domain.regions import WALL_LEVELS, Regions
from cockpit.errors import CockpitError
from cockpit.ports import Screen
from datasource.database.engine import Database
from datasource.database.people_tables import devices, playlists
from datasource.desk.copies import Copies
from datasource.desk.people_questions import PlaylistPage
from datasource.desk.rows import row_of
from datasource.sessions import digest_of

_WALL = "/wall"
_d, _p = devices.c, playlists.c
_pages = msgspec.json.Decoder(list[PlaylistPage]).decode


def pages_of(row: Row[Any]) -> list[PlaylistPage]:
    """The pages of a row of `playlists`."""
    return _pages(row.pages)


def region_of(regions: Regions, view: str) -> str:
    """The region of a wall's view. Raises CockpitError `screen.unknown`, `region.unknown`."""
    region, _, screen = view.partition("/")
    if f"/{screen}" != _WALL or regions.get(region).level not in WALL_LEVELS:
        raise CockpitError("screen.unknown", region=region[:20], screen=screen[:20])
    return region


class ScreenStore:
    """Methods with a `connection` want a writing transaction; they raise CockpitError `redis.*`,
    and then nothing may be kept."""

    def __init__(self, database: Database, copies: Copies) -> None:
        self._database, self._copies = database, copies

    def find(self, token: str) -> Screen | None:
        """Whose a token is; its copy is put back."""
        wanted = select(devices).where(_d.digest == digest_of(token))
        with self._database.read() as connection:
            if connection.execute(wanted).one_or_none() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(wanted.with_for_update()).one_or_none()
            return None if row is None else self.put(connection, row)

    def put(self, connection: Connection, row: Row[Any]) -> Screen:
        """Put a device's copy, whose row is locked or new."""
        playlist = self.playlist(connection, row.playlist) if row.playlist else None
        shown = None
        views = frozenset({row.view})
        if playlist is not None:
            pages = pages_of(playlist)
            shown = {"name": playlist.name, "pages": [msgspec.to_builtins(each) for each in pages]}
            views = frozenset(each.region + _WALL for each in pages)
        screen = Screen(Device(row.id, views), row.name, shown)
        self._copies.put_device(row.digest, screen)
        return screen

    def playlist(self, connection: Connection, wanted: str, lock: bool = False) -> Row[Any]:
        """The row of a playlist. Raises CockpitError `playlist.unknown`."""
        return row_of(connection, playlists, wanted, "playlist.unknown", lock)

    def showing(self, connection: Connection, playlist: str) -> list[Row[Any]]:
        """The devices that show a playlist, locked."""
        wanted = select(devices).where(_d.playlist == playlist).order_by(_d.id)
        return list(connection.execute(wanted.with_for_update()).all())

    def drop(self, connection: Connection, row: Row[Any]) -> None:
        """Take a device back, whose row is locked, at once."""
        connection.execute(delete(devices).where(_d.id == row.id))
        self._copies.drop_devices([row.digest])

    def seen(self, connection: Connection, marks: Iterable[tuple[str, int, str]]) -> None:
        """These devices (by digest) asked at these instants from these addresses. Copies of such
        as SQL does not know (Redis came back with older data) are taken away."""
        for digest, at, address in marks:
            values = {"seen": at} | ({"address": address} if address else {})
            changed = update(devices).where(_d.digest == digest).values(values)
            if not connection.execute(changed).rowcount:
                self._copies.drop_devices([digest])
