"""What the web server asks of the role `office`. `who` is the account that asks; the handlers pass
it through the gate again, since only they know of what region a brief is."""

from typing import Literal

from msgspec import Struct

from cockpit.domain.access import Account

Format = Literal["pdf", "png", "xlsx", "pptx"]
Theme = Literal["dark", "light"]
Language = Literal["zh", "en"]


class MakePaper(Struct, frozen=True, tag="make_paper"):
    """A paper of pages of a region's meeting at the instant `at`. `site` is where whoever asks has
    found this site, for the address that stands on the paper. → a `File` in MessagePack.

    Raises CockpitError `access.refused`, `paper.no_chromium`, `paper.slow`, `paper.unpainted`, and
    what the role `query` raises."""

    who: Account
    region: str
    pages: list[str]
    format: Format
    at: int
    language: Language = "zh"
    theme: Theme = "dark"
    site: str = ""


class ListBriefs(Struct, frozen=True, tag="list_briefs"):
    """→ JSON {"time": "07:30" or "" where none are made, "made": whether any are of this very
    region, "months": ["2026-12", …] of which there are some, "month": the one that is listed (the
    newest, unless `month` says another), "briefs": [{"kind", "region", "name", "first", "last",
    "files": [{"id", "format", "size"}]}]}, newest first: those of a region and what lies in it
    whose periods ended in that month."""

    who: Account
    region: str
    month: str = ""


class ReadBrief(Struct, frozen=True, tag="read_brief"):
    """→ a `File` in MessagePack. Raises CockpitError `paper.unknown`, `access.refused`."""

    who: Account
    id: str


class File(Struct, frozen=True):
    """A file as it is handed out: its name, what it is, its bytes; of which region."""

    name: str
    media: str
    body: bytes
    region: str = ""


MEDIA: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
