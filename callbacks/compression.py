"""Compression of what is sent, so that no script is compressed twice and none while frames wait."""

import re

from flask import Flask
from flask_compress import Compress

# Not in the page: the trend and the map ask for them after the first numbers.
LATER = (
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
    "/_dash-component-suites/dash_leaflet/dash_leaflet.js",
)


class _SuiteCache:
    """Compressed component suites, for good: their addresses name their content. Everything
    else has the empty key and is not kept."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        if not key.endswith(";"):
            self._kept[key] = value


def compress(server: Flask) -> None:
    """Compress what a browser takes compressed."""
    server.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_CACHE_BACKEND=_SuiteCache,
        COMPRESS_CACHE_KEY=lambda r: r.path if "/_dash-component-suites/" in r.path else "",
    )
    Compress(server)


def warm(server: Flask, page: str) -> None:
    """Compress the scripts of a page before anyone waits for them: Plotly alone would hold
    the event loop for half a second. Browsers ask for brotli only where they trust the
    connection."""
    client = server.test_client()
    html = client.get(page, headers={"Accept-Encoding": "identity"}).get_data(as_text=True)
    scripts = re.findall(r'src="(/_dash-component-suites/[^"]+)"', html)
    for script in (*scripts, *LATER):
        for encoding in ("br", "gzip"):
            client.get(script, headers={"Accept-Encoding": encoding}).close()
