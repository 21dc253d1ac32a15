"""Makes the pages that the code settles: settings, events, errors, roles, AsyncAPI and schemas.

`python docs/generate.py` writes them; with `--check` it only tells which are out of date and
exits with 1. A test runs the check.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))

from callbacks.families import FAMILIES  # noqa: E402
from cockpit.config import SETTINGS  # noqa: E402
from cockpit.domain.access import RIGHTS, Right  # noqa: E402
from cockpit.domain.event_types import EVENT_TYPES, NoData  # noqa: E402
from cockpit.domain.events import MAX_BYTES  # noqa: E402
from cockpit.domain.numbers import NUMBERS  # noqa: E402
from cockpit.errors import ERRORS  # noqa: E402
from docs.command_page import commands_page  # noqa: E402
from layouts.i18n import table  # noqa: E402

NOTE = "<!-- Made by docs/generate.py; change the code, not this page. -->\n"
LEVELS = {None: "any", "grid": "a grid"}


def settings_page() -> str:
    """docs/settings.md out of the table of settings."""
    lines = [
        f"# Settings\n{NOTE}",
        "An option of the command line wins over the environment variable, which wins over the",
        "default. A value that does not hold stops the program with one line that names it.\n",
        "| option | variable | default | meaning |",
        "|---|---|---|---|",
    ]
    for one in SETTINGS:
        default = f"`{one.default}`" if one.default else "(empty)"
        lines.append(
            f"| `{one.option} {one.metavar.replace('|', chr(92) + '|')}` | `{one.variable}` "
            f"| {default} | {one.help} |"
        )
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """docs/errors.md out of the closed table of errors."""
    lines = [
        f"# Errors\n{NOTE}",
        'Every answer of the HTTP interface that is not a success has the form `{"error": {"code", '
        '"message", …}}`; dead letters carry the same codes.\n',
        "| code | HTTP | meaning and what to do | 中文 |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{code}` | {e.status} | {e.en} | {e.zh} |" for code, e in ERRORS.items()]
    return "\n".join(lines) + "\n"


def _data_schema(data: type) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([data], ref_template="#/$defs/{name}")
    schema = dict(components[data.__name__])
    return {key: value for key, value in schema.items() if key != "description"}


def event_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one event type, envelope and data."""
    row = EVENT_TYPES[name]
    subject = f"^{row.subject}/.+" if row.subject else "^.+"
    digits = {"grid": 15}.get(row.level or "")
    region: dict[str, Any] = {
        "type": "string",
        "pattern": f"^\\d{{{digits}}}$" if digits else "^\\d+$",
    }
    properties: dict[str, Any] = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": 256},
        "source": {"type": "string", "minLength": 1, "maxLength": 256},
        "type": {"const": name},
        "subject": {"type": "string", "pattern": subject, "maxLength": 256},
        "time": {"type": "string", "format": "date-time"},
        "region": region,
        "sequence": {"type": "string", "pattern": "^\\d{1,18}$"},
    }
    required = ["specversion", "id", "source", "type", "subject", "time", "region"]
    if row.data is not NoData:
        properties["data"] = _data_schema(row.data)
        required.append("data")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:dongli:event:{name}",
        "title": name,
        "description": row.meaning,
        "type": "object",
        "properties": properties,
        "required": required,
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document of the channel that sources publish to."""
    messages = {
        name: {
            "name": name,
            "title": name,
            "summary": row.meaning,
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"./schemas/{name}.schema.json"},
        }
        for name, row in EVENT_TYPES.items()
    }
    links = {name: {"$ref": f"#/components/messages/{name}"} for name in EVENT_TYPES}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of the district cockpit",
            "version": "1.0.0",
            "description": f"CloudEvents 1.0, structured JSON, one event a message, at most "
            f"{MAX_BYTES} bytes.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": "grid:{120110}:events",
                "description": "Redis pub/sub channel; the braces are the hash tag of the key.",
                "messages": links,
            }
        },
        "operations": {
            "receiveEvents": {
                "action": "receive",
                "channel": {"$ref": "#/channels/events"},
                "messages": [
                    {"$ref": f"#/channels/events/messages/{name}"} for name in EVENT_TYPES
                ],
            }
        },
        "components": {"messages": messages},
    }


def events_page() -> str:
    """docs/events.md out of the table of event types."""
    lines = [
        f"# Event types\n{NOTE}",
        "CloudEvents 1.0, structured JSON. The machine-readable forms are `asyncapi.json` and",
        "`schemas/`. A field in brackets may be left out.\n",
        "| type | subject | region | data | effect |",
        "|---|---|---|---|---|",
    ]
    for name, row in EVENT_TYPES.items():
        schema = _data_schema(row.data)
        needed = schema.get("required", [])
        fields = [f"`{f}`" if f in needed else f"[`{f}`]" for f in schema.get("properties", {})]
        subject = f"`{row.subject}/<id>`" if row.subject else "the source"
        where = LEVELS[row.level]
        lines.append(
            f"| `{name}` | {subject} | {where} | {', '.join(fields) or '–'} | {row.meaning} |"
        )
    return "\n".join(lines) + "\n"


def _address(path: str) -> str:
    """An expression of paths as people read it: parts by name, what may be missing in brackets."""
    named = re.sub(
        r"\(\?P<(\w+)>([^()]*)\)",
        lambda part: part[2] if part[2].isalpha() else f"<{part[1]}>",
        path,
    )
    return re.sub(r"\(\?:(.*)\)\?", r"[\1]", named)


def roles_page() -> str:
    """docs/roles.md out of the roles and rights of access.py, and the screens' addresses."""
    texts = table("zh")
    lines = [
        f"# Roles and rights\n{NOTE}",
        "Every look and every change passes one of two gates (`cockpit/domain/access.py`): the",
        "role must have the right, and the place must lie in the account's region. A department",
        "sees and answers its own whistles only. A paired screen reads the walls that it is given.",
        "What is refused says so and is written into the audit.\n",
        "| right | " + " | ".join(RIGHTS) + " |",
        "|---|" + ":-:|" * len(RIGHTS),
        "| | " + " | ".join(texts[f"people.role.{role}"] for role in RIGHTS) + " |",
    ]
    for right in Right:
        marks = " | ".join("●" if right in RIGHTS[role] else "" for role in RIGHTS)
        lines.append(f"| `{right}` | {marks} |")
    lines += [
        "\n## Screens\n",
        "`free`: anybody. `look.wall` and `look.status` are open to anybody while walls are open "
        "(setting `walls`).\n",
        "| screen | address | needs |",
        "|---|---|---|",
    ]
    for family in FAMILIES:
        lines.append(f"| {family.name} | `{_address(family.path)}` | `{family.right}` |")
    return "\n".join(lines) + "\n"


def numbers_page() -> str:
    """docs/numbers.md out of the table of numbers."""
    lines = [
        f"# What each number means\n{NOTE}",
        "As meetings and papers say it. How exactly each is counted: metrics.md.\n",
        "| number | name | meaning | n | 中文 | 口径 |",
        "|---|---|---|---|---|---|",
    ]
    for name, n in NUMBERS.items():
        of = " + ".join(f"`{part}`" for part in n.of) or "–"
        lines.append(f"| `{name}` | {n.en} | {n.means_en} | {of} | {n.zh} | {n.means_zh} |")
    return "\n".join(lines) + "\n"


def pages() -> Iterator[tuple[Path, str]]:
    """Every made file with its text."""
    yield DOCS / "settings.md", settings_page()
    yield DOCS / "errors.md", errors_page()
    yield DOCS / "numbers.md", numbers_page()
    yield DOCS / "events.md", events_page()
    yield DOCS / "commands.md", commands_page(NOTE)
    yield DOCS / "roles.md", roles_page()
    yield DOCS / "asyncapi.json", _pretty(asyncapi())
    for name in EVENT_TYPES:
        yield DOCS / "schemas" / f"{name}.schema.json", _pretty(event_schema(name))


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def out_of_date() -> list[str]:
    """The made files that differ from what the code says, and stray schemas."""
    wanted = dict(pages())
    stale = [p for p, text in wanted.items() if not p.is_file() or p.read_text("utf-8") != text]
    stray = [p for p in (DOCS / "schemas").glob("*.json") if p not in wanted]
    return [str(path.relative_to(DOCS)) for path in (*stale, *stray)]


def main() -> int:
    """Write, or with --check compare; the exit code."""
    if "--check" in sys.argv[1:]:
        stale = out_of_date()
        for name in stale:
            print(f"docs/{name} is out of date: run python docs/generate.py")
        return 1 if stale else 0
    (DOCS / "schemas").mkdir(exist_ok=True)
    for path, text in pages():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
