"""Does the faults of a round, and looks on meanwhile."""

import signal
import time
from collections.abc import Callable, Iterator

import psutil

from tests.chaos.plan import Fault, Round
from tests.chaos.site import Site

_LOOK_SECONDS = 0.2
_AFTER_SECONDS = 5.0  # that the load goes on after the last fault

Action = tuple[float, Callable[[], None]]


def run_round(site: Site, faults: Round, look: Callable[[], None]) -> None:
    """Do all faults, each at its time, and end them, and stay a little; `look` is called a few
    times a second."""
    actions = sorted((each for fault in faults for each in _actions(site, fault)), key=_when)
    begun = time.monotonic()
    for at, do in actions:
        _look_on(begun + at, look)
        do()
    _look_on(time.monotonic() + _AFTER_SECONDS, look)


def _look_on(until: float, look: Callable[[], None]) -> None:
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _LOOK_SECONDS))
        look()


def _when(action: Action) -> float:
    return action[0]


def _actions(site: Site, fault: Fault) -> Iterator[Action]:
    """What has to be done for a fault, at its beginning and at its end."""
    begin, end = _BOTH[fault.kind](site, fault)
    yield fault.at, begin
    if end is not None:
        yield fault.at + fault.seconds, end


Both = tuple[Callable[[], None], Callable[[], None] | None]


def _kill(site: Site, fault: Fault) -> Both:
    if fault.target == "redis":
        return site.redis.kill, site.start_redis
    if fault.target == "database":
        assert site.postgres is not None

        def start() -> None:
            assert site.postgres is not None
            site.postgres.start()

        return site.postgres.kill, start
    return lambda: site.role(fault.target).kill(), None


def _stop(site: Site, fault: Fault) -> Both:
    if fault.target == "redis":
        return site.redis.pause, site.redis.resume
    if fault.target == "database":
        assert site.postgres is not None
        return site.postgres.pause, site.postgres.resume
    stopped: list[psutil.Process] = []

    def pause() -> None:
        stopped.append(site.role(fault.target))
        stopped[0].send_signal(signal.SIGSTOP)

    return pause, lambda: stopped[0].send_signal(signal.SIGCONT)


def _cut(site: Site, _: Fault) -> Both:
    assert site.network is not None
    return site.network.cut, site.network.mend


def _silence(site: Site, _: Fault) -> Both:
    assert site.network is not None
    return site.network.silence, site.network.mend


def _fill(site: Site, _: Fault) -> Both:
    return site.fill, site.free


_BOTH: dict[str, Callable[[Site, Fault], Both]] = {
    "kill": _kill,
    "stop": _stop,
    "cut": _cut,
    "silence": _silence,
    "fill": _fill,
}
