"""The scripts of assets/js: their addresses by content, and which of them a page begins with."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from posixpath import dirname, normpath

ASSETS = Path(__file__).resolve().parents[1] / "assets"
# `import … from "./x.js"`, `export … from "./x.js"` and `import "./x.js"`; what a script imports
# later, by a call, is not asked for beforehand.
_IMPORTS = re.compile(r'^(?:import|export)\b[^;"\']*?["\']([^"\']+\.js)["\']', re.MULTILINE)


def fingerprints() -> dict[str, str]:
    """The address of each script module with its content's fingerprint, by its plain address."""
    found = {}
    for file in sorted((ASSETS / "js").rglob("*.js")):
        address = "/assets/" + file.relative_to(ASSETS).as_posix()
        found[address] = f"{address}?m={hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
    return found


@cache
def begins_with(entry: str) -> tuple[str, ...]:
    """The plain addresses of an entry script and of all that it imports, and so on."""
    found: dict[str, None] = {entry: None}
    todo = [entry]
    while todo:
        address = todo.pop()
        text = (ASSETS / address.removeprefix("/assets/")).read_text("utf-8")
        for name in _IMPORTS.findall(text):
            target = normpath(f"{dirname(address)}/{name}") if name[0] == "." else name
            if target not in found:
                found[target] = None
                todo.append(target)
    return tuple(found)


def preloads(modules: Mapping[str, str], entry: str) -> str:
    """The lines of a page's head that let its scripts come side by side."""
    return "\n".join(
        f'<link rel="modulepreload" href="{modules[address]}">'
        for address in sorted(begins_with(entry))
    )
