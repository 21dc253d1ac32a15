"""Playlists: which walls a screen shows in turn, how long, and when."""

import re
import secrets
from typing import Any

import msgspec
from sqlalchemy import delete, insert, update

from cockpit.domain.access import Account, Place, Right, act
from cockpit.errors import CockpitError
from datasource.database.people_tables import playlists
from datasource.desk.handlers import Handlers
from datasource.desk.people import People, one_at_a_time
from datasource.desk.people_questions import PlaylistPage, SavePlaylist
from datasource.desk.screen_store import ScreenStore, pages_of, region_of
from datasource.desk.texts import checked

_MOST_PAGES = 50
_SECONDS = (5, 3600)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_p = playlists.c


class Playlists(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People, store: ScreenStore) -> None:
        self._people, self._store = people, store
        super().__init__({SavePlaylist: self._save})

    def _save(self, asked: SavePlaylist) -> dict[str, Any]:
        if asked.id:
            return self._remove(asked) if asked.remove else self._replace(asked)
        values = self._checked(asked)
        if asked.version:
            raise CockpitError("desk.conflict", found=0, expected=asked.version)
        made = secrets.token_hex(8)
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            connection.execute(insert(playlists).values(id=made, version=1, **values))
            self._told(connection, asked, "playlist.saved", made, "version 1")
        return {"id": made, "version": 1}

    def _replace(self, asked: SavePlaylist) -> dict[str, Any]:
        values, version = self._checked(asked), asked.version + 1
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            self._mine(connection, asked)
            changed = update(playlists).where(_p.id == asked.id)
            connection.execute(changed.values(version=version, **values))
            for device in self._store.showing(connection, asked.id):
                self._store.put(connection, device)
            self._told(connection, asked, "playlist.saved", asked.id, f"version {version}")
        return {"id": asked.id, "version": version}

    def _remove(self, asked: SavePlaylist) -> dict[str, Any]:
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            self._mine(connection, asked)
            if used := self._store.showing(connection, asked.id):
                raise CockpitError("playlist.used", count=len(used))
            connection.execute(delete(playlists).where(_p.id == asked.id))
            self._told(connection, asked, "playlist.removed", asked.id, "done")
        return {"id": asked.id, "version": asked.version}

    def _mine(self, connection: Any, asked: SavePlaylist) -> None:
        """The playlist is within reach as it is, and is as it was read."""
        row = self._store.playlist(connection, asked.id, lock=True)
        self._may(asked.who, [page.region for page in pages_of(row)])
        if row.version != asked.version:
            raise CockpitError("desk.conflict", found=row.version, expected=asked.version)

    def _checked(self, asked: SavePlaylist) -> dict[str, str]:
        """Name and pages for SQL. Raises CockpitError `text.*`, `playlist.*`,
        `screen.unknown`, `region.unknown` and as the gate."""
        name = checked("name", asked.name, 60)
        if not 1 <= len(asked.pages) <= _MOST_PAGES:
            raise CockpitError("playlist.length", most=_MOST_PAGES)
        for page in asked.pages:
            region_of(self._people.regions, f"{page.region}/wall")
            _check_times(page)
        self._may(asked.who, [page.region for page in asked.pages])
        return {"name": name, "pages": msgspec.json.encode(asked.pages).decode()}

    def _may(self, who: Account, regions: list[str]) -> None:
        for region in regions:
            act(self._people.regions, who, Right.DEVICE_MANAGE, Place(region))

    def _told(
        self, connection: Any, asked: SavePlaylist, what: str, made: str, outcome: str
    ) -> None:
        self._people.audit.append(
            asked.who, what, f"playlist/{made}", outcome, asked.address, connection
        )


def _check_times(page: PlaylistPage) -> None:
    low, high = _SECONDS
    if not low <= page.seconds <= high:
        raise CockpitError("playlist.seconds", low=low, high=high)
    hours = (page.begin, page.end)
    if any(hours) and (page.begin == page.end or not all(map(_HOUR.fullmatch, hours))):
        raise CockpitError("playlist.hours")
