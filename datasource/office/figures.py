"""The large numbers of a page, as assets/js/meeting/figures.js paints them: with their state, and
the line below."""

from collections.abc import Callable
from typing import Any

from cockpit.domain.meeting import NOTES
from cockpit.domain.numbers import number_of
from datasource.office.paper import Figure, State, Value, Words, at_path, shown, tenths

_LATE = "▲"


def figure(metric: str, panels: dict[str, Any], words: Words) -> Figure:
    """The number of that name in a frame's panels."""
    number, value = number_of(metric), at_path(panels, metric)
    parts = [at_path(panels, name) for name in number.of]
    n = sum(part or 0 for part in parts) if parts else None
    note, note_state = _note(metric, panels, words, n)
    return Figure(
        metric, words.name(number), value, number.form, words.means(number), n,
        _state(metric, value, panels), note, note_state,
    )  # fmt: skip


def _some(value: Value) -> bool:
    """Whether a count, perhaps a masked one ("<5"), is known to be more than nothing."""
    return value not in {0, None, "*"}


def _state(metric: str, value: Value, panels: dict[str, Any]) -> State:
    if metric == "patrols.coverage_rate":
        return _coverage(panels["patrols"])
    if "overdue" in metric or metric.endswith(".critical"):
        return "late" if _some(value) else ""
    if any(name in metric for name in ("at_risk", "off_post", "unacknowledged")):
        return "risk" if _some(value) else ""
    return ""


def _coverage(patrols: dict[str, Any]) -> State:
    rate = patrols["coverage_rate"]
    if rate is None or rate >= patrols["target_rate"]:
        return ""
    return "late" if rate < patrols["alarm_rate"] else "risk"


def _note(metric: str, panels: dict[str, Any], words: Words, n: int | None) -> tuple[str, State]:
    """The line below a number and its state: what NOTES says, else the n of a rate."""
    name, *_ = NOTES.get(metric, ("n" if n is not None else "",))
    size = "" if n is None else words("n", n=shown(n, "count", words))
    if name in {"", "n"}:
        return size, ""
    if name == "special":
        return _special(panels["visits"]["overdue"]["special"], words)
    if name == "target":
        target = words("percent", value=f"{panels['patrols']['target_rate'] * 100:.0f}")
        return f"{words('meeting.target', target=target)} · {size}", ""
    return _NOTES[name](panels, words), ""


def _special(value: Value, words: Words) -> tuple[str, State]:
    told = words("meeting.special", count=shown(value, "count", words))
    return (f"{_LATE} {told}", "late") if _some(value) else (told, "")


def _versus(panels: dict[str, Any], words: Words) -> str:
    now, before = panels["cases"]["reported_today"], panels["cases"]["reported_yesterday"]
    if not before:
        return words("meeting.versus", change=words("none"))
    change = (now - before) / before * 100
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return words("meeting.versus", change=sign + words("percent", value=tenths(abs(change))))


def _count(key: str, panel: str, name: str) -> Callable[[dict[str, Any], Words], str]:
    return lambda panels, words: words(key, count=shown(panels[panel][name], "count", words))


_NOTES: dict[str, Callable[[dict[str, Any], Words], str]] = {
    "versus": _versus,
    "new_today": _count("meeting.overdue.today", "cases", "overdue_new_today"),
    "risk": _count("meeting.risk", "whistles", "at_risk"),
    "expected": _count("meeting.of", "patrols", "expected"),
}
