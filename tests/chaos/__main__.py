"""`python -m tests.chaos [--seeds N | --seed N]`: the kill matrix. One line for each round; ends
with code 1 at the first difference, and says how to repeat it."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from playwright.sync_api import Browser

from tests.bench.browser import chromium
from tests.chaos.matrix import run_seed
from tests.chaos.plan import plan_of
from tests.chaos.site import NoSmallDiskError
from tests.postgres import PostgresServer

_TOLD = 30


def main() -> int:
    """Run the seeds that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="run seeds 1 to N (default 20)")
    parser.add_argument("--seed", type=int, nargs="*", default=[], help="run these seeds only")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # everything is ended then, too
    with chromium() as browser:
        return _run(options.seed or range(1, options.seeds + 1), browser)


def _run(seeds: Sequence[int], browser: Browser) -> int:
    postgres: PostgresServer | None = None
    passed = skipped = 0
    try:
        for seed in seeds:
            plan, begun = plan_of(seed), time.monotonic()
            if plan.postgres and postgres is None:
                postgres = PostgresServer(durable=True).start()
            name = "PostgreSQL" if plan.postgres else "SQLite"

            def tell(line: str, seed: int = seed, name: str = name) -> None:
                print(f"seed {seed} ({name}): {line}", flush=True)

            try:
                found = run_seed(plan, postgres, browser, tell)
            except NoSmallDiskError as error:
                skipped += 1
                tell(f"skipped, no small disk can be mounted here: {error}")
                continue
            if found:
                print(*found[:_TOLD], sep="\n", file=sys.stderr)
                print(f"{len(found)} differences; again: make chaos ARGS='--seed {seed}'")
                return 1
            passed += 1
            tell(f"all is right, {time.monotonic() - begun:.0f} s in all")
    finally:
        if postgres is not None:
            postgres.remove()
    print(f"{passed} seeds passed, {skipped} skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
