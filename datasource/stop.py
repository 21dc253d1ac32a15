"""The word to end a process, brought by a signal.

`threading.Event` will not do: setting it in a signal handler can wait for a lock that the
interrupted code holds.
"""

import os
import select
import signal


class StopOnSignal:
    """Set by SIGTERM, SIGINT and SIGHUP from its making on, and by `set`. Implements
    `cockpit.ports.StopSignal`. Make it in the main thread."""

    def __init__(self) -> None:
        self._set = False
        self._ear, self._mouth = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.set())

    def set(self) -> None:
        """Say the word; may be called anywhere, also in a signal handler."""
        if not self._set:
            self._set = True
            os.write(self._mouth, b".")

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float) -> bool:
        if not self._set:
            select.select([self._ear], [], [], timeout)
        return self._set
