"""The door of the operator's page: who comes in, what every answer carries, what every form must.

Everything under ``/ops`` but the form to sign in and the style sheet needs a session; it is
the blueprint itself that asks, so that no page can forget to.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.clock import Clock, lease_time
from app.db import Database
from app.errors import SupportError
from app.logs import get_logger
from app.operators import service as operators
from app.operators.passwords import PasswordUnfitError
from app.operators.service import OperatorSeen, SignInRefusedError, TooManyTriesError
from app.ops.pages import words
from app.ops.pages.cookies import Cookies, form_token, is_form_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_OPEN = frozenset({"operators.sign_in", "operators.static"})
_WHILE_CHOOSING = frozenset({"operators.choose_password", "operators.sign_out"})

log = get_logger("operators")


@dataclass(frozen=True)
class Door:
    """What the door needs."""

    database: Database
    clock: Clock
    cookies: Cookies


def operator() -> OperatorSeen:
    """Who is signed in."""
    found: OperatorSeen = g.operator
    return found


def add_door(blueprint: Blueprint, door: Door) -> None:
    """Put the door before every page of a blueprint, and the forms to sign in and out."""
    blueprint.before_request(lambda: _admit(door))
    blueprint.after_request(_protect)
    blueprint.register_error_handler(SupportError, _explain)
    blueprint.context_processor(_common)
    _add_signing(blueprint, door)
    _add_password(blueprint, door)


def _add_signing(blueprint: Blueprint, door: Door) -> None:
    @blueprint.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> AnyResponse:
        if request.method == "GET":
            return _sign_in_form(door, None, 200)
        if not is_form_of(door.cookies.guest_key(), request.form.get("token", "")):
            return _sign_in_form(door, "This form was too old. Please try again.", 400)
        try:
            key = operators.sign_in(
                door.database,
                request.form.get("name", ""),
                request.form.get("password", ""),
                address=request.remote_addr or "",
                now=door.clock.now(),
                real_time=lease_time(),
            )
        except SignInRefusedError as error:
            return _sign_in_form(door, error.message, 401)
        except TooManyTriesError as error:
            log.warning("sign_in_limited")
            return _sign_in_form(door, error.message, 429)
        response = redirect(url_for("operators.links"))
        door.cookies.put_session(response, key)
        return response

    @blueprint.post("/sign-out")
    def sign_out() -> AnyResponse:
        with door.database.transaction() as session:
            operators.sign_out(session, g.session_key, by=operator().name, now=door.clock.now())
        response = redirect(url_for("operators.sign_in"))
        door.cookies.clear_session(response)
        return response


def _add_password(blueprint: Blueprint, door: Door) -> None:
    @blueprint.route("/password", methods=["GET", "POST"])
    def choose_password() -> AnyResponse:
        if request.method == "GET":
            return make_response(render_template("ops/password.html", fault=None))
        form = request.form
        if form.get("new") != form.get("again"):
            return make_response(
                render_template("ops/password.html", fault="The two new passwords differ."), 400
            )
        try:
            with door.database.transaction() as session:
                operators.choose_password(
                    session, operator().id, form.get("old", ""), form.get("new", ""), now=door.clock.now()
                )
        except (PasswordUnfitError, SignInRefusedError) as error:
            return make_response(render_template("ops/password.html", fault=error.message), 400)
        # Every session ended with the old password; this browser's, too.
        response = redirect(url_for("operators.sign_in", told="password"))
        door.cookies.clear_session(response)
        return response


def _admit(door: Door) -> AnyResponse | None:
    """Let nobody in who is not signed in, and no form that is not ours."""
    if request.endpoint in _OPEN:
        return None
    key = door.cookies.session_key()
    is_refresh = request.headers.get("X-Refresh") == "1"
    found = (
        None
        if key is None
        else operators.who(door.database, key, real_time=lease_time(), touch=not is_refresh)
    )
    if key is None or found is None:
        if is_refresh:
            abort(401)
        return redirect(url_for("operators.sign_in"))
    g.operator, g.session_key = found, key
    if request.method not in ("GET", "HEAD") and not is_form_of(key, request.form.get("token", "")):
        log.warning("form_refused")
        page = "This form was not one of this session. Go back, load the page anew, and try again."
        return make_response(render_template("ops/fault.html", fault=page), 403)
    if found.must_choose and request.endpoint not in _WHILE_CHOOSING:
        return redirect(url_for("operators.choose_password"))
    return None


def _sign_in_form(door: Door, fault: str | None, status: int) -> AnyResponse:
    response = make_response()
    token = form_token(door.cookies.put_guest(response))
    response.set_data(render_template("ops/sign_in.html", fault=fault, form_token=token))
    response.status_code = status
    if status == 429:
        response.headers["Retry-After"] = str(int(operators.TRIES_SECONDS))
    return response


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    if request.endpoint != "operators.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _explain(error: SupportError) -> AnyResponse:
    log.warning("page_failed", code=error.code)
    status = 404 if error.code in ("link_missing", "ticket_missing") else 400 if error.permanent else 503
    return make_response(render_template("ops/fault.html", fault=error.message), status)


def _common() -> dict[str, object]:
    told = words.TOLD.get(request.args.get("told", ""))
    number = request.args.get("n", "")
    common: dict[str, object] = {
        "told": None if told is None else told.format(n=number if number.isdecimal() else "?"),
        "operator": g.get("operator"),
        "length": words.length,
        "moment": words.moment,
        "sentence": words.sentence,
    }
    if "session_key" in g:
        common["form_token"] = form_token(g.session_key)
    return common
