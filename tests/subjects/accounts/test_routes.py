"""Installing in the browser: there and back, and nobody can be tricked into another's installation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import service
from app.accounts.routes import create_blueprint
from tests.subjects.accounts.conftest import START, Product, TokenService

HOME = "https://support.example"

# What the pages do is the same on every database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(product: Product, clock: Clock) -> Flask:
    app = Flask("test")
    app.register_blueprint(create_blueprint(replace(product.context, clock=clock)))
    return app


@pytest.fixture
def browser(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def start(browser: FlaskClient, **query: str) -> TestResponse:
    return browser.get("/oauth/start", base_url=HOME, query_string=query)


def state_of(response: TestResponse) -> str:
    return parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]


def come_back(browser: FlaskClient, language: str = "en", **query: str) -> TestResponse:
    return browser.get(
        "/oauth/callback", base_url=HOME, query_string=query, headers={"Accept-Language": language}
    )


def installed_accounts(product: Product) -> list[str]:
    with product.database.reading() as session:
        return [account.account_id for account in service.list_accounts(session)]


def test_an_admin_goes_to_monday_and_comes_back_with_the_app_installed(
    browser: FlaskClient, product: Product
) -> None:
    away = start(browser, subdomain="acme")
    assert away.status_code == 302
    assert "subdomain=acme" in away.headers["Location"]
    back = come_back(browser, code="good", state=state_of(away))
    assert back.status_code == 200
    assert "The app is installed" in back.text
    assert product.installed == installed_accounts(product) == ["42"]


def test_the_page_speaks_swedish_to_a_swedish_browser(browser: FlaskClient) -> None:
    back = come_back(browser, "sv-SE,sv;q=0.9,en;q=0.5", code="good", state=state_of(start(browser)))
    assert "Appen är installerad" in back.text
    assert '<html lang="sv">' in back.text


def test_an_accounts_name_is_text_and_not_markup(browser: FlaskClient) -> None:
    back = come_back(browser, code="good", state=state_of(start(browser)))
    assert "Acme &lt;AB&gt;" in back.text


def test_the_cookie_is_for_us_and_this_site_only(browser: FlaskClient) -> None:
    away = start(browser)
    cookie = SimpleCookie(away.headers["Set-Cookie"])["__Host-installation"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["max-age"], cookie["path"], cookie["domain"]) == ("600", "/", "")
    assert state_of(away) not in cookie.value


def test_on_a_machine_without_https_the_cookie_still_travels(product: Product) -> None:
    local = replace(product.settings, base_url="http://127.0.0.1:8000")
    app = Flask("test")
    app.register_blueprint(create_blueprint(replace(product.context, settings=local)))
    with app.test_client() as browser:
        away = browser.get("/oauth/start")
        assert "Secure" not in away.headers["Set-Cookie"]
        back = browser.get("/oauth/callback", query_string={"code": "good", "state": state_of(away)})
    assert back.status_code == 200


def test_a_callback_that_nobody_began_is_refused(browser: FlaskClient, product: Product) -> None:
    back = come_back(browser, code="good", state="guessed")
    assert back.status_code == 400
    assert installed_accounts(product) == []


def test_charlie_can_not_finish_his_installation_in_another_browser(app: Flask, product: Product) -> None:
    with app.test_client() as charlie, app.test_client() as victim:
        begun_by_charlie = state_of(start(charlie))
        start(victim)
        assert come_back(victim, code="good", state=begun_by_charlie).status_code == 400
    assert installed_accounts(product) == []


def test_an_attempt_lives_ten_minutes(browser: FlaskClient, clock: Clock, product: Product) -> None:
    state = state_of(start(browser))
    clock.moment += timedelta(minutes=10, seconds=1)
    assert come_back(browser, code="good", state=state).status_code == 400
    assert installed_accounts(product) == []


def test_an_attempt_is_over_once_it_was_used(browser: FlaskClient) -> None:
    state = state_of(start(browser))
    assert come_back(browser, code="good", state=state).status_code == 200
    assert come_back(browser, code="good", state=state).status_code == 400


def test_a_changed_cookie_is_no_cookie(browser: FlaskClient) -> None:
    state = state_of(start(browser))
    browser.set_cookie("__Host-installation", "changed", domain="support.example", path="/", secure=True)
    assert come_back(browser, code="good", state=state).status_code == 400


def test_who_says_no_is_told_that_nothing_happened(browser: FlaskClient, product: Product) -> None:
    back = come_back(browser, error="access_denied", state=state_of(start(browser, subdomain="acme")))
    assert back.status_code == 400
    assert "Nothing was changed" in back.text
    assert 'href="/oauth/start?subdomain=acme"' in back.text
    assert installed_accounts(product) == []


@pytest.mark.parametrize("query", [{"error": "server_error"}, {"code": "forged"}, {"error": "<b>x</b>"}])
def test_what_monday_refuses_is_a_sentence(browser: FlaskClient, query: dict[str, str]) -> None:
    back = come_back(browser, state=state_of(start(browser)), **query)
    assert back.status_code == 400
    assert "monday.com did not accept the installation" in back.text
    assert "<b>" not in back.text


def test_trouble_at_monday_is_a_sentence(browser: FlaskClient, tokens: TokenService) -> None:
    tokens.unkindness.append("hangs_up")
    back = come_back(browser, code="good", state=state_of(start(browser)))
    assert back.status_code == 503
    assert "Try again in a few minutes" in back.text


def test_a_second_partner_is_a_sentence(browser: FlaskClient, tokens: TokenService) -> None:
    for account_id, status in (("1", 200), ("66", 409)):
        tokens.account = {"id": account_id, "slug": "synerity", "name": "Synerity"}
        assert come_back(browser, code="good", state=state_of(start(browser))).status_code == status


@pytest.mark.parametrize("subdomain", ["evil.com/", "a b", "-x", "x" * 64, "å", "a.b"])
def test_a_subdomain_that_is_none_goes_nowhere(browser: FlaskClient, subdomain: str) -> None:
    response = start(browser, subdomain=subdomain)
    assert response.status_code == 400
    assert "Location" not in response.headers
    assert subdomain not in response.text


@pytest.mark.parametrize("query", [{"code": "good"}, {"error": "access_denied"}, {}])
def test_no_page_can_be_framed_cached_or_scripted(browser: FlaskClient, query: dict[str, str]) -> None:
    headers = come_back(browser, state=state_of(start(browser)), **query).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_the_styles_nonce_is_new_each_time(browser: FlaskClient) -> None:
    policies = {come_back(browser).headers["Content-Security-Policy"] for _ in range(5)}
    assert len(policies) == 5
