"""What a desk offers: its queues, columns, filters and tiles, as tables. The scripts read them from
the page; nothing about a queue or a column is written twice."""

from msgspec import Struct

from cockpit.domain.commands import CASE_OPEN
from cockpit.domain.event_types import CHANNELS, SEVERITIES
from cockpit.domain.rules import GRADES, KINDS

LEVELS = ("high", "key", "general")


class Queue(Struct, frozen=True):
    """A queue in the left list. `kind` of its rows; `sort` as it first stands; `same`: columns that
    have one value in all of its rows, and are left out."""

    name: str
    kind: str
    sort: str
    same: tuple[str, ...] = ()


_DUE = "due:asc"
QUEUES = (
    Queue("to_accept", "case", "reported:asc", ("stage", "unit")),
    Queue("to_dispatch", "case", "reported:asc"),
    Queue("to_handle", "case", _DUE),
    Queue("to_check", "case", _DUE, ("stage",)),
    Queue("at_risk", "case", _DUE),
    Queue("overdue", "case", _DUE),
    Queue("suspended", "case", "reported:asc", ("stage",)),
    Queue("cases_all", "case", "reported:desc"),
    Queue("whistles_to_sign", "whistle", _DUE),
    Queue("whistles_to_arrive", "whistle", _DUE),
    Queue("whistles_to_finish", "whistle", _DUE),
    Queue("whistles_to_confirm", "whistle", "blown:asc"),
    Queue("whistles_overdue", "whistle", _DUE),
    Queue("whistles_all", "whistle", "blown:desc"),
    Queue("visits_overdue", "person", _DUE),
    Queue("visits_due_today", "person", _DUE),
    Queue("alerts_unacknowledged", "alert", "raised:desc"),
    Queue("alerts_active", "alert", "raised:desc"),
)


class Column(Struct, frozen=True):
    """A column of a kind's table. `form`: how its value is written (assets/js/desk/words.js);
    `width` in rem, the least when it `grows`; `filter`: AG Grid's, or '' for none; `wide`: only
    where there is room, not beside a subject on a small screen."""

    key: str
    form: str
    width: float
    grows: bool = False
    filter: str = ""
    wide: bool = False


COLUMNS = {
    "case": (
        Column("due", "due", 19, filter="date"),
        Column("key", "key", 21, True, "text"),
        Column("category", "category", 19, True),
        Column("region", "region", 26, True),
        Column("grade", "grade", 9, wide=True),
        Column("stage", "stage", 12),
        Column("unit", "text", 18, True, "text", True),
        Column("reported", "instant", 15, filter="date", wide=True),
        Column("supervised", "level", 10, filter="number"),
        Column("channel", "channel", 16, wide=True),
    ),
    "whistle": (
        Column("due", "due", 19, filter="date"),
        Column("key", "key", 21, True, "text"),
        Column("kind", "whistle", 13, wide=True),
        Column("category", "category", 19, True),
        Column("region", "region", 19, True, wide=True),
        Column("department", "text", 20, True, "text"),
        Column("leg", "leg", 12),
        Column("blown", "instant", 15, filter="date", wide=True),
        Column("escalated", "level", 10, filter="number", wide=True),
    ),
    "person": (
        Column("due", "due", 19, filter="date"),
        Column("key", "key", 24, True, "text"),
        Column("group", "group", 13, wide=True),
        Column("category", "person", 20, True),
        Column("level", "person_level", 10),
        Column("region", "region", 26, True),
        Column("visited", "instant", 16, filter="date", wide=True),
    ),
    "alert": (
        Column("severity", "severity", 12),
        Column("key", "key", 21, True, "text"),
        Column("kind", "alert", 18, True),
        Column("region", "region", 24, True),
        Column("raised", "instant", 16, filter="date"),
        Column("acknowledged", "acknowledged", 12),
        Column("active", "active", 12, wide=True),
    ),
}


class Choice(Struct, frozen=True):
    """A filter above the table: a column whose values are few. `prefix` begins their texts."""

    column: str
    prefix: str
    values: tuple[str, ...] = ()


# The values of `region` are the regions below the desk's own, of `category` the main ones.
CHOICES = {
    "case": (
        Choice("region", ""), Choice("category", ""), Choice("grade", "grade", GRADES),
        Choice("stage", "stage", CASE_OPEN), Choice("channel", "channel", CHANNELS),
    ),
    "whistle": (Choice("region", ""), Choice("kind", "whistle", KINDS)),
    "person": (
        Choice("region", ""), Choice("group", "group", ("special", "care")),
        Choice("level", "person_level", LEVELS),
    ),
    "alert": (Choice("region", ""), Choice("severity", "severity", SEVERITIES)),
}  # fmt: skip


class Tile(Struct, frozen=True):
    """A number above the queues and the list that it opens: a queue with the filters of
    `filters` (column=value). `metric` of the frame, else the count of the queue. `bad`: late or
    at risk when there are any."""

    key: str
    queue: str
    metric: str = ""
    form: str = "count"
    bad: str = ""
    filters: str = ""
    drill: str = ""


TILES = (
    Tile("open", "cases_all", "cases.open", filters="ended="),
    Tile("at_risk", "at_risk", "cases.at_risk", bad="risk"),
    Tile("overdue", "overdue", "cases.overdue", bad="late"),
    Tile("whistles", "whistles_all", "whistles.open", filters="ended="),
    Tile("whistles_overdue", "whistles_overdue", "whistles.overdue", bad="late"),
    Tile("coverage", "", "patrols.coverage_rate", "percent", drill="patrols.uncovered"),
    Tile("visits", "visits_overdue", "visits.overdue.care", bad="late", filters="group=care"),
    # Counted as its queue is: the metric holds shelved alerts too.
    Tile("alerts", "alerts_unacknowledged", bad="risk"),
)
# A department sees its own whistles and nothing of the district's numbers.
DEPARTMENT_TILES = (
    Tile("to_sign", "whistles_to_sign", bad="risk"),
    Tile("to_arrive", "whistles_to_arrive", bad="risk"),
    Tile("to_finish", "whistles_to_finish"),
    Tile("whistles_overdue", "whistles_overdue", bad="late"),
)
