"""Strategies of events: every type, legal data, few subjects so that they collide."""

from typing import Any

from hypothesis import strategies as st

from cockpit.domain.event_types import CHANNELS, SEVERITIES
from tests.property.small_world import CODES, GRIDS, OFFSETS, rules, text_of

Content = tuple[str, str, dict[str, Any] | None]  # type, subject, data

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


def cases(due: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, Any]]:
    """Every `case.*` with its data; `due` draws deadlines set by hand."""
    return st.one_of(
        st.tuples(st.just("case.reported"), data_of("case.reported")),
        _plain(["case.accepted", "case.filed", "case.handling", "case.handled", "case.resumed"]),
        st.tuples(st.just("case.dispatched"), data_of("case.dispatched")),
        _with("case.dispatched", level=st.just("grid"), unit=st.just("网格"), due=due),
        _plain(["case.closed"]),
        _with("case.returned", reason=REASON),
        _with("case.verified", passed=st.booleans()),
        _with("case.extended", due=due),
        _with("case.suspended", reason=REASON),
        _with("case.supervised", level=st.integers(1, 4)),
        _with(
            "case.followed_up",
            responded=st.booleans(),
            resolved=st.booleans(),
            satisfaction=st.sampled_from(["satisfied", "basically", "unsatisfied", None]),
        ),
        st.one_of(_with("case.declined", reason=REASON), _with("case.cancelled", reason=REASON)),
    )


def whistles(due: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, Any]]:
    """Every `whistle.*` with its data."""
    return st.one_of(
        st.tuples(st.just("whistle.blown"), data_of("whistle.blown")),
        _plain(["whistle.signed"]),
        _plain(["whistle.arrived"]),
        _plain(["whistle.resolved", "whistle.confirmed"]),
        _with("whistle.refused", reason=REASON),
        _with("whistle.reassigned", department=st.sampled_from(DEPARTMENTS)),
        _with("whistle.extended", due=due),
        _with("whistle.escalated", level=st.integers(1, 3)),
        _with("whistle.rated", by=st.just("street"), score=st.integers(1, 5)),
        _with("whistle.withdrawn", reason=REASON),
    )


@st.composite
def person_state(draw: st.DrawFn) -> dict[str, str]:
    """A category of its group, and a level."""
    group = draw(st.sampled_from(["special", "care"]))
    return {
        "group": group,
        "category": draw(st.sampled_from(rules().groups[group].categories)),
        "level": draw(st.sampled_from(["high", "key", "general"])),
    }


# What sets a clock going, and what moves it or the rates afterwards.
BEGINNINGS = {"case": ["case.reported", "case.dispatched"], "whistle": ["whistle.blown"]}
CLOCKED = {
    "case.dispatched", "case.suspended", "case.resumed", "case.extended", "case.returned",
    "case.closed", "case.verified", "case.followed_up", "case.cancelled", "whistle.signed", "whistle.refused", "whistle.reassigned", "whistle.arrived",
    "whistle.extended", "whistle.resolved",
}  # fmt: skip


def data_of(kind: str) -> st.SearchStrategy[Any]:
    """Data of the events that lives begin with."""
    fields: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "case.reported": {
            "category": st.sampled_from(CATEGORIES),
            "grade": st.sampled_from(["urgent", "general", "routine"]),
            "channel": st.sampled_from(CHANNELS),
        },
        "case.dispatched": {"level": st.just("street"), "unit": st.just("街道办")},
        "whistle.blown": {
            "kind": st.sampled_from(["emergency", "routine", "tough"]),
            "department": st.sampled_from(DEPARTMENTS),
            "category": st.sampled_from(CATEGORIES),
        },
    }
    return st.fixed_dictionaries(fields[kind])


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
