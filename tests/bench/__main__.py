"""`python -m tests.bench [name ...]`: measure, print, keep under `bench/results/`."""

import argparse
from collections.abc import Callable

from tests.bench import desk, desks, fanout, latency, month, pages, restart, stages, throughput
from tests.bench.report import Row, keep

BENCHES: dict[str, Callable[[argparse.Namespace], list[Row]]] = {
    "stages": stages.run,
    "throughput": throughput.run,
    "latency": latency.run,
    "cold": pages.cold,
    "main_thread": pages.main_thread,
    "restart": restart.run,
    "desk": desk.run,
    "desks": desks.run,
    "month": month.run,
    "fanout": fanout.run,
    "memory": pages.memory,
}


def main() -> None:
    """Run the measurements named, or all of them, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="default: all")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long `memory` looks")
    options = parser.parse_args()
    for name in options.names or BENCHES:
        keep(name, BENCHES[name](options))


main()
