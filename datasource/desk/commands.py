"""Commands: gate, judgement by how the subject stands, one event, one answer.

A command is decided by the archive's rows as of one entry of the log, and kept only if nothing
newer speaks of its subject (docs/decisions/0009-commands.md). Whatever happens in between, it is
done once or not at all, and whoever asks again with the same id hears which.
"""

import logging
import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from cockpit.clock import MINUTE, Clock
from cockpit.domain import privacy
from cockpit.domain.access import RIGHTS, Right, act
from cockpit.domain.commands import COMMANDS, may_be_given, rights_for
from cockpit.domain.events import DESK, Event
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from cockpit.ports import Entry
from datasource.database.engine import Database
from datasource.desk.audit import Audit
from datasource.desk.command_log import CommandLog
from datasource.desk.drafts import DISPATCH, Drafts
from datasource.desk.duties import DutyBook, Lists
from datasource.desk.handlers import Handlers
from datasource.desk.newcomers import Newcomers
from datasource.desk.remarks import Notes
from datasource.desk.subjects import Found, Seen, look_up, parts
from datasource.desk.work_questions import Command, Give
from datasource.guarded_log import Guarded, GuardedLog

_logger = logging.getLogger(__name__)

MOST = 100
_ID = re.compile(r"[A-Za-z0-9._\-]{8,64}")
# A simulated past is told in its own order: nothing may be put between it.
_PAST_BEHIND = MINUTE
_UNSURE = ("redis.unreachable", "redis.refused")
Answer = dict[str, Any]


class Tools(Struct, frozen=True):
    """What commands are worked with. `simulated`: the district tells its past first."""

    database: Database
    regions: Regions
    clock: Clock
    log: GuardedLog
    command_log: CommandLog
    drafts: Drafts
    duties: DutyBook
    notes: Notes
    newcomers: Newcomers
    audit: Audit
    simulated: bool


class Commands(Handlers):
    """A family of the role `desk`."""

    def __init__(self, tools: Tools) -> None:
        super().__init__({Give: self._give})
        self._tools = tools

    def _give(self, question: Give) -> dict[str, Any]:
        given = question.commands
        if not 0 < len(given) <= MOST:
            raise CockpitError("request.invalid", why=f"1 to {MOST} commands are due")
        seen = self._look(given)
        self._note(question, ["asked"] * len(given))
        batch = _Batch(self._tools, question, seen)
        results = [batch.answer(command) for command in given]
        try:
            self._note(question, [_outcome(result) for result in results], results)
        except CockpitError as error:
            # What was done is done, and the intents are in the audit: whoever asked must hear it.
            _logger.error("The outcomes of commands are not in the audit: %s", error)
        return {"results": results}

    def _look(self, given: Sequence[Command]) -> Seen:
        subjects = [command.subject for command in given]
        cases = [f"case/{command.data['case']}" for command in given if "case" in command.data]
        with self._tools.database.read() as connection:
            ids = [command.id for command in given]
            return look_up(connection, [*subjects, *cases], DESK, ids)

    def _note(
        self, question: Give, outcomes: Sequence[str], results: Sequence[Answer] = ()
    ) -> None:
        """Write one row of the audit for each command; of what a command opened, its own name."""
        with self._tools.database.write() as connection:
            for i, (command, outcome) in enumerate(zip(question.commands, outcomes, strict=True)):
                subject = results[i].get("subject", command.subject) if results else command.subject
                self._tools.audit.append(
                    question.who, f"command {command.command}", subject, outcome,
                    question.address, connection,
                )  # fmt: skip


class _Batch:
    """Commands of one account that are judged by one moment of the archive."""

    def __init__(self, tools: Tools, question: Give, seen: Seen) -> None:
        self._tools, self._who, self._seen = tools, question.who, seen
        self._language, self._many = question.language, len(question.commands) > 1
        self._lost = False  # Redis did not answer: nor will it for the rest
        self._until: Entry | None = None
        self._duties: dict[str, Lists] = {}

    def answer(self, command: Command) -> Answer:
        """What became of one command; a known fault is an answer too."""
        try:
            about = self._about(command)
            return {"id": command.id, "n": self._do(command, about), "subject": about.subject}
        except CockpitError as error:
            self._lost = self._lost or error.code in _UNSURE
            if error.code in _UNSURE:
                error = CockpitError("command.unsure")
            return {"id": command.id, "error": _told(error, self._language)}

    def _about(self, command: Command) -> Found:
        """The subject, after the gate. Raises what a command of this shape cannot be."""
        row = COMMANDS.get(command.command)
        if row is None:
            raise CockpitError("command.unknown", command=command.command[:60])
        if not _ID.fullmatch(command.id) or privacy.personal_values(command.id.encode()):
            why = "an id is 8 to 64 letters, digits, dots and hyphens, and no phone number"
            raise CockpitError("command.invalid", command=command.command, why=why)
        if self._many and not row.bulk:
            raise CockpitError("command.not_bulk", command=command.command)
        kind, _ = parts(command.subject)
        if kind not in row.subject:
            raise CockpitError("subject.unknown", subject=command.subject[:80])
        about = (
            self._tools.newcomers.subject(command, self._seen)
            if row.opens
            else self._seen.found.get(command.subject)
        )
        if about is None:
            raise CockpitError("subject.unknown", subject=command.subject[:80])
        self._gate(command, about)
        return about

    def _gate(self, command: Command, about: Found) -> None:
        level = command.data.get("level")
        rights = rights_for(command.command, level if isinstance(level, int) else 0)
        # Where several rights suffice, the one that the role has.
        right = next((each for each in rights if each in RIGHTS[self._who.role]), rights[0])
        act(self._tools.regions, self._who, right, about.place)
        if about.kind == "person":
            act(self._tools.regions, self._who, Right.LOOK_PERSON, about.place)

    def _do(self, command: Command, about: Found) -> int:
        """Keep it; answers the number of its event, or of the archive when it makes none."""
        tools, row, now = self._tools, COMMANDS[command.command], self._tools.clock.now()
        if not row.event:
            if not tools.notes.kept(self._who, command, about):
                self._check(command, about)
                tools.notes.write(self._who, command, about, now)
            return self._seen.end.n
        known = self._seen.numbers.get(command.id)
        if known:
            return tools.command_log.same(self._who, command, about, known)
        if not row.opens:
            self._check(command, about)
        return self._append(command, self._event(command, about, now), about)

    def _check(self, command: Command, about: Found) -> None:
        if not COMMANDS[command.command].anytime:
            self._check_version(command, about)
        self._check_state(command, about)

    def _check_version(self, command: Command, about: Found) -> None:
        """Somebody was first, unless the row is as it was when the command was given."""
        if command.expected > about.version:
            raise CockpitError("command.behind")
        if command.expected < about.version:
            first = self._tools.command_log.newest(about.subject)
            raise self._tools.command_log.conflict(first) if first else _behind()

    def _check_state(self, command: Command, about: Found) -> None:
        if not may_be_given(command.command, about.standing):
            state = about.standing.state
            raise CockpitError(
                "command.state", command=command.command, subject=about.subject, state=state
            )

    def _event(self, command: Command, about: Found, now: int) -> Event:
        lists = self._lists(about.region) if command.command == DISPATCH else {}
        return self._tools.drafts.event(self._who, command, about, lists, now)

    def _lists(self, region: str) -> Lists:
        """The duty lists in force there, read once for all commands."""
        if region not in self._duties:
            with self._tools.database.read() as connection:
                self._duties[region] = self._tools.duties.lists(connection, region)
        return self._duties[region]

    def _append(self, command: Command, event: Event, about: Found) -> int:
        tools, end = self._tools, self._seen.end
        now = tools.clock.now()
        if self._lost:
            raise CockpitError("command.unsure")
        if self._seen.stale or (tools.simulated and now - end.received > _PAST_BEHIND):
            raise _behind()
        kept = tools.log.append(
            event, now, self._last_seen(), None if COMMANDS[event.type].opens else about.subject
        )
        return self._number(command, kept, about)

    def _last_seen(self) -> Entry | None:
        """The entry up to which the rows hold the log; None when they hold nothing."""
        n = self._seen.end.n
        if n and self._until is None:
            self._until = self._tools.command_log.entry(n)
            if self._until is None:
                raise _behind()
        return self._until

    def _number(self, command: Command, kept: Guarded, about: Found) -> int:
        if kept.first is not None:
            raise self._tools.command_log.conflict(kept.first)
        if kept.outcome == "known":
            return self._tools.command_log.same(self._who, command, about, kept.n)
        if kept.outcome == "full":
            raise CockpitError("log.full", limit=self._tools.log.limit)
        if kept.outcome == "behind":
            raise _behind()
        return kept.n


def _behind() -> CockpitError:
    return CockpitError("command.behind")


def _told(error: CockpitError, language: str) -> Answer:
    """An error as the HTTP interface tells it."""
    facts = {name: _plain(value) for name, value in error.facts.items()}
    told = {"code": error.code, "message": error.text(language), "status": error.status}
    return {**facts, **told}


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | bool | None) else str(value)


def _outcome(result: Answer) -> str:
    return result["error"]["code"] if "error" in result else f"done, n {result['n']}"
