"""What the desk does by itself fails without keeping anybody from asking."""

from collections.abc import Sequence
from typing import Any, cast

import pytest
from msgspec import Struct

from cockpit.errors import CockpitError
from datasource.desk import worker
from datasource.desk.audit import Audit
from datasource.desk.people_questions import Who
from datasource.desk.worker import DeskAnswers


class Resting:
    """A family whose rest fails as it is told."""

    questions: Sequence[type[Struct]] = (Who,)

    def __init__(self, code: str) -> None:
        self.code, self.rested = code, 0

    def answer(self, question: Any) -> object:
        return question.token

    def rest(self) -> None:
        self.rested += 1
        if self.code:
            raise CockpitError(self.code, where="x", why="x", revision="x")


def answers_of(family: Resting) -> DeskAnswers:
    return DeskAnswers([family], cast("Audit", None))


def test_a_database_that_is_away_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "_REST_AGAIN_SECONDS", 3600)
    family = Resting("archive.unreachable")
    answers = answers_of(family)
    for _ in range(3):
        answers.rest()
    assert family.rested == 1
    assert answers.answer(Who("t")) == b'"t"'


@pytest.mark.parametrize("code", ["redis.unreachable", "database.newer"])
def test_what_the_loop_must_hear_of(code: str) -> None:
    family = Resting(code)
    answers = answers_of(family)
    for _ in range(2):
        with pytest.raises(CockpitError):
            answers.rest()
    assert family.rested == 2


def test_each_time_it_is_asked() -> None:
    family = Resting("")
    answers = answers_of(family)
    answers.rest()
    answers.rest()
    assert family.rested == 2
