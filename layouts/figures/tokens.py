"""The colours of assets/css/1-tokens.css for what no style sheet reaches."""

import re
from functools import cache
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "assets" / "css" / "1-tokens.css"


@cache
def tokens() -> dict[str, str]:
    """Every token by its name without the dashes, of the dark set: the one that stands first. Read
    once, at first use."""
    found = re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS.read_text(encoding="utf-8"))
    return dict(reversed(found))
