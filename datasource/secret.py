"""The secret that signs what pages send back: one for all web servers of a site."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cockpit.errors import CockpitError

_FILE = "secret.key"


def secret_of(settings: Mapping[str, Any]) -> str:
    """The setting `secret_key`, else what the file in the data directory holds, which is made when
    there is none. Raises CockpitError `data_dir.unusable`."""
    if settings["secret_key"]:
        return str(settings["secret_key"])
    path = Path(settings["data_dir"]) / _FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _read(path) or _made(path)
    except OSError as error:
        raise CockpitError("data_dir.unusable", path=path, why=error) from None


def _read(path: Path) -> str:
    return path.read_text("ascii").strip() if path.is_file() else ""


def _made(path: Path) -> str:
    """Made whole under another name first: of two servers that start at once both get one."""
    other = path.with_name(f"{_FILE}.{os.getpid()}")
    handle = os.open(other, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(other, path)
    except FileExistsError:
        pass  # the other server was first
    finally:
        other.unlink()
    return _read(path)
