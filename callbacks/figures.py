"""The figures of the whole site for Prometheus, fetched when it asks.

`ROLE_FIGURES` says what each role's figures mean (docs/operations.md tells the same to people);
every web server answers for all processes, so that one of them need be asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from callbacks.sources import SourcesNow
from cockpit.errors import CockpitError
from cockpit.ports import DeadLetters, Process, Stats
from cockpit.watching import LogGauge, ScreensBoard

_COUNTER = True


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the processes of a role write. A counter only rises while a process lives."""

    role: str
    name: str
    help: str
    counter: bool = False

    @property
    def metric(self) -> str:
        """Its name in Prometheus, without the `_total` that counters get there."""
        return f"cockpit_{self.role}_{self.name}"


ROLE_FIGURES = (
    Figure("intake", "received", "Messages heard on the sources' channel", _COUNTER),
    Figure("intake", "accepted", "Events appended to the log", _COUNTER),
    Figure("intake", "duplicates", "Events that the log had already", _COUNTER),
    Figure("intake", "rejected", "Messages sent to the dead letters", _COUNTER),
    Figure("intake", "refused", "Published events that the full log did not take", _COUNTER),
    Figure("intake", "dropped", "Messages in hand at an end that Redis would not take", _COUNTER),
    Figure("intake", "gaps", "Times in which published messages may have been lost", _COUNTER),
    Figure("intake", "reconnections", "Connections to the channel beyond the first", _COUNTER),
    Figure("intake", "refusing", "1 while new events are refused because the log is full"),
    Figure("projector", "seq", "Number of the last entry folded"),
    Figure("projector", "head_at_start", "Number of the log's last entry at the start"),
    Figure("projector", "lag_ms", "Age of the oldest entry that waits to be folded"),
    Figure("projector", "folded", "Entries folded", _COUNTER),
    Figure("projector", "frames", "Frames published", _COUNTER),
    Figure("projector", "dead_letters", "Dead letters heard", _COUNTER),
    Figure("projector", "caught_up", "1 once all that was in the log at the start is folded"),
    Figure("archive", "seq", "Number of the last entry in SQL: the archive's position"),
    Figure("archive", "lag_entries", "Entries of the log that are not in SQL yet"),
    Figure("archive", "lag_ms", "Age of the oldest entry that is not in SQL yet"),
    Figure("archive", "events", "Events written", _COUNTER),
    Figure("archive", "commits", "Transactions committed", _COUNTER),
    Figure("archive", "commit_ms", "Time of the last transaction"),
    Figure("archive", "checkpoints", "Checkpoints written", _COUNTER),
    Figure("archive", "trimmed", "Entries let go from the log behind the archive", _COUNTER),
    Figure("archive", "waiting", "1 while it cannot write"),
    Figure("query", "answered", "Questions answered", _COUNTER),
    Figure("query", "refused", "Questions refused with a code", _COUNTER),
    Figure("query", "failures", "Questions that ended in an unforeseen fault", _COUNTER),
    Figure("query", "busy_ms", "Time spent on questions", _COUNTER),
    Figure("query", "replays", "Replays open"),
    Figure("query", "late", "Questions dropped because their asker had given up", _COUNTER),
    Figure("desk", "answered", "Questions about people and work answered", _COUNTER),
    Figure("desk", "refused", "Questions about people and work refused with a code", _COUNTER),
    Figure("desk", "failures", "Questions to the desk that ended in an unforeseen fault", _COUNTER),
    Figure("desk", "busy_ms", "Time spent on questions to the desk", _COUNTER),
    Figure("desk", "late", "Questions to the desk whose asker had given up", _COUNTER),
    Figure("office", "papers", "Papers asked for", _COUNTER),
    Figure("office", "refused", "Questions to the office refused with a code", _COUNTER),
    Figure("office", "failures", "Papers that ended in an unforeseen fault", _COUNTER),
    Figure("office", "busy_ms", "Time spent on papers", _COUNTER),
    Figure("serve", "sockets", "Screens connected"),
    Figure("serve", "relayed", "Frames handed to screens", _COUNTER),
    Figure("serve", "skipped", "Frames not handed to a screen that was behind", _COUNTER),
    Figure("serve", "superseded", "Frames replaced by a newer one before they went out", _COUNTER),
    Figure("serve", "frame_age_ms", "Age of the district's last frame"),
)
_BY_NAME = {(figure.role, figure.name): figure for figure in ROLE_FIGURES}


def figure_of(role: str, name: str) -> Figure:
    """The figure of this name; a plain one when the table does not know it."""
    return _BY_NAME.get((role, name)) or Figure(role, name, f"{name}, as a process of {role} says")


class SiteFigures(Collector):
    """What Redis knows of the site. While it is away only `cockpit_redis_up` is told."""

    def __init__(
        self,
        stats: Stats,
        gauge: LogGauge,
        dead_letters: DeadLetters,
        board: ScreensBoard,
        sources: SourcesNow,
    ) -> None:
        self._stats, self._gauge, self._dead_letters = stats, gauge, dead_letters
        self._board, self._sources = board, sources

    def collect(self) -> Iterator[Metric]:
        """All of it, or none but that it could not be had."""
        parts: tuple[Callable[[], list[Metric]], ...] = (
            self._processes, self._log, self._rejected, self._screens, self._of_sources,
        )  # fmt: skip
        up, found = 1.0, list[Metric]()
        try:
            for part in parts:
                found += part()
        except CockpitError:
            up, found = 0.0, []
        yield _gauge("cockpit_redis_up", "1 while Redis answers", up)
        yield from found

    def _processes(self) -> list[Metric]:
        processes = self._stats.all()
        labels = ["role", "instance", "state", "build"]
        there = GaugeMetricFamily("cockpit_process", "A process that lives", labels=labels)
        for each in processes:
            there.add_metric([each.role, each.instance, each.state, each.build], 1)
        return [there, *_by_figure(processes)]

    def _log(self) -> list[Metric]:
        log = self._gauge.read()
        return [
            _gauge("cockpit_log_length", "Entries in the log", log.length),
            _gauge("cockpit_log_first", "Number of the log's first entry", log.first),
            _gauge("cockpit_log_head", "Number of the log's last entry", log.head),
            _gauge("cockpit_redis_memory_bytes", "Memory that Redis uses", log.memory),
            _gauge("cockpit_redis_memory_limit_bytes", "Its limit, 0: none", log.limit),
        ]

    def _rejected(self) -> list[Metric]:
        letters = CounterMetricFamily(
            "cockpit_dead_letters", "Rejected messages by code", labels=["code"]
        )
        for each in self._dead_letters.counts():
            letters.add_metric([each.code], each.count)
        return [letters]

    def _screens(self) -> list[Metric]:
        screens = [screen for each in self._board.all().values() for screen in each]
        shown = GaugeMetricFamily("cockpit_screens", "Screens at all web servers", labels=["live"])
        states = [screen.report.live if screen.report else "unheard" for screen in screens]
        for state in ("live", "stale", "offline", "unheard"):
            shown.add_metric([state], states.count(state))
        oldest = max((s.report.age_ms for s in screens if s.report), default=0)
        about = "Age of the oldest picture that a screen reported"
        return [shown, _gauge("cockpit_screen_picture_age_ms", about, oldest)]

    def _of_sources(self) -> list[Metric]:
        late = GaugeMetricFamily("cockpit_source_late", "1 while late", labels=["source"])
        missed = GaugeMetricFamily(
            "cockpit_source_missed", "Numbers of the source that did not come", labels=["source"]
        )
        silent = GaugeMetricFamily(
            "cockpit_source_silent_seconds", "Time since its last event", labels=["source"]
        )
        for each in self._sources.read():
            late.add_metric([each.source], each.late)
            missed.add_metric([each.source], each.missed)
            silent.add_metric([each.source], each.silent_seconds)
        return [late, missed, silent]


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _by_figure(processes: list[Process]) -> list[Metric]:
    families: dict[Figure, Metric] = {}
    for each in processes:
        for name, value in each.values.items():
            figure = figure_of(each.role, name)
            if figure not in families:
                kind = CounterMetricFamily if figure.counter else GaugeMetricFamily
                families[figure] = kind(figure.metric, figure.help, labels=["instance", "state"])
            family = families[figure]
            family.add_metric([each.instance, each.state], value)  # type: ignore[attr-defined]
    return list(families.values())
