"""``/healthz``, ``/readyz`` and ``/metrics``."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from app.clock import Clock
from app.db import Database
from app.ops import service
from app.ops.service import Figures

#: Undone work older than this is worth waking somebody for.
LATE_SECONDS = 300.0


def create_blueprint(database: Database, clock: Clock) -> Blueprint:
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
        registry = _registry(service.figures(database))
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def _registry(figures: Figures) -> CollectorRegistry:
    registry = CollectorRegistry()
    for name, what, counts in (
        ("synerity_inbox_events", "Received events by state.", figures.events),
        ("synerity_outbox_changes", "Wanted changes by state.", figures.changes),
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
