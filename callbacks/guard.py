"""The one place that turns a fault into an answer.

Programs get `{"error": {"code", "message", ...facts}}`; a browser that asked for a page gets a
page that says the same in Chinese and English. What nobody foresaw is logged with its trace
and answered as `server.fault`, so no trace and no value of a request ever leaves the server.
"""

import logging
from collections.abc import Callable

from flask import Flask, Response, jsonify, render_template_string, request
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from cockpit.errors import CockpitError

log = logging.getLogger(__name__)

_PAGE = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{{ code }}</title>
<meta name="color-scheme" content="dark">
<link rel="stylesheet" href="/assets/css/1-tokens.css">
<link rel="stylesheet" href="/assets/css/2-base.css">
<link rel="stylesheet" href="/assets/css/3-components.css"></head>
<body>
<main class="notice" data-error="{{ code }}">
<h1>{{ zh }}</h1>
<p lang="en">{{ en }}</p>
<code>{{ code }}</code>
{% if code.startswith("access.") %}<a href="/account">我的账号 · My account</a>{% endif %}
<a href="/">返回总屏 · To the district wall</a>
</main>
</body>
</html>
"""
# Addresses that only programs ask for, whatever they say they accept.
_PROGRAMS = ("/api/", "/healthz", "/readyz", "/metrics")


def install_guard(server: Flask) -> None:
    """Answer every fault of `server` in one shape."""
    server.register_error_handler(CockpitError, answer)
    server.register_error_handler(HTTPException, _refused)
    server.register_error_handler(Exception, _unexpected)


def answer(error: CockpitError) -> Response:
    """The response that says this fault, in the form that the request wants."""
    if _wants_page():
        page = render_template_string(
            _PAGE, code=error.code, zh=error.text("zh"), en=error.text("en")
        )
        response = Response(page, mimetype="text/html")
    else:
        facts = {
            name: value if isinstance(value, int | float | bool | None) else str(value)
            for name, value in error.facts.items()
        }
        message = error.text("zh" if request.args.get("lang") == "zh" else "en")
        response = jsonify({"error": {**facts, "code": error.code, "message": message}})
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    return response


def _wants_page() -> bool:
    if request.path.startswith(_PROGRAMS):
        return False
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"


def _known(error: HTTPException) -> CockpitError:
    """What an error of the frameworks is in our table."""
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told(error)
    if error.code is not None and 400 <= error.code < 500:
        return CockpitError("request.invalid", why=error.name)
    return CockpitError("server.fault")


_TOLD: dict[type[HTTPException], Callable[[HTTPException], CockpitError]] = {
    NotFound: lambda _: CockpitError("address.unknown", path=request.path[:80]),
    MethodNotAllowed: lambda _: CockpitError("request.method"),
    RequestEntityTooLarge: lambda _: CockpitError(
        "message.too_large",
        limit=request.max_content_length,
        size=request.content_length or "more",
    ),
    RateLimitExceeded: lambda error: CockpitError("access.too_many", limit=error.description),
    CSRFError: lambda _: CockpitError("access.csrf"),
}


def _refused(error: HTTPException) -> Response:
    response = answer(_known(error))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unforeseen fault at %s %s", request.method, request.path, exc_info=error)
    return answer(CockpitError("server.fault"))
