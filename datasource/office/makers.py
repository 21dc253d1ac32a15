"""Makes papers of a meeting's pages."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from cockpit.clock import Clock, SystemClock, parse_instant, to_text
from cockpit.domain import access
from cockpit.domain.access import Place, Right
from cockpit.domain.meeting import pages_of
from cockpit.domain.regions import Region, Regions
from cockpit.domain.rules import Rules
from cockpit.errors import CockpitError
from cockpit.ports import Ticket
from datasource.asking import Queries
from datasource.office.browser import browser, found
from datasource.office.leaves import Leaves
from datasource.office.paper import Tables, Words, moment_text
from datasource.office.passes import one_pass
from datasource.office.past import PastOf
from datasource.office.questions import MEDIA, File, MakePaper
from datasource.questions import FrameAt

_ARCHIVE_SECONDS = 5.0
_LOOK_SECONDS = 0.05
_MILLISECOND = 1000  # as exactly as frames tell instants


class Makers:
    """Answers `MakePaper`."""

    def __init__(
        self,
        regions: Regions,
        rules: Rules,
        asks: Queries,
        tables: Tables,
        settings: Mapping[str, Any],
        progress: Callable[[], tuple[int, int]],
        client: Any,
        real: Clock | None = None,
    ) -> None:
        """`progress` answers the last number of the log and that of the archive."""
        self._regions, self._rules, self._asks, self._tables = regions, rules, asks, tables
        self._settings, self._client = settings, client
        self._progress, self._real = progress, real or SystemClock()

    def make(self, asked: MakePaper) -> File:
        """The paper. Raises CockpitErrors."""
        access.look(self._regions, asked.who, Right.LOOK_MEETING, Place(asked.region))
        region = self._regions.get(asked.region)
        names = [page.name for page in pages_of(region) if page.name in asked.pages]
        if not names:
            raise CockpitError("request.invalid", why="there is no such page")
        words = Words(self._tables(asked.language), asked.language)
        self._wait_for_archive(asked)
        if asked.format in {"pdf", "png"}:
            body = self._drawn(asked, names)
        else:
            body = self._written(asked, region, names, words)
        stem = words("paper.file", region=region.name, at=_plain(moment_text(asked.at)))
        return File(f"{stem}.{asked.format}", MEDIA[asked.format], body, region.code)

    def _wait_for_archive(self, asked: MakePaper) -> None:
        """What the page shows may be some tenths of a second ahead of the archive. Raises
        CockpitError `paper.behind` when the archive does not come as far as the paper's moment:
        its numbers would be those of an earlier one."""
        until = time.monotonic() + _ARCHIVE_SECONDS
        head, archived = self._progress()
        while archived < head and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            archived = self._progress()[1]
        if archived >= head:
            return
        question = FrameAt(f"{asked.region}/wall", asked.at)
        known = parse_instant(msgspec.json.decode(self._asks.ask(question))["at"])
        if known // _MILLISECOND < asked.at // _MILLISECOND:
            raise CockpitError("paper.behind", at=moment_text(known))

    def _written(
        self, asked: MakePaper, region: Region, names: Sequence[str], words: Words
    ) -> bytes:
        # Only here: each of them is tens of megabytes that a worker may never need.
        from datasource.office.excel import workbook  # noqa: PLC0415
        from datasource.office.slides import slides  # noqa: PLC0415

        past = PastOf(self._asks, region.code, asked.at)
        leaves = Leaves(region, words, self._rules, past, asked.at)
        paper = leaves.paper(names, asked.site + self._address(asked, names[0]))
        return (workbook if asked.format == "xlsx" else slides)(paper, words)

    def _drawn(self, asked: MakePaper, names: Sequence[str]) -> bytes:
        path = found(self._settings["chromium"])
        ticket = Ticket(_path(asked.region, names[0]), asked.at)
        passing = one_pass(
            self._client, self._settings["prefix"], self._real, asked.who, asked.region, ticket
        )
        with passing as cookie, browser(path) as opened:
            opened.open(self._base(), cookie)
            if asked.format == "png":
                opened.show(self._address(asked, names[0], names[:1]), names[0])
                return opened.picture()
            opened.show(self._address(asked, names[0], names), names[0])
            return opened.print()

    def _base(self) -> str:
        if self._settings["office_url"]:
            return str(self._settings["office_url"]).rstrip("/")
        host = self._settings["host"]
        shown = "127.0.0.1" if host in {"", "0.0.0.0", "::"} else host
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self._settings['port']}"

    def _address(self, asked: MakePaper, page: str, paper: Sequence[str] = ()) -> str:
        """Where a screen shows the page at that moment; as a `paper` of these pages one after the
        other, with nothing around them."""
        words = {"at": to_text(asked.at), "stay": "1", "bar": "0"}
        words |= {"theme": "light"} if asked.theme == "light" else {}
        words |= {"lang": asked.language} if asked.language != "zh" else {}
        words |= {"paper": ",".join(paper)} if paper else {}
        path = f"{_path(asked.region, page)}?{urlencode(words, safe=':,')}"
        return self._base() + path if paper else path


def _path(region: str, page: str) -> str:
    return f"/meeting/{region}/{page}"


def _plain(text: str) -> str:
    return text.replace(":", "").replace(" ", "_")
