"""Ten thousand messages that a broken or hostile source might send."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.clock import parse_instant
from cockpit.domain.event_types import EVENT_TYPES
from cockpit.domain.events import MAX_BYTES, Event, EventReader, decode
from cockpit.domain.privacy import masked, personal_values
from cockpit.errors import ERRORS, CockpitError
from tests.property.small_world import CODES, regions, rules

pytestmark = pytest.mark.bulk

A_BATCH = 50  # messages judged in one example; 200 examples make the ten thousand
READER = EventReader(regions(), rules())
NOW = parse_instant("2026-11-23T15:00:00+08:00")
MOBILE = "138" + "0013" + "8000"
IDENTITY = "120110" + "19900307" + "123X"

personal = st.sampled_from([MOBILE, f"+86{MOBILE}", f"电话:{MOBILE}", IDENTITY])
texts = (
    st.text(max_size=12) | personal | st.sampled_from(["0101", "case/1", "1.0", "\x00", "{why}"])
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()  # NaN and infinities become what JSON does not know
    | texts
)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
times = (
    st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    | st.sampled_from(
        [
            "2026-11-23T15:00:00+08:00",
            "2026-02-30T00:00:00Z",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "2026-11-23T25:00:00Z",
            "2026-11-23",
            "yesterday",
        ]
    )
    | scalars
)
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "specversion": st.just("1.0"),
    "id": st.just("e-1"),
    "source": st.just("/dongli/terminal"),
    "type": st.sampled_from(sorted(EVENT_TYPES)),
    "subject": st.sampled_from(["case/1", "worker/1", "person/1", "alert/1", "whistle/1"]),
    "time": st.just("2026-11-23T15:00:00+08:00"),
    "region": st.sampled_from(CODES),
}


@st.composite
def nearly_good(draw: st.DrawFn) -> bytes:
    """A good envelope with some attributes wrong, missing or added, and any data."""
    message = {name: draw(strategy) for name, strategy in GOOD.items()}
    for name in draw(st.lists(st.sampled_from([*GOOD, "sequence"]), max_size=2)):
        message[name] = draw(times if name == "time" else trees)
    for name in draw(st.lists(st.sampled_from(sorted(GOOD)), max_size=1)):
        message.pop(name, None)
    if draw(st.booleans()):
        message["data"] = draw(trees | st.fixed_dictionaries({"reason": texts}))
    message |= draw(st.dictionaries(texts, trees, max_size=1))
    return json.dumps(message, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A nearly good message with bytes changed, cut off or put in."""
    raw = bytearray(draw(nearly_good()))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        raw[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(raw)


def _deep(depth: int, opening: str, closing: str) -> bytes:
    inner = opening * depth + "1" + closing * depth
    return f'{{"specversion":"1.0","data":{inner}}}'.encode()


DEEP = [_deep(n, a, b) for n in (10, 500, 5_000, 20_000) for a, b in (("[", "]"), ('{"a":', "}"))]
HUGE = [b" " * (MAX_BYTES + 1), b'"' + b"x" * MAX_BYTES, b"1" * MAX_BYTES, b"[" * MAX_BYTES]
messages = st.one_of(
    nearly_good(),
    nearly_good(),
    damaged(),
    st.binary(max_size=60),
    trees.map(lambda tree: json.dumps(tree).encode()),
    st.sampled_from(DEEP + HUGE),
)


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(messages, min_size=A_BATCH, max_size=A_BATCH))
def test_every_message_is_an_event_or_has_a_code(batch: list[bytes]) -> None:
    for raw in batch:
        judge(raw)


def judge(raw: bytes) -> None:
    """Read one message: an event that the log may keep, or an error that dead letters may keep."""
    try:
        event = READER.read(raw, NOW)
    except CockpitError as error:
        assert error.code in ERRORS
        family = error.code.split(".")[0]
        assert family in {"message", "envelope", "type", "region", "time", "data", "privacy"}
        for language in ("en", "zh"):
            reason = masked(error.text(language).encode("utf-8", "surrogatepass"))
            assert personal_values(reason) == 0
            assert len(reason) < 2_000
        assert personal_values(masked(raw)) == 0
    else:
        assert isinstance(event, Event)
        assert len(raw) <= MAX_BYTES
        assert decode(raw) == event
        assert event.raw == raw
        for text in (event.id, event.source, event.key):
            text.encode()
        for kept in (event.source, event.key):
            assert personal_values(kept.encode()) == 0
