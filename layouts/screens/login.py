"""The page that lets people in, and the one of one's own account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cockpit.domain.access import RIGHTS, Account, Right
from cockpit.domain.regions import Regions
from cockpit.errors import CockpitError
from layouts.documents import document
from layouts.i18n import Texts

# Where somebody with a right has a page of their own, in the order in which they stand.
_HOMES = (
    (Right.LOOK_DESK, "/desk/{region}", "people.page.desk"),
    (Right.LOOK_MEETING, "/meeting/{region}", "people.page.meeting"),
    (Right.ACCOUNT_MANAGE, "/manage/accounts", "people.page.accounts"),
    (Right.DEVICE_MANAGE, "/manage/devices", "people.page.devices"),
    (Right.KEY_MANAGE, "/manage/keys", "people.page.keys"),
    (Right.LOOK_AUDIT, "/manage/audit", "people.page.audit"),
    (Right.DUTY_EDIT, "/manage/duties", "people.page.duties"),
    (Right.LOOK_WALL, "/wall/{region}", "people.page.wall"),
    (Right.LOOK_STATUS, "/status", "people.page.status"),
)

# How browsers and systems are known in what a browser says of itself: the first that is found.
_PROGRAMS = (
    (
        ("MicroMessenger/", "WeChat"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("QQBrowser/", "QQ"),
        ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ),
    (
        ("Windows", "Windows"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"),
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """An account of a demonstration as the login page tells of it."""

    name: str
    role: str
    region: str
    department: str


def home_of(account: Account) -> str:
    """The address that somebody is led to who asked for none."""
    return next(
        path.format(region=account.region)
        for right, path, _ in _HOMES
        if right in RIGHTS[account.role]
    )


def login(
    regions: Regions,
    texts: Texts,
    csrf: str,
    *,
    next: str,
    name: str = "",
    fault: CockpitError | None = None,
    provider: str = "",
    accounts: Sequence[Shown] = (),
    password: str = "",
) -> str:
    """The login page. `accounts` and `password` are those of a demonstration."""
    return document(
        "login",
        texts,
        title=texts("people.sign_in"),
        district=regions.district.name,
        other=f"/login?{'lang=en' if texts.language == 'zh' else 'lang=zh'}",
        csrf=csrf,
        next=next,
        name=name,
        fault=fault,
        provider=provider,
        accounts=[
            {"name": each.name, "role": each.role, "place": _place(regions, each)}
            for each in accounts
        ],
        password=password,
    )


def account(
    regions: Regions,
    texts: Texts,
    csrf: str,
    who: Account,
    *,
    must_change: bool,
    sessions: Sequence[Mapping[str, Any]],
    fault: CockpitError | None = None,
    done: bool = False,
) -> str:
    """One's own account: password, sessions, and the pages that one may open."""
    region = regions.get(who.region)
    pages = [
        {"href": path.format(region=who.region), "text": texts(key)}
        for right, path, key in _HOMES
        if right in RIGHTS[who.role]
    ]
    return document(
        "account",
        texts,
        title=texts("people.account"),
        district=regions.district.name,
        other=f"/account?{'lang=en' if texts.language == 'zh' else 'lang=zh'}",
        csrf=csrf,
        who=f"{texts(f'people.role.{who.role}')} · {who.department or region.name}",
        must_change=must_change,
        pages=[] if must_change else pages,
        sessions=[] if must_change else [{**each, "program": _program(each)} for each in sessions],
        fault=fault,
        done=done,
    )


def _program(session: Mapping[str, Any]) -> str:
    """A browser and its system as people call them; as it calls itself when it is none of these."""
    agent = str(session["agent"])
    found = [next((name for mark, name in known if mark in agent), "") for known in _PROGRAMS]
    return " · ".join(filter(None, found)) or agent


def _place(regions: Regions, each: Shown) -> str:
    return each.department or regions.get(each.region).name
