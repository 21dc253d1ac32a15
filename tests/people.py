"""The desk's questions about people, answered on a real database and a real Redis."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from redis import Redis

from cockpit.domain.access import RIGHTS, Account, Role
from cockpit.errors import CockpitError
from datasource.database.engine import Database, open_database
from datasource.database.migrate import migrate
from datasource.desk.beginning import begin_site
from datasource.desk.demonstration import PASSWORD
from datasource.desk.keys import Keys
from datasource.desk.people import people_of
from datasource.desk.people_questions import CreateAccount, SignIn
from datasource.desk.screen_store import ScreenStore
from datasource.desk.upkeep import Upkeep
from datasource.desk.worker import DeskAnswers, people_families
from datasource.geography import load_regions
from datasource.sessions import RedisSessions
from tests.support import NOW, PREFIX
from tests.twins import ManualClock

STREET, OTHER_STREET = "120110001", "120110002"
COMMUNITY = "120110001005"


def somebody(role: Role, region: str = "120110", department: str = "") -> Account:
    """An account as a session tells it; it need not be in SQL."""
    return Account(f"test-{role}", role, region, department)


ADMINISTRATOR = somebody("administrator")


class Desk:
    """A desk and, in `sessions`, what the web server sees of it."""

    def __init__(self, url: str, folder: Path, client: Redis, demonstration: bool = True) -> None:
        self.database: Database = open_database(url, folder)
        migrate(self.database)
        self.client, self.clock, self.regions = client, ManualClock(NOW), load_regions()
        self._client, self._folder, self._url = client, folder, url
        self.people = people_of(
            self.database, client, PREFIX, self.regions, self.clock, demonstration
        )
        begin_site(self.people)
        screens = ScreenStore(self.database, self.people.copies)
        self.upkeep = Upkeep(self.people, Keys(self.people), screens)
        self.answers = DeskAnswers(people_families(self.people), self.people.audit)
        self.sessions = RedisSessions(client, PREFIX, self.clock)

    def ask(self, question: Struct) -> Any:
        """The answer, as the web server gets it."""
        return msgspec.json.decode(self.answers.answer(question))

    def refuses(self, question: Struct, code: str) -> CockpitError:
        """It is refused with this code."""
        with pytest.raises(CockpitError) as caught:
            self.ask(question)
        assert caught.value.code == code, caught.value
        return caught.value

    def sign_in(self, name: str = "operator", password: str = PASSWORD) -> str:
        """The token of a new session."""
        return str(self.ask(SignIn(name, password, "127.0.0.1", "test"))["token"])

    def account(self, name: str, role: Role, region: str) -> tuple[str, str]:
        """A new account: its id and one-time password."""
        made = self.ask(CreateAccount(ADMINISTRATOR, name, role, region))
        return made["id"], made["password"]

    def whats(self) -> list[str]:
        """What the audit says, in order: what and outcome."""
        with self.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT what, outcome FROM audit ORDER BY n")
            return [f"{what}: {outcome}" for what, outcome in rows]

    def again(self, demonstration: bool) -> "Desk":
        """The same site after another start."""
        self.database.close()
        return Desk(self._url, self._folder, self._client, demonstration)


def without(right: str) -> list[Role]:
    """The roles that lack a right."""
    return [role for role, rights in RIGHTS.items() if right not in rights]
