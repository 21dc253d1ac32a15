"""python-socketio's table of clients, that forgets one at a cost that does not grow with all.

Its own looks through the rooms of everybody for each client that goes, and each client has a room:
the end of 4000 sockets at once (a switch restarts) held the event loop for six seconds. Screens
enter no rooms, so the two that each is put into are known.

Relied on of python-socketio 5.18.1, and held by tests/integration/test_gateway.py against the
parent: what is kept of a client.
"""

from typing import Any

from socketio import Manager


class SocketManager(Manager):
    """For clients that enter no rooms beside their own and that of all."""

    def basic_disconnect(self, sid: str, namespace: str, **kwargs: Any) -> None:
        for room in (sid, None):
            self.basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]
