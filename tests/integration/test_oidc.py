"""Signing in by OpenID Connect, against a provider with real HTTP and signed tokens."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from msgspec import Struct
from redis import Redis

from callbacks.server import build_server
from cockpit.domain.access import Account
from cockpit.errors import CockpitError
from cockpit.ports import Session
from datasource.desk.people_questions import CreateAccount, SignInExternally
from datasource.sessions import RedisSessions
from tests.house import STREET, House, memory_parts
from tests.people import ADMINISTRATOR, Desk
from tests.provider import Provider, running_provider
from tests.support import PREFIX

pytestmark = pytest.mark.integration

TOKEN = "t" * 43


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def house(provider: Provider) -> Iterator[House]:
    house = House(oidc_issuer=provider.issuer, oidc_client_id="cockpit", oidc_client_secret="s3")
    account = Account("a1", "street_director", STREET)
    house.people.sessions[TOKEN] = Session(account)
    house.people.answers[SignInExternally] = {
        "token": TOKEN, "account": account, "must_change": False,
    }  # fmt: skip
    yield house
    provider.twist, provider.published = {}, provider.key


def go(client: FlaskClient, provider: Provider, next_path: str = "") -> Any:
    """There and back."""
    away = client.get("/login/provider", query_string={"next": next_path})
    assert away.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    return client.get(provider.authorize(away.headers["Location"]))


def test_who_the_provider_knows_comes_in(house: House, provider: Provider) -> None:
    client = house.nobody()
    assert "/login/provider" in client.get("/login").text
    back = go(client, provider, f"/desk/{STREET}/overdue")
    assert (back.status_code, back.headers["Location"]) == (303, f"/desk/{STREET}/overdue")
    asked = house.people.asked[-1]
    assert isinstance(asked, SignInExternally)
    assert (asked.issuer, asked.subject) == (provider.issuer, "u-1")
    assert client.get(f"/desk/{STREET}").status_code == 200
    assert go(house.nobody(), provider, "//evil.example").headers["Location"] == f"/desk/{STREET}"


class _Asks:
    """Asks a real desk, without a way between."""

    def __init__(self, desk: Desk) -> None:
        self.ask_it = desk.answers.answer

    def ask(self, question: Struct, worker: str = "") -> bytes:
        return self.ask_it(question)


def test_a_new_account_works_at_once_and_needs_no_password(
    provider: Provider, tmp_path: Path, client: Redis
) -> None:
    desk = Desk("", tmp_path, client)
    made = CreateAccount(
        ADMINISTRATOR, "chen", "street_director", STREET, external=f"{provider.issuer} u-1"
    )
    desk.ask(made)
    parts = memory_parts(
        walls="paired", simulate="false", oidc_issuer=provider.issuer, oidc_client_id="cockpit",
        oidc_client_secret="s3",
    )  # fmt: skip
    real = replace(parts, desk=_Asks(desk), sessions=RedisSessions(client, PREFIX))
    browser = build_server(real)[0].test_client()
    assert go(browser, provider).headers["Location"] == f"/desk/{STREET}"
    assert browser.get(f"/desk/{STREET}").status_code == 200
    client.flushdb()
    assert browser.get(f"/desk/{STREET}").status_code == 200
    desk.database.close()


def test_who_has_no_account_here_does_not(house: House, provider: Provider) -> None:
    house.people.answers[SignInExternally] = CockpitError("access.no_account", external="x u-1")
    back = go(house.nobody(), provider)
    assert back.status_code == 403
    assert 'data-error="access.no_account"' in back.text


@pytest.mark.parametrize(
    "twist",
    [{"aud": "other"}, {"iss": "http://evil.example"}, {"nonce": "stale"}, {"exp": 1_000_000_000},
     {"sub": None}, {"nonce": None}],
    ids=lambda twist: next(iter(twist)),
)  # fmt: skip
def test_a_token_of_somebody_or_something_else_is_none(
    house: House, provider: Provider, twist: dict[str, Any]
) -> None:
    provider.twist = twist
    back = go(house.nobody(), provider)
    assert (back.status_code, 'data-error="access.provider"' in back.text) == (502, True)
    assert not [each for each in house.people.asked if isinstance(each, SignInExternally)]


def test_a_token_signed_by_another_is_none(house: House, provider: Provider) -> None:
    provider.published = RSAKey.generate_key(2048, {"kid": "k1"})
    assert 'data-error="access.provider"' in go(house.nobody(), provider).text


def test_an_answer_that_this_browser_did_not_ask_for_is_none(
    house: House, provider: Provider
) -> None:
    away = house.nobody().get("/login/provider")
    back = provider.authorize(away.headers["Location"])
    other = house.nobody().get(back)
    assert 'data-error="access.provider"' in other.text
    refused = house.nobody().get("/login/callback?error=access_denied&error_description=<b>no</b>")
    assert "access_denied" in refused.text
    assert "<b>" not in refused.text.split("<main>")[1]


def test_a_provider_that_is_away_is_said() -> None:
    house = House(oidc_issuer="http://127.0.0.1:9", oidc_name="天津统一认证")
    client = house.nobody()
    assert "天津统一认证" in client.get("/login").text
    assert 'data-error="access.provider"' in client.get("/login/provider").text
