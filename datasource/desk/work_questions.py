"""What the web server asks of the role `desk` about work: queues, subjects, commands, lists.

`who` is the account that asks; the handler passes it through the gate, since only it knows where a
subject lies and whose it is. Answers are JSON; `n` in one is the number of the log's last entry
that it has seen, `at` the instant it holds for.
"""

from typing import Any, Literal

from msgspec import Struct, field

from cockpit.domain.access import Account
from datasource.desk.people_questions import Asked

Kind = Literal["case", "whistle", "person", "alert"]
Queue = Literal[
    "to_accept", "to_dispatch", "to_handle", "to_check", "at_risk", "overdue", "suspended",
    "whistles_to_sign", "whistles_to_arrive", "whistles_to_finish", "whistles_to_confirm",
    "whistles_overdue", "visits_overdue", "visits_due_today", "alerts_unacknowledged",
    "alerts_active", "cases_all", "whistles_all",
]  # fmt: skip


class QueueCounts(Asked, frozen=True, tag="queue_counts"):
    """→ {"n", "at", "counts": {queue: how many}} of what lies in the region and is one's own to
    see. A shelved alert is in no queue but `alerts_active`."""

    who: Account
    region: str


class Rows(Asked, frozen=True, tag="rows"):
    """A page of a queue. `sort`: [["due", "asc"], …]; `filters`: {column: AG Grid filter model};
    `search`: part of a subject's key. → {"n", "at", "total", "rows": [{…}]}; each row has "key",
    "version" (number of its last event) and "state" (`in_time`, `at_risk`, `overdue`)."""

    who: Account
    region: str
    queue: Queue
    start: int
    end: int
    sort: list[tuple[str, str]] = field(default_factory=list)
    filters: dict[str, Any] = field(default_factory=dict)
    search: str = ""


class Subject(Asked, frozen=True, tag="subject"):
    """All about one case, whistle, person or alert: {"n", "at", "row", "events": [{"n", "time",
    "type", "actor", "data", "deadline"}], "legs": [{"name", "start", "end", "due", "late"}],
    "related": [rows], "remarks": [{"at", "account", "name", "text"}], "commands": [the names of
    those that may be given now, by this account]}. A look at a person, or at an
    alert that says who it is, is audited."""

    who: Account
    kind: Kind
    key: str


class Command(Struct, frozen=True):
    """One command, named by the type of the event that it becomes (`case.accepted`), or by
    `alert.shelved` or `remark`, which stay in SQL. `id`: chosen by who asks, the same when asked
    again. `expected`: the row's version; 0 for what is new. `subject` of what is new: its kind
    with a slash ("whistle/"), `region` where."""

    id: str
    command: str
    subject: str
    expected: int = 0
    reason: str = ""
    region: str = ""
    data: dict[str, Any] = {}


class Give(Struct, frozen=True, tag="give"):
    """Give commands, one or up to 100. → {"results": [{"id", "n", "subject"} or {"id", "error":
    {"code", "message", …}}]}, in their order; messages in `language`, `zh` or `en`. When Redis is
    away in the middle it is not known what became of it: `command.unsure`; the same command may
    and should be given again."""

    who: Account
    commands: list[Command]
    address: str = ""
    language: str = "en"


class DutyLists(Asked, frozen=True, tag="duty_lists"):
    """→ {"lists": [{"name", "version", "changed_by", "changed_at", "rows": [{"id", "code",
    "item_zh", "item_en", "level", "unit", "limit", "standing", "kind"}]}], "own": {word: [level,
    name]}, "kinds": {kind: {leg: limit}}} in force for a region; `own` is what the words for a
    place's own unit mean there, `kinds` are the limits of whistles. `name`: `grid`, `community`,
    `street` or `whistle`; `version` 0 reads the newest."""

    who: Account
    region: str
    name: str = ""
    version: int = 0


class SaveDutyList(Asked, frozen=True, tag="save_duty_list"):
    """A new version of a list, for a street or (district) for all that have none of their own.
    `version` as it was read, else `desk.conflict`. → {"version"}."""

    who: Account
    region: str
    name: str
    version: int
    rows: list[dict[str, Any]]
