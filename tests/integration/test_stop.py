"""The word to end a process, in a process of its own: it takes the signals for itself."""

import signal
import subprocess
import sys

import pytest

from tests.program import ROOT

pytestmark = pytest.mark.integration

CHILD = """
import sys
from datasource.stop import StopOnSignal
stop = StopOnSignal()
assert not stop.is_set() and not stop.wait(0.01)
print("waiting", flush=True)
assert stop.wait(60) and stop.is_set() and stop.wait(60)
print("told", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_signal_ends_the_wait_at_once(number: signal.Signals) -> None:
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "waiting\n"
        child.send_signal(number)
        assert child.communicate(timeout=60)[0] == "told\n"
    assert child.returncode == 0
