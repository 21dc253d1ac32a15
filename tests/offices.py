"""The district lived through for the tests of desks, as the role `office` asks about it."""

from typing import Any

import msgspec

from cockpit.domain.rules import Rules
from datasource.database.history import History
from datasource.departments import DepartmentAnswers
from datasource.office.paper import Words
from datasource.questions import Departments, FrameAt, Question
from datasource.replay import Replays
from layouts.i18n import table
from tests.desks import RULES as RULES_TEXT
from tests.desks import life, regions
from tests.twins import ManualClock

RULES = Rules.from_toml(RULES_TEXT)
WORDS = Words(table("zh"), "zh")
DISTRICT, STREET, OTHER = "120110", "120110001", "120110002"


class Asks:
    """The role `query` without a Redis between."""

    def __init__(self, replays: Replays, history: History) -> None:
        self._replays, self._history = replays, history
        clock = ManualClock(life().now)
        self._departments = DepartmentAnswers(replays, regions(), RULES, clock)

    def ask(self, question: Question, worker: str = "") -> bytes:
        if isinstance(question, FrameAt):
            return self._replays.frame(question)
        if isinstance(question, Departments):
            return msgspec.json.encode(self._departments.answer(question))
        return msgspec.json.encode(self._history.answer(question))  # type: ignore[arg-type]


def panels_at(asks: Asks, region: str, at: int) -> Any:
    return msgspec.json.decode(asks.ask(FrameAt(f"{region}/wall", at)))["panels"]
