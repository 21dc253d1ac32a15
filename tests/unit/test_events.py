"""The reader of events: what passes, and the code of what does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.clock import MINUTE, parse_instant
from cockpit.domain.event_types import EVENT_TYPES, NoData
from cockpit.domain.events import MAX_BYTES, Event, EventReader, decode
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError

REGIONS = Regions(
    [
        ("120110", "区", "district", ""),
        ("120110001", "街", "street", "120110"),
        ("120110001001", "社区", "community", "120110001"),
        ("120110001001001", "网格", "grid", "120110001001"),
    ]
)
RULES = Rules.from_toml((Path(__file__).parents[2] / "rules.toml").read_text(encoding="utf-8"))
READER = EventReader(REGIONS, RULES)
NOW = parse_instant("2026-11-23T15:00:00+08:00")
MOBILE = "138" + "0013" + "8000"
GRID = "120110001001001"
PLACE = {"lon": 117.312345, "lat": 39.1}
NEXT_DAY = "2026-11-24T15:00:00+08:00"
DATA: dict[str, dict[str, Any]] = {
    "case.reported": {"category": "0101", "grade": "urgent", "channel": "patrol", **PLACE},
    "case.declined": {"reason": "重复"},
    "case.dispatched": {"level": "street", "unit": "张贵庄街道办", "due": NEXT_DAY},
    "case.returned": {"reason": "非本单位职责"},
    "case.verified": {"passed": True},
    "case.extended": {"due": NEXT_DAY},
    "case.suspended": {"reason": "等待材料"},
    "case.supervised": {"level": 4},
    "case.followed_up": {"responded": True, "resolved": False, "satisfaction": None},
    "case.cancelled": {"reason": "误报"},
    "whistle.blown": {"kind": "tough", "department": "区城管委", "category": "0106", "case": "7"},
    "whistle.refused": {"reason": "非本部门"},
    "whistle.reassigned": {"department": "区住建委（房屋）"},
    "whistle.extended": {"due": NEXT_DAY},
    "whistle.escalated": {"level": 3},
    "whistle.rated": {"by": "street", "score": 5},
    "whistle.withdrawn": {"reason": "已解决"},
    "patrol.pinged": PLACE,
    "worker.excused": {"from": "2026-11-24T00:00:00+08:00", "to": "2026-11-25T00:00:00+08:00"},
    "person.enrolled": {"group": "care", "category": "child", "level": "high"},
    "person.updated": {"group": "special", "category": "rehab", "level": "key"},
    "visit.made": {"result": "well"},
    "alert.raised": {"kind": "health", "severity": "critical", "person": "p-1"},
    "alert.acknowledged": {"by": "street-1"},
    "alert.cleared": {"by": "street-1"},
}  # fmt: skip


def envelope(kind: str = "case.accepted", **changes: Any) -> dict[str, Any]:
    """A good message of a type, with changes; a change to `...` takes an attribute away."""
    subject = EVENT_TYPES[kind].subject if kind in EVENT_TYPES else "case"
    message: dict[str, Any] = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/dongli/terminal",
        "type": kind,
        "subject": f"{subject}/7" if subject else "/dongli/terminal",
        "time": "2026-11-23T14:59:00.5+08:00",
        "region": GRID,
    }
    if kind in DATA:
        message["data"] = DATA[kind]
    message |= changes
    return {key: value for key, value in message.items() if value is not ...}


def read(message: dict[str, Any] | bytes) -> Event:
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return READER.read(raw, NOW)


def code_of(message: dict[str, Any] | bytes) -> str:
    with pytest.raises(CockpitError) as fault:
        read(message)
    return fault.value.code


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_type_passes_and_is_read_again_from_the_log(kind: str) -> None:
    message = envelope(kind, sequence="12", datacontenttype="application/json", traceid="a1")
    event = read(message)
    assert event.type == kind
    assert event.key == ("/dongli/terminal" if kind == "source.alive" else "7")
    assert event.time == parse_instant("2026-11-23T14:59:00.5+08:00")
    assert event.sequence == 12
    assert (EVENT_TYPES[kind].data is NoData) == (kind not in DATA)
    assert isinstance(event.data, EVENT_TYPES[kind].data)
    assert decode(event.raw) == event


@pytest.mark.parametrize("kind", [k for k in EVENT_TYPES if k not in DATA])
def test_types_without_data_take_none_null_or_empty(kind: str) -> None:
    for data in (None, {}):
        assert isinstance(read(envelope(kind, data=data)).data, NoData)
    assert code_of(envelope(kind, data={"x": 1})) == "data.invalid"


@pytest.mark.parametrize("kind", DATA)
def test_types_with_data_need_all_of_it_and_no_more(kind: str) -> None:
    assert code_of(envelope(kind, data=...)) == "data.invalid"
    assert code_of(envelope(kind, data=None)) == "data.invalid"
    assert code_of(envelope(kind, data={})) == "data.invalid"
    assert code_of(envelope(kind, data=[])) == "data.invalid"
    assert code_of(envelope(kind, data={**DATA[kind], "name": "x"})) == "data.invalid"


def but(kind: str, **changes: Any) -> dict[str, Any]:
    """The good data of a type with something else in it."""
    return {"data": {**DATA[kind], **changes}}


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("case.accepted", {"specversion": "0.3"}, "envelope.specversion"),
    ("case.accepted", {"specversion": 1.0}, "envelope.invalid"),
    *(
        ("case.accepted", {name: ...}, "envelope.invalid")
        for name in ("specversion", "id", "source", "type", "subject", "time", "region")
    ),
    ("case.accepted", {"id": ""}, "envelope.invalid"),
    ("case.accepted", {"id": "x" * 257}, "envelope.invalid"),
    ("case.accepted", {"time": "2026-11-23T15:00:00"}, "envelope.invalid"),
    ("case.accepted", {"time": "2026-13-23T15:00:00Z"}, "envelope.invalid"),
    ("case.accepted", {"time": 1763870000}, "envelope.invalid"),
    ("case.accepted", {"sequence": 5}, "envelope.invalid"),
    ("case.accepted", {"sequence": "-5"}, "envelope.invalid"),
    ("case.accepted", {"sequence": "１２"}, "envelope.invalid"),
    ("case.accepted", {"sequence": "1" * 19}, "envelope.invalid"),
    ("case.lost", {}, "type.unknown"),
    ("case.accepted", {"region": "120110009"}, "region.unknown"),
    ("patrol.started", {"region": "120110001001"}, "region.level"),
    ("case.accepted", {"subject": "whistle/7"}, "envelope.subject"),
    ("case.accepted", {"subject": "case/"}, "envelope.subject"),
    ("source.alive", {"subject": "/dongli/other"}, "envelope.subject"),
    ("case.accepted", {"time": "2026-11-23T15:05:00.000001+08:00"}, "time.future"),
    ("case.accepted", {"time": "1969-12-31T23:59:59Z"}, "time.range"),
    ("case.accepted", {"time": "2200-01-01T00:00:00Z"}, "time.range"),
    ("case.extended", {"data": {"due": "2201-01-01T00:00:00Z"}}, "time.range"),
    ("case.dispatched", but("case.dispatched", due="1950-01-01T00:00:00Z"), "time.range"),
    ("case.reported", but("case.reported", category="9999"), "data.category"),
    ("case.reported", but("case.reported", channel="radio"), "data.invalid"),
    ("case.reported", but("case.reported", lon=181), "data.invalid"),
    ("whistle.blown", but("whistle.blown", category=""), "data.category"),
    ("whistle.blown", but("whistle.blown", department="a\nb"), "data.invalid"),
    ("person.enrolled", but("person.enrolled", category="rehab"), "data.category"),
    ("person.enrolled", but("person.enrolled", category="petitioner"), "data.category"),
    ("worker.excused", {"data": {"from": NEXT_DAY, "to": NEXT_DAY}}, "data.interval"),
    ("worker.excused", {"data": {"from": "1960-11-25T00:00:00Z", "to": NEXT_DAY}}, "time.range"),
    ("case.supervised", {"data": {"level": 5}}, "data.invalid"),
    ("alert.cleared", {"data": {"by": "张三"}}, "data.invalid"),
    ("case.accepted", {"Extension": "x"}, "envelope.extension"),
    ("case.accepted", {"trace_id": "x"}, "envelope.extension"),
    ("case.accepted", {"x" * 21: "x"}, "envelope.extension"),
    ("case.accepted", {"extension": {"a": 1}}, "envelope.extension"),
    ("case.accepted", {"extension": 1.5}, "envelope.extension"),
    ("case.accepted", {"extension": None}, "envelope.extension"),
    ("case.accepted", {"extension": "x" * 257}, "envelope.extension"),
    ("case.accepted", {"extension": MOBILE}, "privacy.personal_value"),
    ("case.accepted", {"subject": f"case/{MOBILE}"}, "privacy.personal_value"),
    ("case.accepted", {"source": f"/dongli/{MOBILE}"}, "privacy.personal_value"),
    ("case.declined", {"data": {"reason": f"电话 {MOBILE}"}}, "privacy.personal_value"),
    ("case.accepted", {"source": "/cockpit/commands"}, "envelope.reserved"),
    ("case.accepted", {"source": "/cockpit/commands", "extension": "x"}, "envelope.reserved"),
    ("case.supervised", {"source": "/cockpit/escalation"}, "envelope.reserved"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "code"), FAULTS)
def test_faults_have_their_codes(kind: str, changes: dict[str, Any], code: str) -> None:
    assert code_of(envelope(kind, **changes)) == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "message.not_json"),
        (b"\xff\xfe", "message.not_json"),
        (b"{", "message.not_json"),
        (b'{"specversion": NaN}', "message.not_json"),
        (b'{"a":' * 12_000, "message.not_json"),
        (b"[" * 60_000, "envelope.invalid"),
        (b"[]", "envelope.invalid"),
        (b'"x"', "envelope.invalid"),
        (b"{}", "envelope.invalid"),
        (b" " * (MAX_BYTES + 1), "message.too_large"),
    ],
)
def test_what_is_no_message(raw: bytes, code: str) -> None:
    assert code_of(raw) == code


def test_limits_that_just_hold() -> None:
    assert read(envelope(time="2026-11-23T15:05:00+08:00")).time == NOW + 5 * MINUTE
    assert read(envelope(time="1970-01-01T00:00:00Z")).time == 0
    message = json.dumps(envelope()).encode()
    assert read(message + b" " * (MAX_BYTES - len(message))).key == "7"


def test_the_cockpit_alone_speaks_in_its_name() -> None:
    """Also when it is hidden: written in escapes, or said twice."""
    message = envelope(source="/cockpit/commands", actor="account-1", reason="材料未到")
    own = EventReader(REGIONS, RULES, own=True)
    assert own.read(json.dumps(message).encode(), NOW).source == "/cockpit/commands"
    plain = json.dumps(envelope())
    for hidden in (
        plain.replace('"/dongli/terminal"', '"\\u002fcockpit\\/commands"'),
        plain[:-1] + ',"source":"/cockpit/commands"}',
    ):
        assert hidden != plain
        assert code_of(hidden.encode()) == "envelope.reserved"


def test_digits_in_the_id_and_the_sequence_are_no_personal_value() -> None:
    event = read(envelope(id=MOBILE, sequence=MOBILE))
    assert event.id == MOBILE
    assert event.sequence == int(MOBILE)
    # Yet they excuse no other place, not even one that a repeated attribute hides.
    assert code_of(envelope("case.declined", id=MOBILE, data={"reason": MOBILE})) == (
        "privacy.personal_value"
    )
    raw = json.dumps(envelope("case.declined")).replace(
        "{", f'{{"data":{{"reason":"{MOBILE}"}},', 1
    )
    assert code_of(raw.encode()) == "privacy.personal_value"


def test_escaped_digits_are_digits() -> None:
    hidden = "".join(f"\\u003{digit}" for digit in MOBILE)
    raw = json.dumps(envelope("case.declined", data={"reason": "@"})).replace("@", hidden)
    assert code_of(raw.encode()) == "privacy.personal_value"


def test_reasons_stay_short_and_hold_no_personal_value() -> None:
    long = "九" * 15_000
    for message in (
        envelope(type=long),
        envelope(region=long),
        envelope("case.reported", data={**DATA["case.reported"], "channel": long}),
        envelope("case.reported", data={**DATA["case.reported"], "category": long}),
        envelope(extension=long),
        {**envelope(), long: 1},
    ):
        with pytest.raises(CockpitError) as fault:
            read(message)
        assert len(fault.value.text("en")) < 400
        assert len(fault.value.text("zh")) < 400
