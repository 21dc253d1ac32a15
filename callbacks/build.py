"""The name of the running build: a page that shows another one reloads itself."""

import hashlib
from pathlib import Path

_FOLDERS = ("assets", "callbacks", "cockpit", "layouts")
_KINDS = {".py", ".js", ".css", ".svg", ".html", ".json"}


def build_name(root: Path, rules: Path) -> str:
    """Twelve hex digits over the pins, the sources and assets under `root`, and the rules."""
    files = [root / "requirements.txt"]
    for folder in _FOLDERS:
        files += (f for f in (root / folder).rglob("*") if f.suffix in _KINDS)
    digest = hashlib.sha256(rules.read_bytes())
    for file in sorted(files):
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
