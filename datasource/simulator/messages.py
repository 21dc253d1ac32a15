"""Messages of the simulated sources (events.md), put together by hand: three hundred
thousand of them make the past, and a general encoder would take most of that time.

Texts hold only codes, numbers and names from tables, none of which needs escaping in JSON.
"""

from functools import lru_cache
from typing import NamedTuple

from cockpit.clock import DAY
from cockpit.domain.calendar import OFFSET
from cockpit.domain.working_days import date_of

# (URI of the source, short name that begins the ids of its events)
_ROWS = (
    ("/dongli/terminal", "term"),
    ("/dongli/8890", "8890"),
    ("/dongli/opinion", "opin"),
    ("/dongli/heart", "heart"),
    ("/dongli/online", "online"),
    ("/dongli/desk", "desk"),
    ("/dongli/departments", "dept"),
    ("/dongli/register", "reg"),
)
SOURCES = tuple(uri for uri, _ in _ROWS)
_SHORT = tuple(short for _, short in _ROWS)
TERMINAL, DESK, DEPARTMENTS, REGISTER = 0, 5, 6, 7
OF_CHANNEL = {"patrol": 0, "8890": 1, "opinion": 2, "heart": 3, "online": 4}


class Made(NamedTuple):
    """One event of the world: `source` is a place in SOURCES, `text` the message without its
    opening brace. Sorting puts them in order of time, ties by id."""

    time: int
    id: str
    source: int
    text: str

    @property
    def escalates(self) -> bool:
        """Whether it raises something that is late, which the role `desk` does by itself."""
        return '"type":"case.supervised"' in self.text or '"type":"whistle.escalated"' in self.text


@lru_cache(maxsize=256)
def _date(day: int) -> str:
    return date_of(day).isoformat()


def stamp(instant: int) -> str:
    """RFC 3339 in Shanghai's time, as the district's own systems write it."""
    day, within = divmod(instant + OFFSET, DAY)
    second, milli = divmod(within // 1000, 1000)
    return (
        f"{_date(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        f".{milli:03d}+08:00"
    )


def made(
    time: int, source: int, stem: str, type_: str, subject: str, region: str, data: str = ""
) -> Made:
    """One event; `data` is JSON text or empty, `stem` makes the id after the source's name."""
    number = f"{_SHORT[source]}-{stem}"
    tail = f',"data":{data}}}' if data else "}"
    return Made(
        time,
        number,
        source,
        f'"specversion":"1.0","id":"{number}","source":"{SOURCES[source]}","type":"{type_}",'
        f'"subject":"{subject}","time":"{stamp(time)}","region":"{region}"{tail}',
    )


def numbered(event: Made, sequence: int) -> bytes:
    """The message as sent, with the source's running number."""
    return f'{{"sequence":"{sequence}",{event.text}'.encode()


def alive(source: int, time: int, region: str) -> bytes:
    """A sign of life. It takes no running number, so that a restart, whose signs of life fall
    on other instants, numbers the facts as before."""
    uri = SOURCES[source]
    event = made(time, source, f"alive-{time // 1000}", "source.alive", uri, region)
    return f"{{{event.text}".encode()


class Life:
    """The events of one case, whistle, person or alert, in the order they are added."""

    __slots__ = ("region", "rows", "stem", "subject")

    def __init__(self, subject: str, stem: str, region: str) -> None:
        self.subject, self.stem, self.region = subject, stem, region
        self.rows: list[Made] = []

    def add(self, time: int, source: int, type_: str, data: str = "") -> None:
        """One more step of this life."""
        stem = f"{self.stem}-{len(self.rows)}"
        self.rows.append(made(time, source, stem, type_, self.subject, self.region, data))
