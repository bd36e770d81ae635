"""Installing the app: off to monday.com's consent page, and back with a code.

The browser carries the attempt in a cookie only we can read (encrypted, ten minutes, this
site only); a callback without the cookie it began with is refused, so nobody can be made
to finish an installation that somebody else began.
"""

import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import pages, service
from app.accounts.service import InstallationContext
from app.errors import SupportError
from app.ids import new_key
from app.logs import get_logger
from app.monday import oauth

ATTEMPT_SECONDS = 10 * 60

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

_log = get_logger("accounts")


@dataclass(frozen=True)
class _Attempt:
    """One installation under way in one browser."""

    state: str
    verifier: str
    subdomain: str | None


def create_blueprint(context: InstallationContext) -> Blueprint:
    """The pages under ``/oauth``."""
    blueprint = Blueprint("accounts", __name__, url_prefix="/oauth", template_folder="templates")
    cookies = _AttemptCookies(context)

    @blueprint.get("/start")
    def start() -> AnyResponse:
        subdomain = request.args.get("subdomain") or None
        if subdomain is not None and not _SLUG.fullmatch(subdomain):
            return _page(pages.failed(_language(), "subdomain"), 400)
        attempt = _Attempt(state=new_key(), verifier=oauth.new_verifier(), subdomain=subdomain)
        address = oauth.authorize_url(
            context.settings, state=attempt.state, verifier=attempt.verifier, subdomain=subdomain
        )
        response = redirect(address)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        cookies.put(response, attempt, now=context.clock.now())
        return response

    @blueprint.get("/callback")
    def callback() -> AnyResponse:
        attempt = cookies.read(now=context.clock.now())
        response = _finish(context, attempt)
        cookies.clear(response)
        return response

    return blueprint


def _finish(context: InstallationContext, attempt: _Attempt | None) -> Response:
    language = _language()
    state = request.args.get("state", "")
    if attempt is None or not hmac.compare_digest(state.encode(), attempt.state.encode()):
        return _page(pages.failed(language, "begin_again"), 400)
    code = request.args.get("code")
    if request.args.get("error") or not code:
        denied = request.args.get("error", "access_denied") == "access_denied"
        return _page(pages.failed(language, "access_denied" if denied else "refused"), 400, attempt)
    try:
        account = service.install(context, code=code, verifier=attempt.verifier)
    except SupportError as error:
        _log.warning("installation_failed", code=error.code, reason=error.message)
        reason, status = pages.reason_of(error)
        return _page(pages.failed(language, reason), status, attempt)
    return _page(pages.installed(language, account.name), 200)


def _language() -> str:
    return request.accept_languages.best_match(pages.LANGUAGES) or pages.LANGUAGES[0]


def _page(page: pages.Page, status: int, attempt: _Attempt | None = None) -> Response:
    nonce = secrets.token_urlsafe(16)
    start = url_for("accounts.start", subdomain=attempt.subdomain if attempt else None)
    response = make_response(
        render_template("installation.html", page=page, nonce=nonce, start=start), status
    )
    response.headers.update(
        {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'"
            ),
            "Content-Language": page.language,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Language",
        }
    )
    return response


class _AttemptCookies:
    """The attempt in the browser's cookie, encrypted with the product's keys."""

    def __init__(self, context: InstallationContext) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in context.settings.secret_keys])
        self._secure = context.settings.base_url.startswith("https://")
        # The prefix makes browsers refuse the cookie from any other host, and without https.
        self._name = "__Host-installation" if self._secure else "installation"

    def put(self, response: AnyResponse, attempt: _Attempt, *, now: datetime) -> None:
        content = json.dumps([attempt.state, attempt.verifier, attempt.subdomain]).encode()
        self._set(response, self._fernet.encrypt_at_time(content, int(now.timestamp())).decode("ascii"))

    def read(self, *, now: datetime) -> _Attempt | None:
        cookie = request.cookies.get(self._name)
        if cookie is None:
            return None
        try:
            content = self._fernet.decrypt_at_time(
                cookie.encode(), ttl=ATTEMPT_SECONDS, current_time=int(now.timestamp())
            )
        except InvalidToken:
            return None
        state, verifier, subdomain = json.loads(content)
        return _Attempt(state=state, verifier=verifier, subdomain=subdomain)

    def clear(self, response: AnyResponse) -> None:
        self._set(response, "", max_age=0)

    def _set(self, response: AnyResponse, value: str, *, max_age: int = ATTEMPT_SECONDS) -> None:
        response.set_cookie(
            self._name, value, max_age=max_age, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )
