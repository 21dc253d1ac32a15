"""When the archive's process lets old things go: at night, in quiet moments."""

from collections.abc import Iterator

from cockpit.clock import HOUR
from cockpit.domain.calendar import day_of
from datasource.database.retention import Retained, Retention

_NIGHT = 3 * HOUR


class Nightly:
    """Retention once a day, after three at night (Shanghai): for a process with other work."""

    def __init__(self, retention: Retention) -> None:
        self._retention = retention
        self._done: int | None = None
        self._steps: Iterator[Retained] | None = None
        self._last = Retained()

    def step(self, now: int) -> Retained | None:
        """Do one step if one is due; answers what was done when the night's work is over, else
        None. To be called at quiet moments. Raises as `Retention.steps`; then it begins again
        at the next call."""
        if self._steps is None:
            night = day_of(now - _NIGHT)
            if night == self._done:
                return None
            self._done, self._steps, self._last = night, self._retention.steps(now), Retained()
        try:
            self._last = next(self._steps)
        except StopIteration:
            self._steps = None
            return self._last
        except BaseException:
            self._steps = self._done = None
            raise
        return None
