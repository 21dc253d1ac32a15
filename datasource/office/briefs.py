"""Scheduled briefs: made when they are due, listed, and read."""

import logging
from typing import Any

from cockpit.clock import Clock
from cockpit.domain import access
from cockpit.domain.access import Place, Right
from cockpit.domain.calendar import day_start
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.domain.working_days import date_of
from cockpit.errors import CockpitError
from cockpit.ports import Lock
from datasource.office.brief_paper import BriefPaper
from datasource.office.brief_store import BriefStore
from datasource.office.paper import Tables, Words
from datasource.office.past import Asks
from datasource.office.periods import Period, due, month_text
from datasource.office.questions import MEDIA, File, ListBriefs, ReadBrief

_logger = logging.getLogger(__name__)

FORMATS = ("pptx", "xlsx")
LANGUAGE = "zh"
# In microseconds of the site's clock: how often it is looked whether something is due.
_LOOK_EACH = 60_000_000


class Briefs:
    """Of the district and each street. One worker at a time makes them (`lock`), one region at a
    time, so that questions need not wait for long. `minute` of the day: None makes none."""

    def __init__(
        self,
        regions: Regions,
        rules: Rules,
        asks: Asks,
        tables: Tables,
        store: BriefStore,
        lock: Lock,
        clock: Clock,
        minute: int | None,
    ) -> None:
        self._regions, self._rules, self._asks, self._tables = regions, rules, asks, tables
        self._store, self._lock, self._clock, self._minute = store, lock, clock, minute
        self._look_at = 0
        self._faults: set[str] = set()

    # -- made ------------------------------------------------------------------------------

    def rest(self) -> None:
        """Make the next brief that is due, if there is any. A fault is told once, and it is tried
        again a minute later."""
        now = self._clock.now()
        if self._minute is None or now < self._look_at or not self._lock.try_acquire():
            return
        try:
            if not self._step(now, self._minute):
                self._look_at = now + _LOOK_EACH
                self._lock.release()
            self._faults.clear()
        except CockpitError as error:
            self._look_at = now + _LOOK_EACH
            if error.code not in self._faults:
                self._faults.add(error.code)
                _logger.warning("A brief cannot be made now: %s", error)

    def _step(self, now: int, minute: int) -> bool:
        """Make one; False when no other waits for its turn now. What was missed longer ago comes
        one a look, so that it takes nothing from whoever works."""
        newest, missed = due(now, minute)
        made = self._store.made(min(period.first for period in (*newest, *missed)))
        if self._make_one(newest, made):
            return True
        self._make_one(missed, made)
        return False

    def _make_one(self, periods: list[Period], made: set[tuple[str, int, str, str]]) -> bool:
        """Make the first of these that there is not; False when there are all."""
        begun, end = self._store.known()
        for period in periods:
            if not end >= day_start(period.last + 1) > begun:
                continue
            for region in self._of():
                name = period.kind, period.first, region.code
                if any((*name, form) not in made for form in FORMATS):
                    self._make(period, region)
                    return True
        return False

    def _of(self) -> list[Region]:
        return [self._regions.district, *self._regions.at_level("street")]

    def _make(self, period: Period, region: Region) -> None:
        from datasource.office.excel import workbook  # noqa: PLC0415
        from datasource.office.slides import slides  # noqa: PLC0415

        words = Words(self._tables(LANGUAGE), LANGUAGE)
        paper = BriefPaper(self._asks, region, self._rules, words, period).paper()
        for form in FORMATS:
            body = (slides if form == "pptx" else workbook)(paper, words)
            self._store.keep(period, region.code, form, body)
        _logger.info("The %s brief of %s is made", period.kind, region.code)

    # -- listed, read ------------------------------------------------------------------------

    def listed(self, asked: ListBriefs) -> dict[str, Any]:
        """Answers `ListBriefs`."""
        access.look(self._regions, asked.who, Right.LOOK_MEETING, Place(asked.region))
        region = self._regions.get(asked.region)
        days = self._store.last_days(region.code)
        months = list(dict.fromkeys(month_text(day) for day in days))
        month = asked.month or next(iter(months), "")
        within = [day for day in days if month_text(day) == month]
        rows = self._store.listed(region.code, within[-1], within[0]) if within else []
        found: dict[tuple[str, int, str], dict[str, Any]] = {}
        for row in rows:
            key = row["kind"], row["first_day"], row["region"]
            brief = found.setdefault(key, self._told(row))
            brief["files"].append({"id": row["id"], "format": row["format"], "size": row["size"]})
        return {
            "time": self._time(), "made": region in self._of(), "month": month, "months": months,
            "briefs": list(found.values()),
        }  # fmt: skip

    def _told(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            "kind": row["kind"],
            "region": row["region"],
            "name": self._regions.get(row["region"]).name,
            "first": date_of(row["first_day"]).isoformat(),
            "last": date_of(row["last_day"]).isoformat(),
            "files": [],
        }

    def _time(self) -> str:
        return "" if self._minute is None else f"{self._minute // 60:02}:{self._minute % 60:02}"

    def read(self, asked: ReadBrief) -> File:
        """Answers `ReadBrief`."""
        row = self._store.find(asked.id)
        access.look(self._regions, asked.who, Right.LOOK_MEETING, Place(row["region"]))
        words = Words(self._tables(LANGUAGE), LANGUAGE)
        stem = words(
            "brief.file",
            region=self._regions.get(row["region"]).name,
            kind=words(f"briefs.kind.{row['kind']}"),
            first=date_of(row["first_day"]).isoformat(),
        )
        form = row["format"]
        return File(f"{stem}.{form}", MEDIA[form], self._store.read(row), row["region"])
