"""Source keys: what a source may send with it, rotation, and taking it back."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from cockpit.clock import DAY, to_text
from cockpit.domain.access import Account, Place, Right, act, covers
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import OWN_SOURCES
from cockpit.errors import CockpitError
from cockpit.ports import SourceKey
from datasource.database.people_tables import source_keys
from datasource.desk.handlers import Handlers
from datasource.desk.people import People, one_at_a_time
from datasource.desk.people_questions import ChangeKey, CreateKey, ListKeys
from datasource.desk.rows import row_of
from datasource.desk.texts import checked
from datasource.sessions import digest_of

OVERLAP = DAY
_MOST_REGIONS, _MOST_RATE = 200, 1_000_000
_k = source_keys.c


class Keys(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People) -> None:
        self._people = people
        super().__init__({ListKeys: self._list, CreateKey: self._create, ChangeKey: self._change})

    def _list(self, asked: ListKeys) -> dict[str, Any]:
        self._may(asked.who, [asked.who.region])
        with self._people.database.read() as connection:
            rows = connection.execute(select(source_keys).order_by(_k.name, _k.id)).all()
        now, regions = self._people.clock.now(), self._people.regions
        return {
            "keys": [
                _shown(row, now)
                for row in rows
                if all(covers(regions, asked.who, Place(each)) for each in json.loads(row.regions))
            ]
        }

    def _create(self, asked: CreateKey) -> dict[str, Any]:
        values = self._checked(asked)
        made, key = secrets.token_hex(8), _new_key()
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            connection.execute(
                insert(source_keys).values(
                    id=made, digest=digest_of(key), since=self._people.clock.now(), **values
                )
            )
            self.put(connection)
            self._told(connection, asked, "key.created", made, f"done, {values['source']}")
        return {"id": made, "key": key}

    def _change(self, asked: ChangeKey) -> dict[str, Any]:
        if asked.rotate == asked.revoke:
            raise CockpitError("request.invalid", why="one of rotate and revoke is due")
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            row = row_of(connection, source_keys, asked.id, "key.unknown")
            self._may(asked.who, json.loads(row.regions))
            answer = (
                self._revoke(connection, row) if asked.revoke else self._rotate(connection, row)
            )
            self.put(connection)
            what = "key.revoked" if asked.revoke else "key.rotated"
            self._told(connection, asked, what, row.id, "done")
        return answer

    def _revoke(self, connection: Connection, row: Row[Any]) -> dict[str, Any]:
        connection.execute(delete(source_keys).where(_k.id == row.id))
        return {}

    def _rotate(self, connection: Connection, row: Row[Any]) -> dict[str, Any]:
        """A key that still had an older one beside it loses that one now."""
        key = _new_key()
        connection.execute(
            update(source_keys)
            .where(_k.id == row.id)
            .values(
                digest=digest_of(key), old_digest=row.digest,
                old_ends=self._people.clock.now() + OVERLAP,
            )
        )  # fmt: skip
        return {"key": key}

    def put(self, connection: Connection) -> None:
        """Put the copies of all keys, within a transaction that has `one_at_a_time`."""
        rows = connection.execute(select(source_keys)).all()
        self._people.copies.put_keys(copies_of(rows, self._people.clock.now()))

    def _checked(self, asked: CreateKey) -> dict[str, Any]:
        """Raises CockpitError `text.*`, `number.range`, `type.unknown`, `region.unknown`,
        `envelope.reserved`, and as the gate."""
        regions = sorted(set(asked.regions))
        if not 1 <= len(regions) <= _MOST_REGIONS:
            raise CockpitError("number.range", field="regions", low=1, high=_MOST_REGIONS)
        for region in regions:
            self._people.regions.get(region)
        for each in asked.types:
            if each not in EVENT_TYPES:
                raise CockpitError("type.unknown", type=each[:60])
        if not 0 <= asked.rate <= _MOST_RATE:
            raise CockpitError("number.range", field="rate", low=0, high=_MOST_RATE)
        self._may(asked.who, regions)
        source = checked("source", asked.source, 256)
        if source in OWN_SOURCES:
            raise CockpitError("envelope.reserved", source=source)
        return {
            "name": checked("name", asked.name, 60),
            "source": source,
            "types": json.dumps(sorted(set(asked.types))),
            "regions": json.dumps(regions),
            "rate": asked.rate,
        }

    def _may(self, who: Account, regions: Sequence[str]) -> None:
        for region in regions:
            act(self._people.regions, who, Right.KEY_MANAGE, Place(region))

    def _told(
        self,
        connection: Connection,
        asked: CreateKey | ChangeKey,
        what: str,
        key: str,
        outcome: str,
    ) -> None:
        self._people.audit.append(asked.who, what, f"key/{key}", outcome, asked.address, connection)


def copies_of(rows: Sequence[Row[Any]], now: int) -> dict[str, SourceKey]:
    """The keys that hold, by their digests; of each the one before the last for as long."""
    copies = {}
    for row in rows:
        types, regions = frozenset(json.loads(row.types)), frozenset(json.loads(row.regions))
        key = SourceKey(row.id, row.source, types, regions, row.rate)
        copies[row.digest] = key
        if row.old_digest and row.old_ends > now:
            copies[row.old_digest] = SourceKey(
                row.id, row.source, types, regions, row.rate, row.old_ends
            )
    return copies


def _new_key() -> str:
    return f"cockpit_{secrets.token_urlsafe(32)}"


def _shown(row: Row[Any], now: int) -> dict[str, Any]:
    ends = row.old_ends if row.old_ends and row.old_ends > now else None
    return {
        "id": row.id, "name": row.name, "source": row.source, "types": json.loads(row.types),
        "regions": json.loads(row.regions), "rate": row.rate, "since": to_text(row.since),
        "seen": None if row.seen is None else to_text(row.seen),
        "ends": None if ends is None else to_text(ends),
    }  # fmt: skip
