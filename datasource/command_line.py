"""What a start begins with: the command line, made from the table of settings, and the rules'
file."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from cockpit.config import SETTINGS
from cockpit.errors import CockpitError

ROLES = ("run", "serve", "project", "intake", "archive", "query", "desk", "office", "simulate")
# Commands over the archive and people, and options that only some of them have.
COMMANDS = (
    "retention",
    "export",
    "import",
    "rebuild",
    "verify",
    "accept-loss",
    "audit",
    "administrator",
    "open-intake",
)
_OPTIONS = {
    "file": (
        "FILE",
        "File of an export: .ndjson, .ndjson.gz or .ndjson.zst.",
        ("export", "import"),
    ),
    "apply": (
        "BOOL",
        "true: do what the command otherwise only shows. [false]",
        ("retention", "accept-loss", "open-intake"),
    ),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CockpitError("setting.invalid", name="command line", why=message)


def parse(arguments: Sequence[str], description: str) -> tuple[str, dict[str, str]]:
    """The role or command and the options that were given, by the names of their settings.

    Raises CockpitError `setting.invalid` for what it does not know.
    """
    parser = _Parser(prog="app.py", description=description, allow_abbrev=False,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("role", choices=(*ROLES, *COMMANDS))
    for setting in SETTINGS:
        default = f" [{setting.default or 'empty'}; {setting.variable}]"
        text = (setting.help + default).replace("%", "%%")
        parser.add_argument(setting.option, dest=setting.name, metavar=setting.metavar, help=text)
    parser.add_argument(
        "--no-simulate", dest="simulate", action="store_const", const="false",
        help="The same as --simulate false.",
    )  # fmt: skip
    for name, (metavar, what, of) in _OPTIONS.items():
        choices = ("true", "false") if metavar == "BOOL" else None
        text = f"Of {' and '.join(of)}: {what}"
        parser.add_argument(f"--{name}", metavar=metavar, choices=choices, help=text)
    given = {
        name: text for name, text in vars(parser.parse_args(arguments)).items() if text is not None
    }
    role = given.pop("role")
    for name, (_, _, of) in _OPTIONS.items():
        if name in given and role not in of:
            raise CockpitError("setting.invalid", name=f"--{name}", why=f"{role} knows none")
    return role, given


def read_rules(file: Path) -> str:
    """The text of the rules' file. Raises CockpitError `setting.invalid`."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CockpitError("setting.invalid", name="--rules", why=error) from None
