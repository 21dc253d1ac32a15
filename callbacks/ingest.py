"""Source keys: what a source may send over HTTP (events.md).

As long as a site has made no key anybody who reaches it may send, as on the channel; from the
first key on nobody without one.
"""

from flask import request

from cockpit.domain.events import Event
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import Sessions, SourceKey
from datasource.receive import Check


def presented_key(sessions: Sessions) -> SourceKey | None:
    """The key of this request; None where none is needed. Raises CockpitError `access.key`."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    told = text.strip() if kind.lower() == "bearer" else request.headers.get("X-Api-Key", "")
    if told:
        key = sessions.key(told)
        if key is None:
            raise CockpitError("access.key")
        return key
    if sessions.keys_exist():
        raise CockpitError("access.key")
    return None


def check_of(regions: Regions, key: SourceKey) -> Check:
    """Says whether an event may be sent with a key: raises CockpitError `access.key_source`,
    `access.key_type`, `access.key_region`."""
    allowed = {regions.index[code] for code in key.regions if code in regions.index}

    def check(event: Event) -> None:
        if event.source != key.source:
            raise CockpitError("access.key_source", source=event.source[:80])
        if key.types and event.type not in key.types:
            raise CockpitError("access.key_type", type=event.type)
        if allowed.isdisjoint(regions.all[regions.index[event.region]].chain):
            raise CockpitError("access.key_region", region=event.region)

    return check
