"""Sessions in SQL and their copies in Redis: begun, found again, ended."""

import secrets
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, insert, select, update

from cockpit.clock import DAY, SECOND, Clock
from cockpit.domain.access import Account
from cockpit.ports import Session
from datasource.database.engine import Database
from datasource.database.people_tables import accounts, sessions
from datasource.desk.copies import Copies
from datasource.desk.texts import shown
from datasource.sessions import IDLE, SessionCopy, digest_of

LONGEST = 7 * DAY
_a, _s = accounts.c, sessions.c


class Began(Struct, frozen=True):
    """A session that has just begun: the token is told once."""

    token: str
    account: Account
    must_change: bool


def account_of(row: Row[Any]) -> Account:
    """The account of a row of `accounts`."""
    return Account(row.id, row.role, row.region, row.department)


class SessionStore:
    """All methods with a `connection` want a writing transaction, in which the account's row is
    locked where they say so; they raise CockpitError `redis.*` and then nothing may be kept."""

    def __init__(self, database: Database, copies: Copies, clock: Clock) -> None:
        """`clock` tells the real time."""
        self._database, self._copies, self._clock = database, copies, clock

    def begin(
        self, connection: Connection, row: Row[Any], address: str, agent: str, by_provider: bool
    ) -> Began:
        """A session of an account, whose row is locked. Who comes `by_provider` gave no password
        and need not change one."""
        now, token = self._clock.now(), secrets.token_urlsafe(32)
        connection.execute(
            delete(sessions).where(
                _s.account == row.id, (_s.since <= now - LONGEST) | (_s.seen <= now - IDLE)
            )
        )
        connection.execute(
            insert(sessions).values(
                id=secrets.token_hex(8), digest=digest_of(token), account=row.id, since=now,
                seen=now, address=shown(address, 60), agent=shown(agent, 200),
                by_provider=by_provider,
            )
        )  # fmt: skip
        changes = {"last_seen": now} | ({} if row.signed_in else {"signed_in": now})
        connection.execute(update(accounts).where(_a.id == row.id).values(changes))
        must_change = row.must_change and not by_provider
        self._put(digest_of(token), row, must_change, now, now)
        return Began(token, account_of(row), must_change)

    def find(self, token: str) -> Session | None:
        """Whose a session is; its copy is put back."""
        digest, now = digest_of(token), self._clock.now()
        wanted = select(_s.since, _s.seen, _s.by_provider, accounts).join(
            accounts, _a.id == _s.account
        )
        wanted = wanted.where(
            _s.digest == digest, _s.since > now - LONGEST, _s.seen > now - IDLE, ~_a.disabled
        )
        with self._database.read() as connection:
            # Most that is asked here is old or forged, and needs no lock.
            if connection.execute(wanted).one_or_none() is None:
                return None
        with self._database.write() as connection:
            row = connection.execute(wanted.with_for_update(of=sessions)).one_or_none()
            if row is None:
                return None
            must_change = row.must_change and not row.by_provider
            self._put(digest, row, must_change, row.since, row.seen)
        return Session(account_of(row), must_change)

    def change_password_done(self, connection: Connection, token: str, row: Row[Any]) -> None:
        """The account's password has been changed in this session: the only one that stays."""
        digest = digest_of(token)
        wanted = select(_s.since, _s.seen).where(_s.digest == digest, _s.account == row.id)
        mine = connection.execute(wanted.with_for_update()).one_or_none()
        self.end(connection, _s.account == row.id, _s.digest != digest)
        if mine is not None:
            self._put(digest, row, False, mine.since, self._clock.now())

    def end(self, connection: Connection, *which: Any) -> int:
        """End the sessions for which these conditions hold, at once; answers how many."""
        wanted = select(_s.digest).where(*which).order_by(_s.id).with_for_update()
        digests = connection.scalars(wanted).all()
        if digests:
            connection.execute(delete(sessions).where(_s.digest.in_(digests)))
            self._copies.drop_sessions(digests)
        return len(digests)

    def seen(self, connection: Connection, marks: Iterable[tuple[str, int]]) -> None:
        """These sessions (by digest) were used at these instants. Copies of sessions that SQL
        does not know (Redis came back with older data) are taken away."""
        for digest, at in marks:
            owner = connection.scalar(select(_s.account).where(_s.digest == digest))
            if owner is None:
                self._copies.drop_sessions([digest])
                continue
            # The account first, as everybody does who locks both.
            connection.execute(update(accounts).where(_a.id == owner).values(last_seen=at))
            connection.execute(update(sessions).where(_s.digest == digest).values(seen=at))

    def _put(self, digest: str, row: Row[Any], must_change: bool, since: int, seen: int) -> None:
        left = min(seen + IDLE, since + LONGEST) - self._clock.now()
        copy = SessionCopy(Session(account_of(row), must_change), since + LONGEST)
        self._copies.put_session(digest, copy, max(1, left // SECOND))
