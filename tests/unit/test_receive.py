"""The one way in for messages: what a receipt says."""

from pathlib import Path

import pytest

from cockpit.domain.events import EventReader
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from datasource.geography import load_regions
from datasource.receive import Receiver, Rejected
from tests.support import NOW, event
from tests.twins import ManualClock, MemoryDeadLetters, MemoryLog


@pytest.fixture(scope="module")
def reader() -> EventReader:
    return EventReader(load_regions(), Rules.from_toml(Path("rules.toml").read_text("utf-8")))


def test_a_receipt_adds_up(reader: EventReader) -> None:
    log, letters = MemoryLog(), MemoryDeadLetters()
    receiver = Receiver(log, letters, reader, ManualClock(NOW))
    wrong = event(2).raw.replace(b"case.closed", b"case.opened")
    receipt = receiver.receive([event(1).raw, b"?", event(1).raw, wrong])
    assert (receipt.accepted, receipt.duplicates) == (1, 1)
    assert [(r.index, r.code) for r in receipt.rejected] == [
        (1, "message.not_json"),
        (3, "type.unknown"),
    ]
    assert isinstance(receipt.rejected[0], Rejected)
    assert [letter.code for letter in letters.letters] == ["message.not_json", "type.unknown"]
    assert log.last_received() == NOW


def test_received_is_when_the_log_took_it(reader: EventReader) -> None:
    """Not when it was judged: meanwhile others may have come and time been counted."""
    log, clock = MemoryLog(), ManualClock(NOW)
    receiver = Receiver(log, MemoryDeadLetters(), reader, clock)
    judged = receiver.judge([event(1).raw, b"?"])
    log.down = True
    with pytest.raises(CockpitError):
        receiver.append(judged)
    clock.advance(7_000_000)
    log.down = False
    receiver.append(judged)
    assert log.last_received() == NOW + 7_000_000
    assert [letter.at for letter in judged.letters] == [NOW]


def test_a_full_log_is_told_and_nothing_is_kept(reader: EventReader) -> None:
    log, letters = MemoryLog(limit=1), MemoryDeadLetters()
    receiver = Receiver(log, letters, reader, ManualClock(NOW))
    receiver.receive([event(1).raw])
    with pytest.raises(CockpitError) as caught:
        receiver.receive([event(2).raw, b"?"])
    assert (caught.value.code, caught.value.status) == ("log.full", 503)
    assert (log.head(), letters.letters) == (1, [])


def test_nothing_kept_is_told(reader: EventReader) -> None:
    log = MemoryLog()
    log.down = True
    receiver = Receiver(log, MemoryDeadLetters(), reader, ManualClock(NOW))
    with pytest.raises(CockpitError) as caught:
        receiver.receive([event(1).raw])
    assert caught.value.code == "redis.unreachable"
    log.down = False
    assert receiver.receive([event(1).raw]).accepted == 1
