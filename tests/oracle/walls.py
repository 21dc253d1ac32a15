"""What the frame of a wall must show, recomputed, and whether it shows it.

`differences(oracle, panels, region)` compares panel by panel; counts of special groups are judged
in tests/oracle/masks.py.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from cockpit.clock import MINUTE, to_text
from cockpit.domain.regions import Region
from tests.oracle import Line, Oracle, cases, whistles

Panels = dict[str, Any]
SCORE = {"response_rate": 0.30, "resolution_rate": 0.35, "satisfaction_rate": 0.35}


def nested(flat: Mapping[str, object]) -> Panels:
    """`a.b.c` as {"a": {"b": {"c": …}}}."""
    found: Panels = {}
    for name, value in flat.items():
        *way, last = name.split(".")
        place = found
        for part in way:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def expected(oracle: Oracle, region: Region) -> Panels:
    """Every panel but the lists of whistles, the alarms and the counts of special groups."""
    metrics, care = oracle.metrics(region.code), oracle.rules.groups["care"].categories
    kept = {
        name: value
        for name, value in metrics.items()
        if not name.startswith(("people.", "visits.")) or name.split(".")[-1] in {*care, "care"}
    }
    panels = nested(kept)
    children = oracle.regions.children_of(region)
    panels["cases"]["trend"] = cases.trend(oracle.cases(region), oracle.now)
    panels["whistles"]["department"] = whistles.departments(oracle.whistles(region), oracle.now)
    late = {c.code: oracle.metrics(c.code)["whistles.overdue"] for c in children}
    panels["whistles"]["marks"] = [{"region": c, "overdue": n} for c, n in late.items() if n]
    rule = oracle.rules.patrol
    panels["patrols"].update(nested(oracle.patrols.shift_now())["patrols"])
    panels["patrols"]["target_rate"], panels["patrols"]["alarm_rate"] = (
        rule.target_rate,
        rule.alarm_rate,
    )
    panels["patrols"]["by_child"] = [_patrols(oracle, c) for c in children if c.level != "zone"]
    panels["map"] = {"regions": {c.code: _map(oracle.metrics(c.code)) for c in children}}
    if region.level == "community":
        panels["cases"]["age"] = cases.ages(oracle.cases(region), oracle.now)
        panels["grids"] = [_grid(oracle, child) for child in children]
    else:
        panels["compare"] = [_compare(oracle, child) for child in children]
        panels["rates"] = {"by_child": [_rates(oracle, child) for child in children]}
    panels["ticker"] = [_line(oracle, line) for line in oracle.ticker(region)]
    return panels


def _line(oracle: Oracle, line: Line) -> Panels:
    index = oracle.regions.index[line.region]
    community = oracle.regions.ancestor(index, "community")
    return {
        "at": to_text(line.time),
        "type": line.type,
        **line.told,
        "street": (oracle.regions.street_like(index) or oracle.regions.district).name,
        "community": community.name if community else None,
    }


def _patrols(oracle: Oracle, child: Region) -> Panels:
    grids, metrics = oracle.grids(child), oracle.metrics(child.code)
    shifts = oracle.rules.calendar.shifts_of(oracle.patrols.shift.day)
    return {
        "region": child.code,
        "name": child.name,
        **{shift.kind: oracle.patrols.coverage(grids, shift) for shift in shifts},
        **{f"{shift.kind}_n": oracle.patrols.expected(grids, shift) for shift in shifts},
        "expected": metrics["patrols.expected"],
        "off_post": metrics["patrols.off_post"],
    }


def _map(metrics: Mapping[str, object]) -> Panels:
    return {
        "coverage_rate": metrics["patrols.coverage_rate"],
        "open": metrics["cases.open"],
        "overdue": metrics["cases.overdue"],
        "whistles": metrics["whistles.open"],
        "whistles_overdue": metrics["whistles.overdue"],
        "visits_due": metrics["visits.due_today.care"],
    }


def _compare(oracle: Oracle, child: Region) -> Panels:
    metrics = oracle.metrics(child.code)
    own = ("reported_today", "closed_today", "open", "overdue", "at_risk")
    return {
        "region": child.code,
        "name": child.name,
        **{name: metrics[f"cases.{name}"] for name in own},
        "whistles_open": metrics["whistles.open"],
        "whistles_overdue": metrics["whistles.overdue"],
        "coverage_rate": metrics["patrols.coverage_rate"],
        "expected": metrics["patrols.expected"],
        "off_post": metrics["patrols.off_post"],
        "visits_due": metrics["visits.due_today.care"],
        "visits_overdue": metrics["visits.overdue.care"],
    }


def _rates(oracle: Oracle, child: Region) -> Panels:
    metrics = oracle.metrics(child.code)
    return {
        "region": child.code,
        "name": child.name,
        "n": metrics["cases.follow_ups"],
        "answered": metrics["cases.answered"],
        **{name: metrics[f"cases.{name}"] for name in SCORE},
    }


def _grid(oracle: Oracle, grid: Region) -> Panels:
    patrols, metrics = oracle.patrols, oracle.metrics(grid.code)
    row: Panels = {"region": grid.code, "name": grid.name}
    for shift in oracle.rules.calendar.shifts_of(patrols.shift.day):
        state = patrols.state(grid.code, shift)
        name, minutes = "waiting", state.worked // MINUTE
        if state.excused:
            name, minutes = "excused", 0
        elif oracle.now < shift.start:
            name = "ahead"
        elif patrols.completed(grid.code, shift):
            name = "completed"
        elif patrols.covered(grid.code, shift):
            name = "covered"
        elif oracle.now >= shift.end:
            name = "missed"
        elif state.session:
            name = "started"
        row[shift.kind] = {"state": name, "minutes": minutes}
    running = [s for s in patrols.in_session() if s.grid == grid.code]
    row["on_duty"] = any(patrols.on_duty(s) for s in running)
    row["off_post"] = any(patrols.off_post(s) for s in running)
    row["open"], row["overdue"] = metrics["cases.open"], metrics["cases.overdue"]
    row["visits_due"] = metrics["visits.due_today.care"]
    return row


def differences(oracle: Oracle, panels: Panels, region: Region) -> list[str]:
    """What the panels of a wall show otherwise than expected, one line each."""
    found: list[str] = []
    want = expected(oracle, region)
    rates = panels.get("rates", {}).get("by_child", [])
    found += _ranking_faults(rates, oracle.rules.rates.rank_from)
    got = {name: value for name, value in panels.items() if name != "stream"}
    if rates:
        bare = [{k: v for k, v in row.items() if k != "rank"} for row in rates]
        got["rates"] = {"by_child": sorted(bare, key=_code)}
    if "compare" in got:
        overdue = [row["overdue"] for row in got["compare"]]
        if overdue != sorted(overdue, reverse=True):
            found.append("compare: not the most overdue first")
        got["compare"] = sorted(got["compare"], key=_code)
    got["whistles"] = {k: v for k, v in got["whistles"].items() if k not in {"list", "alarms"}}
    got["alerts"] = {k: v for k, v in got["alerts"].items() if k != "alarms"}
    found += _order_faults(list(got["whistles"]["department"].values()))
    for panel in ("people", "visits"):
        rows = got[panel].items()
        got[panel] = {k: {c: n for c, n in row.items() if c != "special"} for k, row in rows}
    _compare_values(want, got, "", found)
    running = _running(oracle, region)
    late = [r for r in running if r["kind"] == "emergency" and r["state"] == "overdue"]
    found += _list_faults("whistles.list", running, panels["whistles"]["list"], "due")
    found += _list_faults("whistles.alarms", late[::-1], panels["whistles"]["alarms"], "due")
    calls = _critical(oracle, region)
    found += _list_faults("alerts.alarms", calls, panels["alerts"]["alarms"], "raised")
    found += _stream_faults(oracle, panels["stream"])
    return [f"{region.code} {line}" for line in found]


def _code(row: Panels) -> str:
    return str(row["region"])


def _compare_values(want: Any, got: Any, way: str, found: list[str]) -> None:
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(want.keys() | got.keys()):
            if key not in want or key not in got:
                found.append(f"{way}.{key}: {'not expected' if key in got else 'missing'}")
            else:
                _compare_values(want[key], got[key], f"{way}.{key}", found)
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for place, (one, other) in enumerate(zip(want, got, strict=True)):
            _compare_values(one, other, f"{way}[{place}]", found)
    elif want != got:
        found.append(f"{way}: expected {want!r}, shown {got!r}")


def _ranking_faults(rows: list[Panels], least: int) -> list[str]:
    ranked = [row for row in rows if row["rank"] is not None]
    scores = [sum(row[name] * weight for name, weight in SCORE.items()) for row in ranked]
    good = (
        rows[: len(ranked)] == ranked
        and [row["rank"] for row in ranked] == list(range(1, len(ranked) + 1))
        and all(a >= b - 1e-9 for a, b in pairwise(scores))
        and all(
            (row["rank"] is not None)
            == (row["n"] >= least and None not in (row[name] for name in SCORE))
            for row in rows
        )
    )
    return [] if good else [f"rates: wrong ranking {rows}"]


def _order_faults(rows: list[Panels]) -> list[str]:
    order = [(row["overdue"], row["open"]) for row in rows]
    return [] if order == sorted(order, reverse=True) else ["whistles.department: wrong order"]


def _place(oracle: Oracle, region: str) -> Panels:
    street = oracle.regions.street_like(oracle.regions.index[region]) or oracle.regions.district
    return {"street": street.name, "region": street.code}


def _running(oracle: Oracle, region: Region) -> list[Panels]:
    """The whistles whose limit runs, the first due first."""
    rows = [
        {
            "kind": whistle.kind,
            **_place(oracle, whistle.region),
            "department": whistle.department,
            "category": whistle.category,
            "leg": whistle.leg,
            "due": to_text(whistle.timer.due),
            "state": _state(whistle, oracle.now),
        }
        for whistle in oracle.whistles(region)
        if whistle.open and whistle.timer is not None
    ]
    return sorted(rows, key=lambda row: str(row["due"]))


def _critical(oracle: Oracle, region: Region) -> list[Panels]:
    """The critical alerts that nobody has acknowledged, the last one first."""
    rows = [
        {"kind": each.kind, **_place(oracle, each.region), "raised": to_text(each.raised)}
        for each in oracle.alerts(region)
        if each.active and not each.acknowledged and each.severity == "critical"
    ]
    return sorted(rows, key=lambda row: str(row["raised"]), reverse=True)


def _list_faults(name: str, wanted: list[Panels], shown: list[Panels], by: str) -> list[str]:
    """Of those at the same instant any may stand first."""
    order = [row[by] for row in wanted[:12]]
    good = [row[by] for row in shown] == order and all(row in wanted for row in shown)
    return [] if good else [f"{name}: expected {wanted[:12]}, shown {shown}"]


def _state(whistle: whistles.Whistle, now: int) -> str:
    if whistle.overdue(now):
        return "overdue"
    return "at_risk" if whistle.at_risk(now) else "in_time"


def _stream_faults(oracle: Oracle, shown: Panels) -> list[str]:
    want, found = oracle.stream(), []
    for name in ("rejected_today", "events_per_second"):
        if shown[name] != want[name]:
            found.append(f"stream.{name}: expected {want[name]}, shown {shown[name]}")
    sources = {one.pop("source"): one for one in map(dict, shown["sources"])}
    wanted = {
        name: {**one, "last_seen": to_text(one["last_seen"])}
        for name, one in want["sources"].items()
    }
    if sources != wanted:
        found.append(f"stream.sources: expected {wanted}, shown {sources}")
    return found
