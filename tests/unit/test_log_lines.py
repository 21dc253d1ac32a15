"""Log lines: fields, codes, and no value of a request; one failure, one line, one recovery."""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from cockpit.errors import CockpitError
from datasource.log_lines import log_to_stderr
from datasource.outage import Outage

log = logging.getLogger("cockpit.test")
AWAY = CockpitError("redis.unreachable", where="here:1")


class Stderr:
    """What a test's log lines were, as text and as JSON."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys, self._said = capsys, ""

    def text(self) -> str:
        self._said += self._capsys.readouterr().err
        return self._said

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stderr]:
    """Its own stderr; afterwards all is as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr("threading.excepthook", threading.excepthook)
    yield Stderr(capsys)
    root.setLevel(level)
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
    logging.captureWarnings(False)


SECRET = "1380013" + "8000"  # in no line of the code, which a trace may quote


def unforeseen() -> None:
    raise ValueError(SECRET + " cannot be read")


def test_a_line_of_json_names_who_speaks_of_what(stderr: Stderr) -> None:
    log_to_stderr("serve", "host-7", "info", "json")
    log.debug("below the level")
    log.info("区域 %s", "120110")
    log.warning("it waits: %s", AWAY)
    first, second = stderr.lines()
    assert first.pop("time").endswith("Z")
    assert first == {
        "role": "serve", "instance": "host-7", "level": "INFO", "logger": "cockpit.test",
        "message": "区域 120110",
    }  # fmt: skip
    assert (second["code"], second["exception"]) == ("redis.unreachable", "CockpitError")


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_unforeseen_fault_tells_its_place_and_class_but_no_value(
    stderr: Stderr, form: str
) -> None:
    log_to_stderr("serve", "host-7", "info", form)
    try:
        try:
            unforeseen()
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        log.error("unforeseen fault", exc_info=error)
        sys.excepthook(type(error), error, error.__traceback__)
    said = stderr.text()
    assert SECRET not in said
    for word in ("ValueError", "KeyError", "test_log_lines.py", "in unforeseen"):
        assert said.count(word) >= 2
    if form == "json":
        assert [line["exception"] for line in stderr.lines()] == ["KeyError", "KeyError"]


def test_a_line_of_text_ends_with_its_code(stderr: Stderr) -> None:
    log_to_stderr("intake", "host-7", "info", "text")
    log.warning("it waits: %s", AWAY)
    log.info("plain")
    first, second = stderr.text().splitlines()
    assert " intake   WARNING it waits: Redis does not answer at here:1." in first
    assert first.endswith("[redis.unreachable]")
    assert second.endswith(" intake   INFO plain")


def test_several_who_miss_the_same_are_one_failure_and_one_recovery(stderr: Stderr) -> None:
    log_to_stderr("project", "host-7", "info", "json")
    reader, projector = Outage(log, "The reader"), Outage(log, "The projector")
    for _ in range(3):
        reader.failed(AWAY)
        projector.failed(CockpitError("redis.refused", where="here:1", why="full"))
    assert reader.lasting
    reader.over()
    projector.over()
    projector.over()
    failed, over = stderr.lines()
    assert failed["message"].startswith("The reader waits: Redis does not answer")
    assert re.fullmatch(r"The reader goes on after [0-9.]+ s", over["message"])
    assert failed["code"] == over["code"] == "redis.unreachable"
    assert over["seconds"] >= 0


def test_two_things_that_are_away_are_two_failures(stderr: Stderr) -> None:
    log_to_stderr("archive", "host-7", "info", "json")
    outage = Outage(log, "The archive")
    outage.failed(AWAY)
    outage.failed(CockpitError("log.changed", number=7))
    outage.over()
    assert [line["code"] for line in stderr.lines()] == [
        "redis.unreachable", "redis.unreachable", "log.changed", "log.changed",
    ]  # fmt: skip


def test_one_who_is_gone_holds_up_nobodys_recovery(stderr: Stderr) -> None:
    log_to_stderr("serve", "host-7", "info", "json")
    outage, gone = Outage(log, "The relay"), Outage(log, "A request")
    outage.failed(AWAY)
    gone.failed(AWAY)
    del gone
    outage.over()
    assert len(stderr.lines()) == 2
