"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce, by Authlib.

The provider says who somebody is; whether there is an account for them, and with which rights, the
role `desk` knows. Its answers come over HTTP, on which only the one who signs in waits.
"""

from collections.abc import Callable, Mapping
from typing import Any

import flask
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, request, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from callbacks.gates import Desk, peer, tokens
from callbacks.login import SignedIn, agent_of, enter, own_path
from cockpit.errors import CockpitError
from datasource.desk.people_questions import SignInExternally

_METADATA = "/.well-known/openid-configuration"
_SECONDS = 5.0
_NEXT = "next"


def create_oidc(
    server: flask.Flask,
    settings: Mapping[str, Any],
    desk: Desk,
    refuse: Callable[[CockpitError], AnyResponse],
) -> Blueprint:
    """`/login/provider` leads to the provider, `/login/callback` is where it leads back to.
    `refuse` answers the login page with a fault. To be called when an issuer is set."""
    provider = _provider(server, settings)
    login = Blueprint("oidc", __name__)

    @login.get("/login/provider")
    def begin() -> AnyResponse:
        flask.session[_NEXT] = own_path(request.args.get("next", ""))
        back = url_for("oidc.come_back", _external=True)
        try:
            return provider.authorize_redirect(back)  # type: ignore[no-any-return]
        except (OAuthError, RequestException, RuntimeError, ValueError) as error:
            return refuse(_fault(error))

    @login.get("/login/callback")
    def come_back() -> AnyResponse:
        issuer = str(settings["oidc_issuer"])
        try:
            told = provider.authorize_access_token(claims_options=_claims(issuer, settings))
            subject = told["userinfo"]["sub"]
        except (OAuthError, JoseError, RequestException, RuntimeError, ValueError, KeyError) as e:
            return refuse(_fault(e))
        question = SignInExternally(issuer, subject, peer(), agent_of(), tokens().session)
        try:
            signed_in = msgspec.json.decode(desk.ask(question), type=SignedIn)
        except CockpitError as error:
            return refuse(error)
        return enter(signed_in, flask.session.get(_NEXT, ""))

    return login


def _provider(server: flask.Flask, settings: Mapping[str, Any]) -> Any:
    """What speaks with the provider; its addresses are asked for when they are needed."""
    return OAuth(server).register(
        "oidc",
        client_id=settings["oidc_client_id"],
        client_secret=settings["oidc_client_secret"] or None,
        server_metadata_url=str(settings["oidc_issuer"]).rstrip("/") + _METADATA,
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )


def _claims(issuer: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What must stand in the provider's token."""
    return {
        "iss": {"essential": True, "values": [issuer, issuer.rstrip("/")]},
        "aud": {"essential": True, "value": settings["oidc_client_id"]},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }


def _fault(error: Exception) -> CockpitError:
    """Only what kind of fault it was: the rest may hold what a provider keeps to itself."""
    code = getattr(error, "error", "")
    return CockpitError("access.provider", why=str(code or type(error).__name__)[:60])
