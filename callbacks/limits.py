"""How often somebody may ask. Counted in Redis for all web servers together; while that is away
each counts for itself, so that nothing stands still for want of a counter."""

from collections.abc import Callable

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItemPerMinute
from limits.errors import StorageError

from cockpit.errors import CockpitError
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
    """What is too much is answered as `access.too_many` (guard.py)."""

    def __init__(self, server: Flask, storage: str, prefix: str) -> None:
        """`storage` as the library `limits` names it, `memory://` or a Redis."""
        options: dict[str, object] = {}
        if not storage.startswith("memory"):
            options = {
                "key_prefix": f"{prefix}:limits",
                "wrap_exceptions": True,
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

    def count_events(self, key: SourceKey, events: int) -> None:
        """So many events with a key. Raises CockpitError `access.too_many`."""
        if not key.rate:
            return
        try:
            passed = self._limiter.limiter.hit(
                RateLimitItemPerMinute(key.rate), "key", key.id, cost=events
            )
        except StorageError:  # without Redis nothing is taken anyway
            return
        if not passed:
            raise CockpitError("access.too_many", limit=f"{key.rate} per 1 minute")

    def guard(self, server: Flask) -> None:
        """Put the limits of the table around the routes that are there. To be called once all
        are."""
        for rule in server.url_map.iter_rules():
            for method in rule.methods or ():
                if text := BY_ADDRESS.get((method, rule.rule)):
                    view: Callable[..., object] = server.view_functions[rule.endpoint]
                    limited = self._limiter.limit(text)(view)
                    server.view_functions[rule.endpoint] = limited  # type: ignore[assignment]
