"""How often somebody may ask. Counted in Redis for all web servers together; while that is away
each counts for itself, so that nothing stands still for want of a counter."""

from collections.abc import Callable

import flask
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from cockpit.ports import SourceKey

# By address, which a whole office may share: method and rule of a route.
BY_ADDRESS = {
    ("POST", "/login"): "60 per minute",
    ("POST", "/account"): "30 per minute",
    ("POST", "/api/v1/pairing"): "120 per minute",
    ("POST", "/api/v1/devices"): "30 per minute",
    ("POST", "/api/v1/commands"): "600 per minute",
    ("POST", "/api/v1/papers"): "60 per minute",
}
_SECONDS = 1.0


class Limits:
    """Raises flask_limiter's RateLimitExceeded, which the guard answers as `access.too_many`."""

    def __init__(self, server: Flask, storage: str, prefix: str) -> None:
        """`storage` as the library `limits` names it, `memory://` or a Redis."""
        options: dict[str, object] = {}
        if not storage.startswith("memory"):
            options = {
                "key_prefix": f"{prefix}:limits",
                "socket_timeout": _SECONDS,
                "socket_connect_timeout": _SECONDS,
            }
        self._limiter = Limiter(
            get_remote_address,
            app=server,
            storage_uri=storage,
            storage_options=options,  # type: ignore[arg-type]  # it takes any
            in_memory_fallback_enabled=True,
            swallow_errors=True,
        )
        self._count = self._limiter.limit(
            lambda: f"{flask.g.key_rate} per minute",
            key_func=lambda: flask.g.key_id,
            cost=lambda: flask.g.key_events,
        )(_passed)

    def count_events(self, key: SourceKey, events: int) -> None:
        """So many events with a key."""
        if key.rate:
            flask.g.key_rate, flask.g.key_id, flask.g.key_events = key.rate, key.id, events
            self._count()

    def guard(self, server: Flask) -> None:
        """Put the limits of the table around the routes that are there. To be called once all
        are."""
        for rule in server.url_map.iter_rules():
            for method in rule.methods or ():
                if text := BY_ADDRESS.get((method, rule.rule)):
                    view: Callable[..., object] = server.view_functions[rule.endpoint]
                    limited = self._limiter.limit(text)(view)
                    server.view_functions[rule.endpoint] = limited  # type: ignore[assignment]


def _passed() -> None:
    """What is counted."""
