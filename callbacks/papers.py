"""Papers of meetings over HTTP, and scheduled briefs.

`POST /api/v1/papers` {"region", "pages", "format", "at", "language", "theme"} answers a file of
what a meeting's pages show at that instant; `GET /api/v1/papers?region=&month=` lists the briefs
of a month, `GET /api/v1/papers/<id>` hands one out. The role `office` makes them all; here it is
only asked, and what was taken home is written into the audit.
"""

import re
from collections.abc import Callable, Sequence
from threading import BoundedSemaphore
from typing import Any, Protocol
from urllib.parse import quote

import msgspec
from flask import Blueprint, Response, request
from msgspec import Struct

from callbacks.gates import Desk, Gates, peer
from cockpit.clock import parse_instant
from cockpit.domain.access import Account, Right
from cockpit.domain.meeting import PAGE_NAMES
from cockpit.errors import CockpitError
from datasource.desk.people_questions import WriteAudit
from datasource.office.questions import (
    File,
    Format,
    Language,
    ListBriefs,
    MakePaper,
    ReadBrief,
    Theme,
)

_ID = re.compile(r"[0-9a-f]{24}")
_NOT_A_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_DRAWN = {"pdf", "png"}
SECONDS = 60.0
_MOST_BYTES = 10_000


class Office(Protocol):
    """Asks the role `office`."""

    def ask(self, question: Struct) -> bytes:
        """The answer. Raises CockpitErrors."""


class _Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    region: str
    pages: Sequence[str]
    format: Format
    at: str
    language: Language = "zh"
    theme: Theme = "dark"


def create_papers(office: Office, desk: Desk, gates: Gates) -> Blueprint:
    """The routes under /api/v1/papers."""
    papers = Blueprint("papers", __name__, url_prefix="/api/v1/papers")
    drawing = BoundedSemaphore(1)  # a browser takes seconds and half a processor

    def told(what: str, subject: str) -> None:
        who = gates.account()
        desk.ask(WriteAudit(who, what, subject, "done", peer()))

    def ask(question: Struct) -> bytes:
        try:
            return office.ask(question)
        except CockpitError as error:
            if error.code == "access.refused":  # it knows of what region a brief is
                gates.refused_elsewhere(error)
            raise

    @papers.post("")
    def make() -> Response:
        wanted = _wanted()
        gates.look(Right.LOOK_MEETING, wanted.region)
        found = _made(ask, _question(wanted, gates.account()), drawing)
        told("paper.made", f"{wanted.region}/{wanted.format}")
        return _file(found)

    @papers.get("")
    def listed() -> Response:
        region = request.args.get("region", "") or gates.account().region
        gates.look(Right.LOOK_MEETING, region)
        answer = ask(ListBriefs(gates.account(), region, request.args.get("month", "")))
        return Response(answer, mimetype="application/json", headers={"Cache-Control": "no-store"})

    @papers.get("/<name>")
    def read(name: str) -> Response:
        who = gates.account()
        if not _ID.fullmatch(name):
            raise CockpitError("paper.unknown", id=name[:40])
        found = ask(ReadBrief(who, name))
        told("paper.read", name)
        return _file(found)

    return papers


def _wanted() -> _Wanted:
    request.max_content_length = _MOST_BYTES
    try:
        wanted = msgspec.json.decode(request.get_data(cache=False), type=_Wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CockpitError("request.invalid", why=str(error)[:200]) from None
    if not wanted.pages or not set(wanted.pages) <= set(PAGE_NAMES):
        raise CockpitError("request.invalid", why=f"pages are of {', '.join(PAGE_NAMES)}")
    return wanted


def _question(wanted: _Wanted, who: Account) -> MakePaper:
    return MakePaper(
        who, wanted.region, list(wanted.pages), wanted.format, parse_instant(wanted.at),
        wanted.language, wanted.theme, request.host_url.rstrip("/"),
    )  # fmt: skip


def _made(ask: Callable[[Struct], bytes], question: MakePaper, drawing: BoundedSemaphore) -> bytes:
    """The paper; of those that a browser draws, one at a time."""
    if question.format not in _DRAWN:
        return ask(question)
    if not drawing.acquire(blocking=False):
        raise CockpitError("query.busy", limit=1, service="office")
    try:
        return ask(question)
    finally:
        drawing.release()


def _file(answer: bytes) -> Response:
    """A file to keep, under a name that is safe on every system."""
    found: Any = msgspec.msgpack.decode(answer, type=File)
    name = _NOT_A_NAME.sub("_", found.name)[-120:]
    response = Response(found.body, mimetype=found.media)
    plain = name.encode("ascii", "ignore").decode() or "paper"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response
