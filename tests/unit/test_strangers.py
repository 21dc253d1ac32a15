"""Tokens that nobody gave out keep neither the desk nor those who are known waiting."""

from queue import Queue
from threading import Thread

import msgspec
import pytest
from msgspec import Struct

from callbacks import strangers
from callbacks.strangers import Strangers
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.desk.people_questions import Who
from tests.support import wait_for


def test_what_the_desk_does_not_know_is_asked_once() -> None:
    known, asked = Session(Account("a1", "operator", "120110")), list[Struct]()

    def ask(question: Struct) -> bytes:
        asked.append(question)
        return msgspec.json.encode(known if question == Who("k" * 43) else None)

    strangers = Strangers(ask)
    for _ in range(3):
        assert strangers.session("x" * 43) is None
        assert strangers.session("k" * 43) == known
    assert asked.count(Who("x" * 43)) == 1
    assert asked.count(Who("k" * 43)) == 3
    assert strangers.screen("x" * 43, "") is None  # a screen's token is another matter
    assert len(asked) == 5


def test_a_few_are_asked_about_at_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strangers, "_PATIENCE_SECONDS", 0.01)
    answers, asked = Queue[bytes](), list[Struct]()

    def ask(question: Struct) -> bytes:
        asked.append(question)
        return answers.get()

    all_of_them = Strangers(ask)
    threads = [Thread(target=all_of_them.session, args=(str(n) * 43,)) for n in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(asked) == 4)
    with pytest.raises(CockpitError) as caught:
        all_of_them.session("z" * 43)
    assert caught.value.code == "query.busy"
    assert len(asked) == 4
    for _ in range(len(threads) + 1):
        answers.put(b"null")
    for thread in threads:
        thread.join()
    assert all_of_them.session("z" * 43) is None
