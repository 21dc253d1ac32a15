"""The archive of that life; all tests read it, and those of briefs tell it what was made."""

from collections.abc import Iterator

import pytest

from datasource.database.engine import Database
from datasource.database.history import History
from tests.desks import life, regions
from tests.offices import RULES, Asks


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with life().archived(tmp_path_factory.mktemp("archive")) as database:
        yield database


@pytest.fixture(scope="session")
def asks(database: Database) -> Asks:
    return Asks(life().replays(database), History(database, regions(), RULES))
