"""What the desk does by itself: tells the web server what the site asks for, keeps the copies of
keys whole when Redis has lost them, and brings into SQL who has come."""

import time

from sqlalchemy import Connection, select, update

from datasource.database.people_tables import accounts, source_keys
from datasource.desk.handlers import Handlers
from datasource.desk.intake_door import door_of
from datasource.desk.keys import Keys, copies_of
from datasource.desk.people import People, one_at_a_time
from datasource.desk.screen_store import ScreenStore
from datasource.sessions import SiteAccess

_TELL_SECONDS = 1.0
_MARKS_SECONDS = 30.0
_a, _k = accounts.c, source_keys.c


class Upkeep(Handlers):
    """Implements `datasource.desk.worker.Family`, without questions."""

    def __init__(self, people: People, keys: Keys, screens: ScreenStore) -> None:
        super().__init__({})
        self._people, self._keys, self._screens = people, keys, screens
        self._next_tell = self._next_marks = 0.0

    def rest(self) -> None:
        """Raises CockpitError `redis.*` and as `database_errors`."""
        now = time.monotonic()
        if now >= self._next_tell:
            self.tell()
            self._next_tell = now + _TELL_SECONDS
        if now >= self._next_marks:
            self.keep_marks()
            self._next_marks = now + _MARKS_SECONDS

    def tell(self) -> None:
        """Say what the site asks for; put back keys that Redis does not have, or not any more."""
        signed_in = select(_a.id).where(
            _a.role == "administrator", ~_a.demonstration, _a.signed_in.is_not(None)
        )
        with self._people.database.read() as connection:
            administered = connection.execute(signed_in.limit(1)).first() is not None
            keys = connection.execute(select(source_keys)).all()
            needed = door_of(connection).needed
        if self._people.copies.keys() != set(copies_of(keys, self._people.clock.now())):
            with self._people.database.write() as connection:
                one_at_a_time(connection)
                self._keys.put(connection)
        # Last: where it stands, a key that is not there is none.
        self._people.copies.put_access(SiteAccess(administered, needed))

    def keep_marks(self) -> None:
        """Bring into SQL which sessions, devices and keys were used since."""
        marks = self._people.copies.take_marks()
        if not marks:
            return
        kinds: dict[str, list[tuple[str, int, str]]] = {"session": [], "device": [], "key": []}
        for who, (at, address) in sorted(marks.items()):
            kind, _, name = who.partition(":")
            kinds[kind].append((name, at, address))
        with self._people.database.write() as connection:
            one_at_a_time(connection)
            self._people.store.seen(connection, [(name, at) for name, at, _ in kinds["session"]])
            self._screens.seen(connection, kinds["device"])
            self._used(connection, kinds["key"])

    def _used(self, connection: Connection, marks: list[tuple[str, int, str]]) -> None:
        for key, at, _ in marks:
            connection.execute(update(source_keys).where(_k.id == key).values(seen=at))
