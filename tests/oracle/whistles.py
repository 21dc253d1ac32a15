"""Whistles, recomputed."""

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.clock import to_micros
from cockpit.domain.calendar import day_of, month_of
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from tests.oracle.cases import ratio
from tests.oracle.timer import Timer, by_rule

LEGS = ("sign", "arrive", "finish")


@dataclass
class Whistle:
    """`leg` is sign, arrive, finish, refused or none; `timer` stands for the running leg."""

    region: str
    blown: int
    kind: str
    category: str
    department: str
    leg: str
    began: int
    timer: Timer | None
    arrival: tuple[int, bool] | None = None
    confirmed: int | None = None
    withdrawn: bool = False
    assigned: int = 0  # to the department in charge

    @property
    def open(self) -> bool:
        return self.confirmed is None and not self.withdrawn

    def overdue(self, now: int) -> bool:
        return self.open and self.timer is not None and self.timer.overdue(now)

    def at_risk(self, now: int) -> bool:
        return self.open and self.timer is not None and self.timer.at_risk(now)


def _timer(rules: Rules, kind: str, leg: str, at: int) -> Timer:
    return by_rule(rules.calendar, rules.whistle_limit(kind, leg), at)


def opened(event: Event, rules: Rules) -> Whistle:
    data, at = event.data, event.time
    timer = _timer(rules, data.kind, "sign", at)
    return Whistle(
        event.region, at, data.kind, data.category, data.department, "sign", at, timer, assigned=at
    )


def _enter(whistle: Whistle, leg: str, at: int, rules: Rules) -> None:
    whistle.leg, whistle.began = leg, at
    whistle.timer = _timer(rules, whistle.kind, leg, at) if leg in LEGS else None


def apply(whistle: Whistle, event: Event, rules: Rules) -> str | None:
    """Change the whistle; answers the code of the refusal, if any."""
    kind, at = event.type.removeprefix("whistle."), event.time
    if not whistle.open:
        return None if kind == "rated" else "whistle.ended"
    if kind == "signed" and whistle.leg in {"sign", "refused"}:
        _enter(whistle, "arrive", at, rules)
    elif kind == "refused" and whistle.leg == "sign":
        _enter(whistle, "refused", at, rules)
    elif kind == "reassigned":
        whistle.department, whistle.arrival = event.data.department, None
        whistle.assigned = at
        _enter(whistle, "sign", at, rules)
    elif kind == "arrived" and whistle.leg in {"sign", "refused", "arrive"}:
        judged = whistle.timer
        if whistle.leg != "arrive":
            judged = _timer(rules, whistle.kind, "arrive", whistle.began)
        assert judged is not None
        whistle.arrival = (at, at <= judged.due)
        _enter(whistle, "finish", at, rules)
    elif kind == "resolved":
        _enter(whistle, "none", at, rules)
    elif kind == "extended":
        if whistle.timer is None:
            return "whistle.no_deadline"
        whistle.timer.extend(to_micros(event.data.due), at)
    elif kind == "confirmed":
        whistle.confirmed = at
    elif kind == "withdrawn":
        whistle.withdrawn = True
    return None


def told(whistle: Whistle, event: Event) -> dict[str, object] | None:
    """The ticker's line of an event that was not refused, if it has one."""
    kind = event.type.removeprefix("whistle.")
    if kind not in {"blown", "arrived", "confirmed", "escalated"}:
        return None
    line: dict[str, object] = {
        "category": whistle.category,
        "department": whistle.department,
        "kind": whistle.kind,
    }
    if kind == "escalated":
        line["level"] = event.data.level
    return line


def metrics(whistles: Sequence[Whistle], now: int) -> dict[str, object]:
    """Every scalar `whistles.*` of a region from its whistles."""
    today, month = day_of(now), month_of(now)
    arrivals = [
        w.arrival[1]
        for w in whistles
        if w.arrival and not w.withdrawn and month_of(w.arrival[0]) == month
    ]
    missing = [w for w in whistles if w.leg == "arrive" and w.overdue(now)]
    confirmed = [w.confirmed for w in whistles if w.confirmed is not None]
    return {
        "whistles.open": len([w for w in whistles if w.open]),
        "whistles.overdue": len([w for w in whistles if w.overdue(now)]),
        "whistles.at_risk": len([w for w in whistles if w.at_risk(now)]),
        "whistles.blown_today": len([w for w in whistles if day_of(w.blown) == today]),
        "whistles.confirmed_today": len([t for t in confirmed if day_of(t) == today]),
        "whistles.arrivals_judged": len(arrivals) + len(missing),
        "whistles.on_time_arrival_rate": ratio(
            len([a for a in arrivals if a]), len(arrivals) + len(missing)
        ),
    }


def departments(whistles: Sequence[Whistle], now: int) -> dict[str, dict[str, int]]:
    """Open and overdue by the department in charge."""
    return {
        name: {
            "open": len([w for w in whistles if w.open and w.department == name]),
            "overdue": len([w for w in whistles if w.overdue(now) and w.department == name]),
        }
        for name in {w.department for w in whistles if w.open}
    }
