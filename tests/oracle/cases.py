"""Cases, recomputed: what one case is after its events, and what a region's cases count."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cockpit.clock import HOUR, MINUTE, to_micros
from cockpit.domain.calendar import day_of, minute_of_day, month_of
from cockpit.domain.event_types import CHANNELS, FollowedUp
from cockpit.domain.events import Event
from cockpit.domain.rules import Rules
from tests.oracle.timer import Timer, by_hand, by_rule

STAGES = ("reported", "accepted", "filed", "dispatched", "handling", "handled")
AGES = (("h4", 4 * HOUR), ("h24", 24 * HOUR), ("d3", 72 * HOUR), ("more", 2**62))


@dataclass
class Case:
    region: str
    reported: int
    category: str
    grade: str
    channel: str
    stage: str = "reported"
    timer: Timer | None = None
    suspended: bool = False
    failed: int = 0
    closed: int | None = None
    on_time: bool = False
    out: bool = False
    follow_ups: list[tuple[int, FollowedUp]] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.closed is None and not self.out

    def overdue(self, now: int) -> bool:
        return self.open and self.timer is not None and self.timer.overdue(now)

    def at_risk(self, now: int) -> bool:
        return self.open and self.timer is not None and self.timer.at_risk(now)


def told(case: Case, event: Event) -> dict[str, object] | None:
    """The ticker's line of an event that was not refused, if it has one."""
    kind = event.type.removeprefix("case.")
    if kind not in {"reported", "closed", "supervised"} and not (
        kind == "verified" and event.data.passed
    ):
        return None
    line: dict[str, object] = {"category": case.category, "channel": case.channel}
    if kind == "closed":
        line["minutes"] = max(0, event.time - case.reported) // MINUTE
    if kind == "supervised":
        line["level"] = event.data.level
    return line


def opened(event: Event) -> Case:
    data = event.data
    return Case(event.region, event.time, data.category, data.grade, data.channel)


def apply(case: Case, event: Event, rules: Rules) -> str | None:  # noqa: PLR0912
    """Change the case; answers the code of the refusal, if any."""
    kind, at = event.type.removeprefix("case."), event.time
    if not case.open and not (case.closed is not None and kind == "followed_up"):
        return "case.ended"
    if kind in STAGES:
        case.stage = max(case.stage, kind, key=STAGES.index)
    if kind == "dispatched" and case.timer is None:
        _start(case, event, rules)
    if kind == "returned":
        if STAGES.index(case.stage) < STAGES.index("dispatched"):
            return "case.not_dispatched"
        case.stage, case.timer = "filed", None
    if kind == "verified":
        case.stage = "handled" if event.data.passed else "handling"
        case.failed += not event.data.passed
    if kind == "suspended":
        if case.suspended:
            return "case.suspended"
        case.suspended = True
        if case.timer:
            case.timer.stop(at)
    if kind == "resumed":
        if not case.suspended:
            return "case.not_suspended"
        case.suspended = False
        if case.timer:
            case.timer.resume(at)
    if kind == "extended":
        if case.timer is None:
            return "case.no_deadline"
        case.timer.extend(to_micros(event.data.due), at)
    if kind == "followed_up":
        case.follow_ups.append((at, event.data))
    if kind in {"declined", "cancelled"}:
        case.out = True
    if kind == "closed":
        case.closed = at
        case.on_time = case.timer is None or case.timer.on_time(at)
    return None


def _start(case: Case, event: Event, rules: Rules) -> None:
    if event.data.due is not None:
        case.timer = by_hand(rules.calendar, to_micros(event.data.due), event.time)
    else:
        limit = rules.case_limit(case.category, case.grade)
        case.timer = by_rule(rules.calendar, limit, event.time)
    if case.suspended:
        case.timer.stop(event.time)


def ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def metrics(cases: Sequence[Case], now: int, rules: Rules) -> dict[str, object]:
    """Every `cases.*` of a region from its cases."""
    today, month = day_of(now), month_of(now)
    is_open = [c for c in cases if c.open]
    overdue = [c for c in is_open if c.overdue(now)]
    reported = [c for c in cases if day_of(c.reported) == today]
    yesterday = [
        c
        for c in cases
        if day_of(c.reported) == today - 1 and minute_of_day(c.reported) < minute_of_day(now)
    ]
    month_closed = [c for c in cases if c.closed is not None and month_of(c.closed) == month]
    on_time = [c for c in month_closed if c.on_time]
    found: dict[str, object] = {
        "reported_today": len(reported),
        "reported_yesterday": len(yesterday),
        "open": len(is_open),
        "closed_today": len([c for c in month_closed if day_of(c.closed or 0) == today]),
        "overdue": len(overdue),
        "overdue_new_today": len([c for c in overdue if c.timer and day_of(c.timer.due) == today]),
        "at_risk": len([c for c in is_open if c.at_risk(now)]),
        "suspended": len([c for c in is_open if c.suspended]),
        "on_time_rate": ratio(len(on_time), len(month_closed) + len(overdue)),
        "closed_month": len(month_closed),
        "rework_rate": ratio(len([c for c in month_closed if c.failed]), len(month_closed)),
    }
    for stage in STAGES:
        found[f"stage.{stage}"] = len([c for c in is_open if c.stage == stage])
    for channel in CHANNELS:
        found[f"channel.{channel}"] = len([c for c in reported if c.channel == channel])
    for main in rules.mains:
        found[f"category.{main}"] = len([c for c in reported if c.category[:2] == main])
    found.update(follow_ups(cases, month))
    return {f"cases.{name}": value for name, value in found.items()}


def follow_ups(cases: Sequence[Case], month: int) -> dict[str, object]:
    said = [d for c in cases if not c.out for at, d in c.follow_ups if month_of(at) == month]
    answered = [d for d in said if d.satisfaction is not None]
    content = [d for d in answered if d.satisfaction in {"satisfied", "basically"}]
    return {
        "follow_ups": len(said),
        "answered": len(answered),
        "response_rate": ratio(len([d for d in said if d.responded]), len(said)),
        "resolution_rate": ratio(len([d for d in said if d.resolved]), len(said)),
        "satisfaction_rate": ratio(len(content), len(answered)),
    }


def trend(cases: Sequence[Case], now: int) -> dict[str, list[int]]:
    """48 half-hours each of reported and closed today and reported 7 days ago."""

    def halves(instants: list[int], day: int) -> list[int]:
        return [
            len([t for t in instants if day_of(t) == day and minute_of_day(t) // 30 == half])
            for half in range(48)
        ]

    today = day_of(now)
    reported = [c.reported for c in cases]
    closed = [c.closed for c in cases if c.closed is not None]
    return {
        "reported": halves(reported, today),
        "closed": halves(closed, today),
        "last_week": halves(reported, today - 7),
    }


def ages(cases: Sequence[Case], now: int) -> dict[str, dict[str, int]]:
    """Open cases by stage and by time since report."""

    def bucket(case: Case) -> str:
        return next(name for name, below in AGES if now - case.reported < below)

    return {
        stage: {
            name: len([c for c in cases if c.open and c.stage == stage and bucket(c) == name])
            for name, _ in AGES
        }
        for stage in STAGES
    }
