"""Wall screens: paired by a code, given a view or a playlist, taken back."""

import re
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from cockpit.clock import to_text
from cockpit.domain.access import Account, Place, Right, act, covers, look
from cockpit.errors import CockpitError
from cockpit.ports import Screen
from datasource.database.people_tables import devices, playlists
from datasource.desk.handlers import Handlers
from datasource.desk.pairing import Pairings, token_of
from datasource.desk.people import People, one_at_a_time
from datasource.desk.people_questions import (
    BeginPairing,
    ChangeDevice,
    ListDevices,
    Pair,
    PairingState,
    WhoDevice,
)
from datasource.desk.rows import row_of
from datasource.desk.screen_store import ScreenStore, pages_of, region_of
from datasource.desk.texts import checked, shown
from datasource.desk.throttle import Throttle

_SECRET = re.compile(r"[0-9a-f]{64}")
_CODES = 60  # new ones of one address, behind which a hall of screens may stand
_WRONG_CODES = 5
_NAME_LENGTH = 60
_d, _p = devices.c, playlists.c


class Devices(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People, store: ScreenStore) -> None:
        self._people, self._store = people, store
        self._pairings = Pairings(people.client, people.prefix, people.clock)
        self._asking = Throttle(people.client, people.prefix, "pairing.address", _CODES)
        self._guessing = Throttle(people.client, people.prefix, "pairing.code", _WRONG_CODES)
        super().__init__(
            {
                BeginPairing: self._begin,
                PairingState: self._state,
                Pair: self._pair,
                ListDevices: self._list,
                ChangeDevice: self._change,
                WhoDevice: self._who,
            }
        )

    def _begin(self, asked: BeginPairing) -> dict[str, Any]:
        _check_secret(asked.secret)
        waiting = self._pairings.of_secret(asked.secret)
        if waiting is None or waiting.first:
            self._asking.check(asked.address)
            self._asking.failed(asked.address)
            waiting = self._pairings.begin(asked.secret)
        return {"code": waiting.code, "expires": to_text(waiting.expires)}

    def _state(self, asked: PairingState) -> dict[str, Any]:
        _check_secret(asked.secret)
        waiting = self._pairings.of_secret(asked.secret)
        if waiting is None or not waiting.first:
            return {"paired": False}
        token = token_of(asked.secret, waiting.device)
        return {"paired": True, "token": token, "first": waiting.first}

    def _pair(self, asked: Pair) -> dict[str, Any]:
        people = self._people
        self._guessing.check(asked.who.id)
        name = checked("name", asked.name, _NAME_LENGTH)
        with people.database.write() as connection:
            one_at_a_time(connection)
            regions = self._shows(connection, asked.who, asked.view, asked.playlist)
            waiting = self._pairings.take(
                asked.code.strip().upper()[:_NAME_LENGTH], f"/wall/{regions[0]}"
            )
            if waiting is None:
                self._guessing.failed(asked.who.id)
                raise CockpitError("device.code")
            made = insert(devices).values(
                id=waiting.device, name=name, digest=waiting.digest, view=asked.view,
                playlist=asked.playlist, since=people.clock.now(), address="",
            )  # fmt: skip
            row = connection.execute(made.returning(devices)).one()
            self._store.put(connection, row)
            self._told(connection, asked, "device.paired", row, "done")
        self._guessing.forget(asked.who.id)
        return {"id": waiting.device}

    def _shows(self, connection: Connection, who: Account, view: str, playlist: str) -> list[str]:
        """The regions that a device would show, in order; each must be within reach."""
        if bool(view) == bool(playlist):
            raise CockpitError("device.view")
        if view:
            regions = [region_of(self._people.regions, view)]
        else:
            row = self._store.playlist(connection, playlist, lock=True)
            regions = [page.region for page in pages_of(row)]
        self._may(who, regions)
        return regions

    def _change(self, asked: ChangeDevice) -> dict[str, Any]:
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            row = row_of(connection, devices, asked.id, "device.unknown")
            self._shows(connection, asked.who, row.view, row.playlist)
            if asked.revoke:
                self._store.drop(connection, row)
                self._told(connection, asked, "device.revoked", row, "done")
                return {}
            values = self._changes(connection, asked)
            if values:
                changed = update(devices).where(_d.id == row.id).values(values)
                row = connection.execute(changed.returning(devices)).one()
                self._store.put(connection, row)
                self._told(connection, asked, "device.changed", row, row.view or row.playlist)
        return {}

    def _changes(self, connection: Connection, asked: ChangeDevice) -> dict[str, str]:
        values = {}
        if asked.name is not None:
            values["name"] = checked("name", asked.name, _NAME_LENGTH)
        if asked.view or asked.playlist:
            self._shows(connection, asked.who, asked.view or "", asked.playlist or "")
            values |= {"view": asked.view or "", "playlist": asked.playlist or ""}
        return values

    def _list(self, asked: ListDevices) -> dict[str, Any]:
        """Those whose every region is within reach, for who manages screens or may see how the
        site is."""
        try:
            look(self._people.regions, asked.who, Right.LOOK_STATUS, Place(asked.who.region))
        except CockpitError:
            self._may(asked.who, [asked.who.region])
        with self._people.database.read() as connection:
            lists = connection.execute(select(playlists).order_by(_p.name, _p.id)).all()
            rows = connection.execute(select(devices).order_by(_d.name, _d.id)).all()
        regions = {row.id: [page.region for page in pages_of(row)] for row in lists}
        return {
            "devices": [
                _device(row)
                for row in rows
                if self._reaches(
                    asked.who, regions.get(row.playlist) or [row.view.partition("/")[0]]
                )
            ],
            "playlists": [
                {
                    "id": row.id, "name": row.name, "version": row.version,
                    "pages": pages_of(row),
                }
                for row in lists
                if self._reaches(asked.who, regions[row.id])
            ],
        }  # fmt: skip

    def _who(self, asked: WhoDevice) -> Screen | None:
        return self._store.find(asked.token)

    def _may(self, who: Account, regions: list[str]) -> None:
        for region in regions:
            act(self._people.regions, who, Right.DEVICE_MANAGE, Place(region))

    def _reaches(self, who: Account, regions: list[str]) -> bool:
        return all(covers(self._people.regions, who, Place(region)) for region in regions)

    def _told(
        self, connection: Connection, asked: Pair | ChangeDevice, what: str, row: Row[Any],
        outcome: str,
    ) -> None:  # fmt: skip
        self._people.audit.append(
            asked.who, what, f"device/{row.id}", outcome, asked.address, connection
        )


def _check_secret(secret: str) -> None:
    if not _SECRET.fullmatch(secret):
        raise CockpitError("request.invalid", why="the secret must be 32 bytes in hex")


def _device(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.name, "view": row.view, "playlist": row.playlist,
        "since": to_text(row.since), "seen": None if row.seen is None else to_text(row.seen),
        "address": shown(row.address, 60),
    }  # fmt: skip
