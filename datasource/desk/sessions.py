"""Signing in and out, whose a session is, the password, and one's sessions."""

from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select, update

from cockpit.clock import to_text
from cockpit.domain.access import Place, Right, act
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.database.people_tables import accounts, sessions
from datasource.desk import passwords
from datasource.desk.handlers import Handlers
from datasource.desk.people import People
from datasource.desk.people_questions import (
    ChangePassword,
    MySessions,
    RevokeSession,
    SignIn,
    SignInExternally,
    SignOut,
    Who,
)
from datasource.desk.session_store import LONGEST, Began, account_of
from datasource.desk.texts import same_name
from datasource.desk.throttle import Throttle, of_names
from datasource.sessions import IDLE, digest_of

_ADDRESS_FAILURES = 20  # a whole office may stand behind one
_PASSWORD_FAILURES = 5
_a, _s = accounts.c, sessions.c


class Sessions(Handlers):
    """Implements `datasource.desk.worker.Family`."""

    def __init__(self, people: People) -> None:
        self._people = people
        redis = people.client, people.prefix
        self._names = of_names(*redis)
        self._addresses = Throttle(*redis, "sign_in.address", _ADDRESS_FAILURES)
        self._passwords = Throttle(*redis, "password.account", _PASSWORD_FAILURES)
        super().__init__(
            {
                SignIn: self._sign_in,
                SignInExternally: self._sign_in_externally,
                SignOut: self._sign_out,
                Who: self._who,
                ChangePassword: self._change_password,
                MySessions: self._mine,
                RevokeSession: self._revoke,
            }
        )

    def _sign_in(self, asked: SignIn) -> Began:
        name = same_name(asked.name)
        self._names.check(name)
        self._addresses.check(asked.address)
        with self._people.database.read() as connection:
            row = connection.execute(select(accounts).where(_a.name == name)).one_or_none()
        if not passwords.fits(row.password if row else None, asked.password) or row is None:
            self._names.failed(name)
            self._addresses.failed(asked.address)
            raise self._refused("access.wrong", row, name, asked.address)
        if row.disabled:
            raise self._refused("access.disabled", row, name, asked.address)
        self._names.forget(name)
        return self._begin(row, asked)

    def _sign_in_externally(self, asked: SignInExternally) -> Began:
        external = f"{asked.issuer} {asked.subject}"
        with self._people.database.read() as connection:
            wanted = select(accounts).where(_a.external == external)
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise self._refused(
                "access.no_account", None, external, asked.address, external=external[:300]
            )
        if row.disabled:
            raise self._refused("access.disabled", row, external, asked.address)
        return self._begin(row, asked)

    def _refused(
        self, code: str, row: Row[Any] | None, name: str, address: str, **facts: object
    ) -> CockpitError:
        """Write it into the audit; answers the error. Of an unknown name, which may be a password
        in the wrong field, only a mark is kept that tells equal ones: 24 bits of a hash."""
        mark = sha256(name.encode()).hexdigest()[:6]
        subject = f"account/{row.id}" if row else f"name/{mark}"
        self._people.audit.append(None, "session.refused", subject, code, address)
        return CockpitError(code, **facts)

    def _begin(self, found: Row[Any], asked: SignIn | SignInExternally) -> Began:
        self._leave(asked.before, asked.address)
        address = asked.address
        with self._people.database.write() as connection:
            wanted = select(accounts).where(_a.id == found.id).with_for_update()
            row = connection.execute(wanted).one_or_none()
            if row is None or row.disabled or row.password != found.password:
                raise CockpitError("access.wrong")  # changed while we looked at the password
            by_provider = isinstance(asked, SignInExternally)
            began = self._people.store.begin(connection, row, address, asked.agent, by_provider)
            self._people.audit.append(
                began.account, "session.began", f"account/{row.id}", "done", address, connection
            )
        return began

    def _sign_out(self, asked: SignOut) -> dict[str, Any]:
        self._leave(asked.token, asked.address)
        return {}

    def _leave(self, token: str, address: str) -> None:
        """End the session of a token, whoever's it is; an unknown or empty one is no fault."""
        mine = _s.digest == digest_of(token)
        with self._people.database.write() as connection:
            owner = connection.scalar(select(_s.account).where(mine))
            if owner and self._people.store.end(connection, mine):
                row = connection.execute(select(accounts).where(_a.id == owner)).one()
                self._people.audit.append(
                    account_of(row), "session.ended", f"account/{owner}", "done", address,
                    connection,
                )  # fmt: skip

    def _who(self, asked: Who) -> Session | None:
        return self._people.store.find(asked.token)

    def _change_password(self, asked: ChangePassword) -> dict[str, Any]:
        self._passwords.check(asked.who.id)
        with self._people.database.read() as connection:
            found = connection.execute(select(accounts).where(_a.id == asked.who.id)).one_or_none()
        if found is None or not passwords.fits(found.password, asked.old):
            self._passwords.failed(asked.who.id)
            subject = f"account/{asked.who.id}"
            self._people.audit.append(
                asked.who, "password.refused", subject, "access.wrong", asked.address
            )
            raise CockpitError("access.wrong")
        if found.demonstration:
            raise CockpitError("account.demonstration")
        passwords.check_strength(asked.new, found.name)
        if passwords.fits(found.password, asked.new):
            raise CockpitError("password.same")
        kept = passwords.hashed(asked.new)
        with self._people.database.write() as connection:
            changed = update(accounts).where(_a.id == found.id, _a.password == found.password)
            row = connection.execute(
                changed.values(password=kept, must_change=False).returning(accounts)
            ).one_or_none()
            if row is None:
                raise CockpitError("access.wrong")
            self._people.store.change_password_done(connection, asked.token, row)
            self._people.audit.append(
                asked.who, "password.changed", f"account/{row.id}", "done", asked.address,
                connection,
            )  # fmt: skip
        return {}

    def _mine(self, asked: MySessions) -> dict[str, Any]:
        now, current = self._people.clock.now(), digest_of(asked.token)
        wanted = select(sessions).where(
            _s.account == asked.who.id, _s.since > now - LONGEST, _s.seen > now - IDLE
        )
        with self._people.database.read() as connection:
            rows = connection.execute(wanted.order_by(_s.seen.desc(), _s.id)).all()
        return {
            "sessions": [
                {
                    "id": row.id, "since": to_text(row.since), "seen": to_text(row.seen),
                    "address": row.address, "agent": row.agent, "current": row.digest == current,
                }
                for row in rows
            ]
        }  # fmt: skip

    def _revoke(self, asked: RevokeSession) -> dict[str, Any]:
        people = self._people
        with people.database.write() as connection:
            wanted = select(_a.id, _a.region).join(sessions, _s.account == _a.id)
            owner = connection.execute(wanted.where(_s.id == asked.id)).one_or_none()
            if owner is None:
                raise CockpitError("session.unknown")
            if owner.id != asked.who.id:
                act(people.regions, asked.who, Right.ACCOUNT_MANAGE, Place(owner.region))
            people.store.end(connection, _s.id == asked.id)
            people.audit.append(
                asked.who, "session.ended", f"account/{owner.id}", "done", asked.address,
                connection,
            )  # fmt: skip
        return {}
