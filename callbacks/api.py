"""The HTTP door for programs: events in, frames out (events.md, metrics.md).

`POST /api/v1/events` needs a source's key once the site has any (callbacks/ingest.py). It answers
only after the log has the events. 503 (`log.full`, `redis.*`) says
that it has not taken them all: the same request may be sent again, and doubles nothing. `GET
/api/v1/frames/<region>/<screen>` answers the last frame as it was published, with `?at=<instant>`
the one of that instant (callbacks/past.py).
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from flask import Blueprint, Response, jsonify, request

from callbacks.address import checked_view
from callbacks.gates import Gates
from callbacks.ingest import check_of, presented_key
from callbacks.limits import Limits
from callbacks.past import Queries, frame_at
from cockpit.domain.access import Right
from cockpit.domain.events import MAX_BYTES
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import FrameBus, Sessions
from datasource.receive import Check

MAX_BATCH = 1000
MAX_BODY = 16 * 1024 * 1024
# A long batch is taken in slices: between two of them the server serves its sockets.
SLICE = 100


class Rejection(Protocol):
    """A message that was not accepted: its place in what was handed in, and why."""

    @property
    def index(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Receipt(Protocol):
    """What became of some messages."""

    @property
    def accepted(self) -> int: ...
    @property
    def duplicates(self) -> int: ...
    @property
    def rejected(self) -> Sequence[Rejection]: ...


class Receiver(Protocol):
    """Judges messages, appends the good ones to the log, the others to the dead letters."""

    def receive(self, messages: Sequence[bytes], check: Check | None = None) -> Receipt:
        """What became of each; `check` raises for what may not be sent. Raises CockpitError
        `redis.unreachable`, `redis.refused` or `log.full`; may be repeated."""


def create_api(
    receiver: Receiver,
    bus: FrameBus,
    regions: Regions,
    queries: Queries,
    gates: Gates,
    sessions: Sessions,
    limits: Limits,
) -> Blueprint:
    """The routes under /api/v1 that are about now; with `?at=` a frame is one of then."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.post("/events")
    def post_events() -> tuple[Response, int]:
        request.max_content_length = MAX_BODY
        key = presented_key(sessions)
        messages = _messages(request.get_data(cache=False))
        if key is None:
            return jsonify(_receive(receiver, messages, None)), 202
        limits.count_events(key, len(messages))
        return jsonify(_receive(receiver, messages, check_of(regions, key))), 202

    @api.get("/frames/<region>/<screen>")
    def get_frame(region: str, screen: str) -> Response:
        view = checked_view(regions, region, screen)
        gates.look(Right.LOOK_WALL, region, view)
        if "at" in request.args:
            return frame_at(queries, view)
        frame = bus.last(view)
        if frame is None:
            raise CockpitError("frame.none")
        return Response(frame, mimetype="application/json", headers={"Cache-Control": "no-store"})

    return api


def _messages(body: bytes) -> list[bytes]:
    """The messages of a body, one or an array, each with the very bytes it was sent in."""
    try:
        if body.lstrip()[:1] != b"[":
            single = bytes(msgspec.json.decode(body, type=msgspec.Raw))
            if len(single) > MAX_BYTES:
                raise CockpitError("message.too_large", limit=MAX_BYTES, size=len(single))
            return [single]
        batch = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CockpitError("message.not_json", why=error) from None
    if len(batch) > MAX_BATCH:
        raise CockpitError("message.batch_too_large", limit=MAX_BATCH, size=len(batch))
    return [bytes(message) for message in batch]


def _receive(receiver: Receiver, messages: list[bytes], check: Check | None) -> dict[str, object]:
    accepted = duplicates = 0
    rejected = []
    for start in range(0, len(messages), SLICE):
        receipt = receiver.receive(messages[start : start + SLICE], check)
        accepted += receipt.accepted
        duplicates += receipt.duplicates
        rejected += [
            {"index": start + each.index, "code": each.code, "reason": each.reason}
            for each in receipt.rejected
        ]
    return {"accepted": accepted, "duplicates": duplicates, "rejected": rejected}
