"""`GET /api/v1/drill/<region>?metric=&at=&start=&end=`: the very list that makes up a number, now
or at a moment.

→ {"n", "at", "metric", "kind", "value", "total", "columns": [{"key", "title"}], "rows":
[{"subject", "state", column: text, …}]}: made for people, in the language that `lang` names.
Without `at`: where the archive ends. A moment that the archive has not come to yet is waited for
briefly; `at` says of which moment the list is in the end. The role `query` finds it
(datasource/member_lists.py); `rows` are those from `start` (0) up to, not including, `end` (200).
"""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta, timezone
from typing import Any

import msgspec
from flask import Blueprint, Response, jsonify, request

from callbacks.gates import Desk, Gates, peer
from callbacks.past import Queries
from cockpit.clock import parse_instant, to_datetime
from cockpit.domain.regions import Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from datasource.desk.people_questions import WriteAudit
from datasource.lately import SAME_LOOK_SECONDS, Lately
from datasource.questions import Members
from layouts.i18n import LANGUAGES, Texts

Row = Mapping[str, Any]
Show = Callable[[Texts, Row], str]
_GIVEN = {"metric", "at", "start", "end", "lang"}
_SHANGHAI = timezone(timedelta(hours=8))
_PAGE = 200
_MILLISECOND = 1000  # as exactly as texts tell instants
# A screen is some tenths of a second ahead of the archive.
_ARCHIVE_SECONDS = 3.0
_LOOK_SECONDS = 0.2


def create_drill(
    queries: Queries, desk: Desk, regions: Regions, rules: Rules, gates: Gates
) -> Blueprint:
    """The route. Raises CockpitError `access.*`, `region.unknown`, `request.invalid`, and what the
    role `query` raises."""
    api = Blueprint("drill", __name__, url_prefix="/api/v1")
    columns, seen = _columns(rules), Lately(SAME_LOOK_SECONDS)

    @api.get("/drill/<region>")
    def drill(region: str) -> Response:
        if strange := request.args.keys() - _GIVEN:
            raise CockpitError("request.invalid", why=f"there is no {min(strange)[:20]!r} here")
        question = Members(
            who=gates.account(),
            region=regions.get(region).code,
            metric=request.args.get("metric", "")[:60],
            at=parse_instant(request.args["at"][:60]) if "at" in request.args else None,
            start=_number("start", 0),
            end=_number("end", _PAGE),
        )
        for right in question.rights:
            gates.look(right, question.region)
        if question.names_persons:
            # A look at persons is in the audit before anything is shown.
            about = f"{question.region}/{question.metric}"
            if not seen.has((question.who.id, about)):
                desk.ask(WriteAudit(question.who, "look.person", about, "seen", peer()))
                seen.note((question.who.id, about))
        answer = jsonify(_shown(_found(queries, question), columns))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return api


def _found(queries: Queries, question: Members) -> dict[str, Any]:
    """The list of the very moment that is asked for, or of the nearest one before it that there
    is after a while."""
    until = time.monotonic() + _ARCHIVE_SECONDS
    while True:
        found: dict[str, Any] = msgspec.json.decode(queries.ask(question))
        at = question.at
        reached = at is None or parse_instant(found["at"]) >= at // _MILLISECOND * _MILLISECOND
        if reached or time.monotonic() >= until:
            return found
        time.sleep(_LOOK_SECONDS)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise CockpitError("request.invalid", why=f"{name} is not a whole number")
    return int(text)


def _shown(found: dict[str, Any], columns: Mapping[str, Mapping[str, Show]]) -> dict[str, Any]:
    """The list in words."""
    asked = request.args.get("lang", "")
    texts = Texts(asked if asked in LANGUAGES else LANGUAGES[0])
    wanted = dict(columns[found["kind"]])
    if any("counted" in row for row in found["rows"]):
        wanted["counted"] = lambda texts, row: texts("drill.yes") if row["counted"] else ""
    rows = [
        {name: show(texts, row) for name, show in wanted.items()}
        | {"subject": row["subject"], "state": row.get("state", "")}
        for row in found["rows"]
    ]
    titles = [{"key": name, "title": texts(f"drill.column.{name}")} for name in wanted]
    return {**found, "rows": rows, "columns": titles}


# -- words -----------------------------------------------------------------------------------


def _columns(rules: Rules) -> Mapping[str, Mapping[str, Show]]:
    """What is shown of each kind, in this order."""

    def category(texts: Texts, row: Row) -> str:
        code = row.get("category", "")
        minor = rules.minors.get(code)
        return (
            getattr(minor, texts.language) if minor else _coded("category", "category")(texts, row)
        )

    return {
        "case": {
            "key": _plain("key"), "place": _plain("place"), "category": category,
            "stage": _stage, "unit": _plain("unit"), "due": _instant("due"), "mark": _mark,
        },
        "whistle": {
            "key": _plain("key"), "place": _plain("place"), "category": category,
            "department": _plain("department"), "leg": _leg, "due": _instant("due"),
            "mark": _mark,
        },
        "person": {
            "key": _plain("key"), "place": _plain("place"), "category": category,
            "level": _coded("person_level", "level"), "visited": _instant("visited"),
            "due": _instant("due"), "mark": _mark,
        },
        "alert": {
            "key": _plain("key"), "place": _plain("place"), "kind": _coded("alert", "kind"),
            "severity": _coded("severity", "severity"), "raised": _instant("raised"),
        },
        "grid": {"key": _plain("key"), "place": _plain("place"), "shift": _shifts},
        "worker": {"key": _plain("key"), "place": _plain("place")},
    }  # fmt: skip


def _plain(name: str) -> Show:
    return lambda _, row: str(row.get(name) or "")


def _coded(family: str, name: str) -> Show:
    def show(texts: Texts, row: Row) -> str:
        code = row.get(name)
        return texts(f"{family}.{code}") if code else ""

    return show


def _instant(name: str) -> Show:
    def show(_: Texts, row: Row) -> str:
        if not row.get(name):
            return ""
        local = to_datetime(parse_instant(row[name])).astimezone(_SHANGHAI)
        return f"{local:%Y-%m-%d %H:%M}"

    return show


def _stage(texts: Texts, row: Row) -> str:
    stage = row["ended"] or ("suspended" if row["suspended"] else row["stage"])
    return texts(f"stage.{stage}")


def _leg(texts: Texts, row: Row) -> str:
    return texts(f"leg.{row['ended'] or row['leg'] or 'done'}")


def _mark(texts: Texts, row: Row) -> str:
    state = row.get("state", "in_time")
    return "" if row.get("ended") else texts(f"drill.state.{state}")


def _shifts(texts: Texts, row: Row) -> str:
    """Both shifts: how far the grid is, and the minutes walked."""
    return texts("drill.shifts").join(
        texts(
            "drill.shift" if each["minutes"] else "drill.shift.none",
            shift=texts(f"drill.shift.{kind}"), state=texts(f"drill.patrol.{each['state']}"),
            minutes=each["minutes"],
        )
        for kind, each in row["shifts"].items()
        if isinstance(each, dict)
    )  # fmt: skip
