"""The address at which monday.com tells of subscriptions, and the page with agreements and prices.

What is followed is durable before it is answered with 200; what is not signed by monday.com leaves
no trace but a log line. How often monday.com tries again is written nowhere.
"""

import json
import secrets

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from app.agreements import pricing, subscriptions
from app.agreements.service import LANE
from app.clock import Clock, SystemClock
from app.inbox.intake import Intake, IntakeError
from app.inbox.service import NewEvent, content
from app.lanes.service import LaneName
from app.logs import get_logger
from app.monday.lifecycle import LifecycleEvent, MalformedLifecycleError, parse_event, verify
from app.monday.webhook_auth import WebhookAuthError
from app.settings import Settings

log = get_logger("agreements")


def create_blueprint(settings: Settings, intake: Intake, clock: Clock) -> Blueprint:
    """``POST /monday/lifecycle`` and ``GET /plans``."""
    blueprint = Blueprint("agreements", __name__, template_folder="templates")

    @blueprint.post("/monday/lifecycle")
    def lifecycle() -> Response | tuple[Response, int]:
        try:
            account_id = verify(
                request.headers.get("Authorization"),
                secret=settings.monday_client_secret,
                client_id=settings.monday_client_id,
                # Tokens are made by the clock of the machine, whatever time it is in development.
                now=SystemClock().now(),
            )
        except WebhookAuthError as error:
            log.warning("lifecycle_refused", code=error.code, remote=request.remote_addr)
            return jsonify(error=error.message), 401
        try:
            event = parse_event(json.loads(request.get_data(cache=False)))
        except (MalformedLifecycleError, ValueError, RecursionError) as error:
            log.warning("lifecycle_malformed", account_id=account_id)
            return jsonify(error=str(error)), 400
        if event.account_id != account_id:
            log.warning("lifecycle_refused", code="wrong_account", remote=request.remote_addr)
            return jsonify(error="The token was made for another account."), 401
        if subscriptions.is_followed(event):
            try:
                intake.store(_stored(event, clock))
            except IntakeError as error:
                return jsonify(error=error.message), 503
        return Response(status=200)

    @blueprint.get("/plans")
    def plans() -> Response:
        asked = request.args.get("lang")
        best = request.accept_languages.best_match(pricing.LANGUAGES, pricing.LANGUAGES[0])
        language = asked if asked in pricing.LANGUAGES else best
        nonce = secrets.token_urlsafe(16)
        page = render_template("plans.html", page=pricing.page(language), nonce=nonce)
        response = make_response(page)
        response.headers.update(
            {
                "Content-Security-Policy": (
                    f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; "
                    # monday.com may show it in its marketplace.
                    "frame-ancestors https://*.monday.com https://monday.com"
                ),
                "Content-Language": language,
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
                "Vary": "Accept-Language",
            }
        )
        return response

    return blueprint


def _stored(event: LifecycleEvent, clock: Clock) -> NewEvent:
    lane = LaneName(f"subscription:{event.account_id}", event.account_id, LANE)
    return NewEvent(lane, subscriptions.SOURCE, content(event.content()), event.key, clock.now())
