"""``/healthz``, ``/readyz`` and ``/metrics``."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from app.budgets.usage import Shelf, Usage, usage
from app.clock import Clock, lease_time
from app.db import Database
from app.ops import service
from app.ops.service import Figures

#: Undone work older than this is worth waking somebody for.
LATE_SECONDS = 300.0


def create_blueprint(database: Database, clock: Clock, ledger: Shelf) -> Blueprint:
    """The pages a load balancer and a monitor ask."""
    blueprint = Blueprint("ops", __name__)

    @blueprint.get("/healthz")
    def alive() -> Response:
        return jsonify(status="ok", now=clock.now().isoformat())

    @blueprint.get("/readyz")
    def ready() -> Response:
        waited = service.figures(database).oldest_wait_seconds
        return jsonify(status="ok", oldest_wait_seconds=waited, late=waited > LATE_SECONDS)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        figures = service.figures(database)
        registry = _registry(figures)
        slugs = {account.account_id: account.slug for account in figures.accounts}
        _add_budgets(registry, slugs, usage(ledger, list(slugs)))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _add_budgets(registry: CollectorRegistry, slugs: Mapping[str, str], used: Sequence[Usage]) -> None:
    labels = ["account", "what"]
    amounts = Gauge("synerity_budget_used", "What an account has used of a limit.", labels, registry=registry)
    limits = Gauge(
        "synerity_budget_limit", "What an account may; none where unlimited.", labels, registry=registry
    )
    waits = Gauge(
        "synerity_budget_wait_seconds",
        "For how long work of a priority was told to wait for room in its account's budget.",
        ["account", "priority"],
        registry=registry,
    )
    for one in used:
        slug = slugs[one.account_id]
        for what, meter in one.meters.items():
            amounts.labels(slug, what).set(meter.used)
            if meter.limit is not None:
                limits.labels(slug, what).set(meter.limit)
        for priority, until in one.waiting.items():
            waits.labels(slug, priority.name.lower()).set(max(0.0, until - lease_time()))


def _registry(figures: Figures) -> CollectorRegistry:
    registry = CollectorRegistry()
    for name, what, counts in (
        ("synerity_inbox_events", "Received events by state.", figures.events),
        ("synerity_outbox_changes", "Wanted changes by state.", figures.changes),
        ("synerity_mails", "Mail of ours by state.", figures.mails),
        ("synerity_incoming_mails", "Mail that came by state.", figures.incoming_mails),
    ):
        gauge = Gauge(name, what, ["state"], registry=registry)
        for state, count in counts.items():
            gauge.labels(state).set(count)
    for name, what, value in (
        ("synerity_waiting_lanes", "Lanes with undone work.", figures.waiting_lanes),
        ("synerity_oldest_wait_seconds", "Age of the oldest undone work.", figures.oldest_wait_seconds),
        ("synerity_timers", "Armed timers.", figures.timers),
    ):
        Gauge(name, what, registry=registry).set(value)
    return registry
