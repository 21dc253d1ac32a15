"""What is true of every answer: the headers, the cookies, and where a change may come from."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from cockpit.errors import CockpitError

YEAR = 365 * 24 * 3600
# Methods that change nothing.
SAFE = {"GET", "HEAD", "OPTIONS"}


class _FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie holds nothing but the secret of forms, and what a sign-in elsewhere
    needs until it comes back."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        # Unchanged it need not be sent, and scripts and styles are the same for everybody.
        if session.modified:
            super().save_session(app, session, response)


def install_security(server: Flask, secret: str) -> CSRFProtect:
    """Changes need a token of a page of ours and may not come from pages of others. What the
    result exempts is not done by the power of a cookie."""
    server.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="cockpit_form",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # it ends with its cookie
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked, below
    )
    server.session_interface = _FormCookie()
    server.before_request(_check_origin)
    server.before_request(_check_address)
    return CSRFProtect(server)


def behind_proxies(server: Flask, count: int) -> None:
    """Believe the last so many proxies where a request came from and whether by https. To be
    called last: it goes around everything, sockets too."""
    if count:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=count, x_proto=count, x_host=0
        )


def csrf_token() -> str:
    """The token that a page of this browser sends with each change."""
    token: str = generate_csrf()
    return token


def own_origin(origin: str | None, environ: Mapping[str, Any]) -> bool:
    """Whether a request comes from a page of this very host. Programs send no Origin; a page's
    cookies do not go with requests from elsewhere (SameSite). What a proxy was told of another
    host's name counts for nothing."""
    return not origin or urlsplit(origin).netloc == environ.get("HTTP_HOST")


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if request.method not in SAFE and not own_origin(origin, request.environ):
        raise CockpitError("access.origin", origin=str(origin)[:80])


def _check_address() -> None:
    """No database keeps the character 0, and some fail when asked for it."""
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        raise CockpitError("request.invalid", why="there is a character 0 in the address")


def set_cookie(response: AnyResponse, name: str, value: str, seconds: int | None) -> None:
    """A cookie that no script reads and no other site's request carries; None: until the browser
    closes, 0: none any more."""
    response.set_cookie(
        name, value, max_age=seconds, secure=request.is_secure, httponly=True, samesite="Lax"
    )


def content_policy(script_hashes: list[str], settings: Mapping[str, Any]) -> str:
    """Only this host is spoken to, and the tile service when one is set."""
    images = "'self' data: blob:"
    if tiles := settings["tiles"]:
        scheme, host = re.match(r"(https?)://([^/]+)", tiles).groups()  # type: ignore[union-attr]
        images += f" {scheme}://" + re.sub(r"^[^.]*\{[^.]*", "*", host)
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}",
            "style-src 'self' 'unsafe-inline'",
            f"img-src {images}",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors " + (settings["frame_ancestors"] or "'none'"),
        )
    )


def set_headers(server: Flask, policy: str) -> None:
    """The headers of every answer; what somebody known was shown is kept nowhere."""

    @server.after_request
    def headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        cache = response.cache_control
        if flask.g.get("private"):
            response.headers["Cache-Control"] = "no-store"
        elif request.path.startswith("/_dash-component-suites/") and cache.max_age:
            cache.public = cache.immutable = True
        elif request.path.startswith("/assets/") and "m" in request.args:
            cache.public = cache.immutable = True
            cache.no_cache, cache.max_age = None, YEAR
        elif not cache:
            cache.no_cache = True
        return response
