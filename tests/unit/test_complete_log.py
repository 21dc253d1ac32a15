"""A reader of a log that is trimmed behind its archive: no hole, and no question without need."""

import pytest

from cockpit.errors import CockpitError
from cockpit.ports import DeadLetter, Entry, Faded
from datasource.complete_log import CompleteDeadLetters, CompleteLog
from tests.support import NOW, event
from tests.twins import MemoryArchive, MemoryDeadLetters, MemoryLog


def filled(total: int, archived: int, trimmed: int) -> tuple[MemoryLog, MemoryArchive]:
    log, archive = MemoryLog(), MemoryArchive()
    log.append([event(i) for i in range(total)], NOW)
    archive.entries = log.entries[:archived]
    log.trim(trimmed, 1)
    return log, archive


def numbers(reader: CompleteLog, limit: int) -> list[int]:
    found: list[int] = []
    while entries := reader.read(found[-1] if found else 0, limit, 0):
        found += [entry.n for entry in entries]
    return found


@pytest.mark.parametrize("limit", [1, 7, 100, 20_000])
def test_what_was_trimmed_comes_from_the_archive(limit: int) -> None:
    log, archive = filled(total=12_000, archived=11_000, trimmed=10_500)
    assert numbers(CompleteLog(log, archive), limit) == list(range(1, 12_001))


def test_a_short_answer_means_that_nothing_waits() -> None:
    """Else time would run ahead of entries that were received before."""
    log, archive = filled(total=30, archived=20, trimmed=10)
    assert len(CompleteLog(log, archive).read(0, 30, 0)) == 30
    assert len(CompleteLog(log, archive).read(5, 30, 0)) == 25


def test_at_the_end_of_the_log_nobody_asks_the_archive() -> None:
    log, archive = filled(total=30, archived=20, trimmed=10)
    archive.down = True
    reader = CompleteLog(log, archive)
    assert [entry.n for entry in reader.read(10, 5, 0)] == [11, 12, 13, 14, 15]
    log.trim(15, 1)
    assert reader.read(15, 100, 0)[-1].n == 30
    assert reader.read(30, 100, 0) == []
    assert archive.asked == 0


def test_a_hole_waits_for_the_archive() -> None:
    log, archive = filled(total=30, archived=30, trimmed=20)
    reader = CompleteLog(log, archive)
    archive.down = True
    for _ in range(2):
        with pytest.raises(CockpitError) as caught:
            reader.read(3, 10, 0)
        assert caught.value.code == "archive.unreachable"
    archive.down = False
    assert [entry.n for entry in reader.read(3, 10, 0)] == list(range(4, 14))


def test_entries_that_are_nowhere_are_told() -> None:
    log, archive = filled(total=30, archived=8, trimmed=20)
    reader = CompleteLog(log, archive)
    assert [entry.n for entry in reader.read(0, 8, 0)] == list(range(1, 9))
    with pytest.raises(CockpitError) as caught:
        reader.read(8, 8, 0)
    assert caught.value.code == "archive.gap"
    assert caught.value.facts == {"wanted": 9, "found": 21}


def test_what_was_declared_lost_is_passed_over() -> None:
    log, archive = filled(total=30, archived=8, trimmed=20)
    archive.entries += [Entry(20, NOW, b"")]  # the archive goes on behind the loss
    reader = CompleteLog(log, archive)
    assert numbers(reader, 7) == [*range(1, 9), *range(20, 31)]


def test_another_log_is_noticed_also_when_it_was_trimmed() -> None:
    log, archive = filled(total=30, archived=30, trimmed=0)
    reader = CompleteLog(log, archive)
    assert reader.read(0, 10, 0)[-1].n == 10
    log.trim(20, 1)
    archive.entries[9] = Entry(10, NOW + 1, b"another")
    with pytest.raises(CockpitError) as caught:
        reader.read(10, 10, 0)
    assert caught.value.code == "log.changed"


def test_a_thinned_entry_is_the_same_one() -> None:
    log, archive = filled(total=30, archived=30, trimmed=0)
    reader = CompleteLog(log, archive)
    reader.read(0, 10, 0)
    log.trim(20, 1)
    archive.entries[9] = Entry(10, NOW, b"", Faded("/dongli/terminal", None))
    assert reader.read(10, 10, 0)[0].n == 11


def letter(place: int) -> DeadLetter:
    return DeadLetter(b"?", f"type.unknown{place}", "", NOW + place)


def test_letters_come_from_the_archive_first() -> None:
    letters, archive = MemoryDeadLetters(), MemoryArchive()
    letters.put([letter(place) for place in range(1, 11)])
    archive.dead = [(str(place), letter(place)) for place in range(1, 8)]
    for limit in (3, 7, 100):
        reader = CompleteDeadLetters(letters, archive)
        found: list[tuple[str, DeadLetter]] = []
        while more := reader.read(found[-1][0] if found else "2", limit):
            found += more
        assert [one for _, one in found] == [letter(place) for place in range(3, 11)]
    archive.asked = 0
    assert reader.read("10", 5) == []
    assert archive.asked == 0
