"""Every test here runs on SQLite and on PostgreSQL, unless it is about one of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from redis import Redis

from datasource.database import engine
from datasource.desk import passwords
from tests.people import Desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path, client: Redis) -> Iterator[Desk]:
    """The desk of a demonstration."""
    desk = Desk(database_url, tmp_path, client)
    yield desk
    desk.database.close()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite serves those who wait in no order: how long one may be passed over is up to chance."""
    monkeypatch.setattr(engine, "_SQLITE_WAIT", 600.0)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is as slow as it must be; a test signs in twenty times on a busy machine."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 64, 1))
    passwords.nobodys.cache_clear()
