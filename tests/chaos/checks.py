"""What must be true once a site has healed. Each check answers differences, one line each."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cockpit.domain.regions import Regions
from cockpit.frames import view_of, walls
from tests.chaos.recompute import Frame, Past, Refold
from tests.chaos.screens import DrawnWall, Painted, Watcher
from tests.chaos.sources import Sent
from tests.oracle import Oracle
from tests.oracle.walls import differences

_TOLD = 5  # differences of a kind that are told
# Heard apart from the log, so at another place in it for whoever folds later.
_PASSING = {"stream"}


def archived(past: Past, sent: Sequence[Sent]) -> Iterator[str]:
    """What is in SQL is what was acknowledged; of what was only published, what was heard."""
    if holes := past.holes():
        yield f"numbers are missing before {holes[:_TOLD]}"
    if twice := [name for name, count in Counter(past.names).items() if count > 1]:
        yield f"{len(twice)} events are in SQL twice: {twice[:_TOLD]}"
    for one in sent:
        there = {name for source, name in past.names if source == one.source}
        good = one.good()
        if one.fault:
            yield f"{one.source} stopped: {one.fault}"
        if strange := sorted(there - good):
            yield f"{one.source}: {len(strange)} in SQL that it never sent: {strange[:_TOLD]}"
        if one.acknowledged and (lost := sorted(good - there)):
            yield f"{one.source}: {len(lost)} acknowledged and not in SQL: {lost[:_TOLD]}"
    if others := {source for source, _ in past.names} - {one.source for one in sent}:
        yield f"events of {others} are in SQL"


def holes_show(past: Past, sent: Sequence[Sent], frame: Frame) -> Iterator[str]:
    """What a source that only publishes sent in vain stands on the walls as missed."""
    shown = {each["source"]: each["missed"] for each in frame["sources"]}
    rejected = Counter[str]()
    for letter in past.letters:
        if letter.n is None:
            rejected.update([json.loads(letter.raw)["source"]])
    for one in sent:
        there = [
            int(name.rpartition("-")[2]) for source, name in past.names if source == one.source
        ]
        heard = set(there) | (_bad_heard(past, one) if rejected[one.source] else set())
        first = min(there)
        missed = max(heard) - first + 1 - len({n for n in heard if n >= first})
        if shown.get(one.source) != missed:
            yield f"{one.source}: {shown.get(one.source)} shown as missed, {missed} are"


def _bad_heard(past: Past, one: Sent) -> set[int]:
    letters = (json.loads(letter.raw) for letter in past.letters if letter.n is None)
    return {int(each["sequence"]) for each in letters if each["source"] == one.source}


def frames_right(refold: Refold, frames: Sequence[Frame], raws: dict[str, bytes]) -> Iterator[str]:
    """The last frame of every wall, byte for byte the one of a fresh fold."""
    wanted = set(walls(refold.regions))
    if missing := wanted - {frame["view"] for frame in frames}:
        yield f"no frame of {sorted(missing)[:_TOLD]}"
    for frame, made in refold.pictures(frames):
        if raws[frame["view"]] != made:
            parts = _parts(json.loads(made), frame)
            yield f"{frame['view']} at {frame['seq']} {frame['at']}: {parts}"


def _parts(made: Frame, shown: Frame, skip: Iterable[str] = ()) -> list[str]:
    """Where two frames differ."""
    names = (made["panels"].keys() | shown["panels"].keys()) - set(skip)
    found = []
    for name in sorted(names):
        one, other = made["panels"].get(name), shown["panels"].get(name)
        if one != other:
            found.append(_first_difference(name, one, other))
    if made["view"] != shown["view"]:
        found.append(f"view {made['view']}")
    return found


def _first_difference(way: str, one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if one.get(key) != other.get(key):
                return _first_difference(f"{way}.{key}", one.get(key), other.get(key))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            if left != right:
                return _first_difference(f"{way}[{place}]", left, right)
    return f"{way}: made {one!r}, shown {other!r}"


def numbers_right(
    refold: Refold, oracle: Oracle, frame: Frame, codes: Iterable[str]
) -> Iterator[str]:
    """Every metric of these regions, and what their walls show, by the slow recomputation."""
    if sorted(refold.refusals) != oracle.refusals:
        yield f"refusals: {len(refold.refusals)} made, {len(oracle.refusals)} expected"
    for code in codes:
        got, want = refold.projector.metrics(code), oracle.metrics(code)
        for name, value in want.items():
            if name.split(".")[-1] not in {"care", "special"} and got.get(name) != value:
                yield f"{code} {name}: {got.get(name)} and not {value}"
        view = view_of(refold.regions.get(code))
        if view in refold.projector.views:
            panels = json.loads(refold.projector.frame(view, frame["epoch"], 0))["panels"]
            yield from differences(oracle, panels, refold.regions.get(code))


def screens_right(past: Past, watchers: Sequence[Watcher], epoch: str, head: int) -> Iterator[str]:
    """Each screen lives, and what it got on the way was right then."""
    kept: list[Frame] = []
    for one in watchers:
        yield from (f"a screen of {one.view}: {fault}" for fault in one.faults)
        if one.last is None or one.last["seq"] != head:
            number = one.last["seq"] if one.last else None
            yield f"a screen of {one.view} shows {number}, the log ends at {head}"
        kept += [frame for frame in one.kept if frame["epoch"] == epoch]
    yield from _right_then(past, kept, "a screen was sent")


def _right_then(past: Past, kept: Sequence[Frame], what: str) -> Iterator[str]:
    for frame, made in Refold(past).pictures(kept):
        if parts := _parts(json.loads(made), frame, _PASSING):
            yield f"{what} {frame['view']} at {frame['seq']} {frame['at']}: {parts}"


def drawn_right(past: Past, wall: DrawnWall, epoch: str) -> Iterator[str]:
    """What Chromium showed while nothing came is its frame, that was right, and it said so."""
    yield from (f"the page: {fault}" for fault in wall.faults)
    if untrue := wall.notes()["untrue"]:
        yield f"the page said {untrue} times that it was live while it heard nothing"
    for painted in wall.kept:
        if painted.frame["epoch"] == epoch:
            yield from painted_right(painted, None)
    kept = [painted.frame for painted in wall.kept if painted.frame["epoch"] == epoch]
    yield from _right_then(past, kept, "the page stood at")


def painted_right(painted: Painted, oracle: Oracle | None) -> Iterator[str]:
    """Each number on the page, held against its frame; those of regions below, which a frame has
    under other names, against the oracle."""
    own = painted.frame["view"].partition("/")[0]
    compared = 0
    for region, metric, value in painted.metrics:
        if value is None:
            continue
        if region == own:
            want: Any = painted.frame["panels"]
            for step in metric.split("."):
                want = want.get(step) if isinstance(want, dict) else None
        elif oracle is not None and metric in (numbers := oracle.metrics(region)):
            want = numbers[metric]
        else:
            continue
        compared += 1
        if value != _raw(want):
            yield f"the page shows {region} {metric} as {value!r} and not {_raw(want)!r}"
    if compared < 20:
        yield f"the page shows only {compared} numbers"


def _raw(value: Any) -> str:
    """What `data-value` holds of a value."""
    if value is None or value == "*":
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def same_moment(replayed: Frame, frame: Frame) -> Iterator[str]:
    """The time machine's picture is the one that was on a screen then."""
    if parts := _parts(replayed, frame, _PASSING):
        yield f"replay of {frame['view']} at {frame['at']}, {frame['seq']}: {parts}"


def log_lines(text: str) -> Iterator[str]:
    """No role met a fault that it did not foresee."""
    for number, line in enumerate(text.splitlines(), 1):
        if "Traceback" in line or " ERROR " in line or " CRITICAL " in line:
            yield f"line {number} of the log: {line[:300]}"


def sample(regions: Regions, refold: Refold) -> list[str]:
    """All regions with a wall, and every thirtieth grid."""
    grids = [region.code for region in regions.at_level("grid")][::30]
    return [view.partition("/")[0] for view in refold.projector.views] + grids
