"""Strategies of events: every type, legal data, few subjects so that they collide."""

from collections.abc import Collection
from typing import Any

from hypothesis import strategies as st

from cockpit.domain.event_types import CHANNELS, SEVERITIES
from tests.property.small_world import CODES, GRIDS, OFFSETS, rules, text_of

offsets = st.sampled_from(OFFSETS)
# Workers are judged by the last minutes more than by the last month.
recent = st.sampled_from(
    [0, 0, 0, -1, -60_000_000, -600_000_000, -1_800_000_000, -5_400_000_000, 60_000_000]
)
# Where the time is rounded to, so that marks, limits and ticks meet in the same instant.
grains = st.sampled_from([1, 60_000_000, 1_800_000_000])
places = st.sampled_from(CODES)
grids = st.sampled_from(GRIDS[:4])
CATEGORIES = ["0101", "0102", "0106", "0403", "1203"]
DEPARTMENTS = ["区城管委", "区住建委"]


def _plain(kinds: list[str]) -> st.SearchStrategy[tuple[str, None]]:
    return st.tuples(st.sampled_from(kinds), st.none())


def _with(kind: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(kind), st.fixed_dictionaries(fields))


REASON = st.just("情况说明")


Table = dict[str, st.SearchStrategy[Any]]  # type → its data


def _fields(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(fields)


def case_data(due: st.SearchStrategy[str]) -> Table:
    """Every `case.*` with its data; `due` draws deadlines set by hand."""
    by_rule = _fields(level=st.just("street"), unit=st.just("街道办"))
    by_hand = _fields(level=st.just("grid"), unit=st.just("网格"), due=due)
    return {
        "case.reported": _fields(
            category=st.sampled_from(CATEGORIES),
            grade=st.sampled_from(["urgent", "general", "routine"]),
            channel=st.sampled_from(CHANNELS),
        ),
        "case.dispatched": by_rule | by_rule | by_hand,
        "case.verified": _fields(passed=st.booleans()),
        "case.extended": _fields(due=due),
        "case.supervised": _fields(level=st.integers(1, 4)),
        "case.followed_up": _fields(
            responded=st.booleans(),
            resolved=st.booleans(),
            satisfaction=st.sampled_from(["satisfied", "basically", "unsatisfied", None]),
        ),
        **dict.fromkeys(
            ("case.returned", "case.suspended", "case.declined", "case.cancelled"),
            _fields(reason=REASON),
        ),
        **dict.fromkeys(
            ("case.accepted", "case.filed", "case.handling", "case.handled", "case.resumed"),
            st.none(),
        ),
        "case.closed": st.none(),
    }


def whistle_data(due: st.SearchStrategy[str]) -> Table:
    """Every `whistle.*` with its data."""
    department = st.sampled_from(DEPARTMENTS)
    return {
        "whistle.blown": _fields(
            kind=st.sampled_from(["emergency", "routine", "tough"]),
            department=department,
            category=st.sampled_from(CATEGORIES),
        ),
        "whistle.reassigned": _fields(department=department),
        "whistle.extended": _fields(due=due),
        "whistle.escalated": _fields(level=st.integers(1, 3)),
        "whistle.rated": _fields(by=st.just("street"), score=st.integers(1, 5)),
        **dict.fromkeys(("whistle.refused", "whistle.withdrawn"), _fields(reason=REASON)),
        **dict.fromkeys(
            ("whistle.signed", "whistle.arrived", "whistle.resolved", "whistle.confirmed"),
            st.none(),
        ),
    }


def one_of(table: Table, kinds: Collection[str] = ()) -> st.SearchStrategy[tuple[str, Any]]:
    """One type of the table, or of those named, with its data."""
    among = [kind for kind in table if not kinds or kind in kinds]
    return st.sampled_from(among).flatmap(lambda kind: st.tuples(st.just(kind), table[kind]))


# What sets a clock going, and what moves it or the rates afterwards.
BEGINNINGS = {"case": ["case.reported", "case.dispatched"], "whistle": ["whistle.blown"]}
LIFE = {
    *("case.dispatched", "case.suspended", "case.resumed", "case.extended", "case.returned"),
    *("case.closed", "case.verified", "case.followed_up", "case.cancelled"),
    *("whistle.signed", "whistle.refused", "whistle.reassigned", "whistle.arrived"),
    *("whistle.extended", "whistle.resolved"),
}


@st.composite
def person_state(draw: st.DrawFn) -> dict[str, str]:
    """A category of its group, and a level."""
    group = draw(st.sampled_from(["special", "care"]))
    return {
        "group": group,
        "category": draw(st.sampled_from(rules().groups[group].categories)),
        "level": draw(st.sampled_from(["high", "key", "general"])),
    }


def people() -> st.SearchStrategy[tuple[str, Any]]:
    """Every `person.*`, and visits."""
    return st.one_of(
        st.tuples(st.sampled_from(["person.enrolled", "person.updated"]), person_state()),
        st.tuples(st.just("person.enrolled"), person_state()),
        _plain(["person.removed"]),
        _with("visit.made", result=st.sampled_from(["well", "needs_help", "absent"])),
    )


def alerts() -> st.SearchStrategy[tuple[str, Any]]:
    """Every `alert.*`."""
    return st.one_of(
        _with("alert.raised", kind=st.just("health"), severity=st.sampled_from(SEVERITIES)),
        _with("alert.acknowledged", by=st.just("street-1")),
        _with("alert.cleared", by=st.just("street-1")),
    )


def patrols() -> st.SearchStrategy[tuple[str, Any]]:
    """Marks and positions; inside is east of 117."""
    return st.one_of(
        _plain(["patrol.started"]),
        _plain(["patrol.ended"]),
        _with("patrol.pinged", lon=st.sampled_from([116.9, 117.3]), lat=st.just(39.1)),
    )


def leave(now: int) -> st.SearchStrategy[tuple[str, Any]]:
    """A leave from some offset of now to a later one."""
    ends = st.lists(offsets, min_size=2, max_size=2, unique=True).map(sorted)
    return ends.map(
        lambda pair: (
            "worker.excused",
            {"from": text_of(now + pair[0]), "to": text_of(now - pair[0] + pair[1])},
        )
    )


SUBJECTS = {"case": 5, "whistle": 3, "person": 5, "alert": 2, "worker": 3}


def subject(kind: str) -> st.SearchStrategy[str]:
    """One of the few subjects of a kind."""
    return st.integers(1, SUBJECTS[kind]).map(lambda n: f"{kind}/{n}")
