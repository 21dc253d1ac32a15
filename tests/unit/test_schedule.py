"""When frames go out: leading edge, rate, beat. Time is handed in."""

from collections import Counter

from datasource.schedule import BEAT, Schedule

VIEWS = tuple(f"view{i}" for i in range(117))
INTERVAL = 0.04


def settled(now: float = 0.0) -> Schedule:
    """A schedule whose first frames are out."""
    schedule = Schedule(VIEWS, INTERVAL, now)
    schedule.sent(schedule.due(now), now)
    return schedule


def test_the_first_frames_go_out_at_once() -> None:
    assert set(Schedule(VIEWS, INTERVAL, 5.0).due(5.0)) == set(VIEWS)


def test_a_change_goes_out_at_once_and_the_next_one_at_its_deadline() -> None:
    schedule = settled()
    schedule.touch({"view116"})
    assert "view116" in schedule.due(10.0)
    schedule.sent(["view116"], 10.0)
    schedule.touch({"view116"})
    assert "view116" not in schedule.due(10.039)
    assert "view116" in schedule.due(10.0401)


def test_the_rate_does_not_drift() -> None:
    """Frames that go out a little late do not delay the ones after them."""
    schedule, now, sent = settled(), 1.0, 0
    while now < 11.0:
        schedule.touch({"view0"})
        if "view0" in schedule.due(now):
            sent += 1
            schedule.sent(["view0"], now)
        now += 0.007
    assert 249 <= sent <= 251


def test_next_is_the_earliest_deadline() -> None:
    schedule = settled()
    schedule.due(1.0)
    schedule.sent(VIEWS, 1.0)
    beat = schedule.next()
    assert 1.0 < beat <= 1.0 + BEAT / 20
    schedule.touch({"view3"})
    assert schedule.next() == min(beat, 1.04)


def test_every_view_beats_each_second_and_never_all_at_once() -> None:
    schedule, now = settled(), 0.0
    last = dict.fromkeys(VIEWS, 0.0)
    for _ in range(1000):
        now = max(now + 1e-6, schedule.next())
        due = schedule.due(now)
        assert len(due) <= 12
        for view in due:
            assert now - last[view] < 1.0
            last[view] = now
        schedule.sent(due, now)
    assert all(now - at < 1.0 for at in last.values())


def test_a_burst_for_all_does_not_bring_the_beats_together() -> None:
    schedule = settled()
    schedule.touch(VIEWS)
    assert len(schedule.due(2.0)) == len(VIEWS)
    schedule.sent(VIEWS, 2.0)
    counts: Counter[float] = Counter()
    while (now := schedule.next()) < 4.0:
        due = schedule.due(now + 1e-6)
        counts[now] += len(due)
        schedule.sent(due, now + 1e-6)
    assert max(counts.values()) <= 12


def test_a_long_halt_is_not_made_up_for() -> None:
    schedule = settled()
    due = schedule.due(1000.0)
    assert sorted(due) == sorted(VIEWS)
    schedule.sent(due, 1000.0)
    assert schedule.due(1000.0) == []


def test_what_was_not_sent_stays_due() -> None:
    schedule = settled()
    schedule.touch({"view5"})
    assert "view5" in schedule.due(3.0)
    assert "view5" in schedule.due(3.1)
