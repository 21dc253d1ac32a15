"""At which instant the clock starts."""

import pytest

from cockpit.clock import HOUR, SystemClock, parse_instant, to_text
from cockpit.config import CLOCK_ANCHOR
from cockpit.domain.calendar import WorkingCalendar
from cockpit.errors import CockpitError
from datasource.start_clock import alone_clock, anchor_text, anchored_clock, start_instant

CALENDAR = WorkingCalendar(((510, 720), (840, 1050)), {})


def at(text: str) -> int:
    return parse_instant(f"2026-{text}:00+08:00")


@pytest.mark.parametrize(
    ("real_now", "head", "start"),
    [
        ("11-23T09:00", None, "11-23T09:00"),  # a Monday at work
        ("11-23T20:00", None, "11-23T15:10"),  # in the evening: this afternoon
        ("11-23T13:00", None, "11-20T15:10"),  # at noon: Friday's afternoon
        ("11-23T03:00", None, "11-20T15:10"),
        ("11-22T11:00", None, "11-20T15:10"),  # Sunday
        ("11-22T11:00", "11-20T15:00", "11-20T15:10"),
        ("11-22T11:00", "11-20T15:40", "11-20T15:40"),  # a second start goes on
        ("11-22T11:00", "11-20T18:00", "11-23T15:10"),  # at work again, not in the night
        ("11-23T20:00", "11-23T12:30", "11-23T15:10"),
        ("10-03T10:00", None, "09-30T15:10"),  # the holidays of October
    ],
)
def test_working_starts_at_work_and_never_before_the_log(
    real_now: str, head: str | None, start: str
) -> None:
    instant = start_instant("working", at(real_now), CALENDAR, head and at(head))
    assert to_text(instant) == to_text(at(start))


def test_now_and_an_instant_are_taken_as_they_are() -> None:
    now = at("11-23T03:00")
    assert start_instant(None, now, CALENDAR, None) == now
    assert start_instant(now + HOUR, now, CALENDAR, now) == now + HOUR


@pytest.mark.parametrize("wanted", [None, at("11-23T09:00")])
def test_a_clock_behind_the_log_is_refused(wanted: int | None) -> None:
    with pytest.raises(CockpitError) as caught:
        start_instant(wanted, at("11-23T09:00"), CALENDAR, at("11-23T10:00"))
    assert caught.value.code == "clock.behind_log"
    assert "2026-11-23T02:00:00.000Z" in str(caught.value)


def test_processes_share_the_clock_by_its_anchor() -> None:
    first = SystemClock(at("11-23T09:00"), speed=60.0)
    second = anchored_clock({CLOCK_ANCHOR: anchor_text(first)}, 60.0)
    assert second is not None
    assert (second.origin, second.real_origin, second.speed) == (
        first.origin,
        first.real_origin,
        60.0,
    )
    assert anchored_clock({}, 1.0) is None


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "a b"])
def test_a_broken_anchor_is_named(text: str) -> None:
    with pytest.raises(CockpitError, match=CLOCK_ANCHOR):
        anchored_clock({CLOCK_ANCHOR: text}, 1.0)


def test_a_role_alone_begins_now() -> None:
    wanted = at("11-23T09:00")
    clock = alone_clock(wanted, 2.0, CALENDAR)
    assert clock.origin == wanted
    assert clock.speed == 2.0
