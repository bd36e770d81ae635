"""HTTP: the API at ``/v2``, the OAuth pages, the control, the boards, put together."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from monday_sandbox import control, pages, uploads
from monday_sandbox.acts import Doer
from monday_sandbox.api import Api
from monday_sandbox.apps import oauth
from monday_sandbox.apps import routes as apps
from monday_sandbox.apps.blocks import Engine
from monday_sandbox.apps.calls import Calls
from monday_sandbox.apps.installs import Installs
from monday_sandbox.apps.lifecycle import Lifecycle
from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.apps.tokens import Tokens
from monday_sandbox.clock import SandboxClock
from monday_sandbox.deliveries import Deliverer
from monday_sandbox.door import Door
from monday_sandbox.faults import Sky
from monday_sandbox.files import routes as files
from monday_sandbox.files.storage import LARGEST_FILE_BYTES
from monday_sandbox.journal import Journal
from monday_sandbox.limits.idempotency import IdempotencyKeys
from monday_sandbox.limits.quotas import Quotas
from monday_sandbox.lookup import Stored
from monday_sandbox.pages import host
from monday_sandbox.sender import Sender
from monday_sandbox.state import Store

LARGEST_BODY = 10_000_000


@dataclass(frozen=True)
class Place:
    """Where the sandbox keeps its state and time, and how it retries webhooks."""

    data_dir: Path
    clock_file: Path | None
    retry_seconds: float
    app: AppSecrets
    #: Whether the app is installed from the marketplace: its calls are none of an account's day then.
    is_marketplace_app: bool = False
    #: The sandbox's own, from which the addresses of files are made.
    address: str = "http://127.0.0.1"
    #: Bytes that an uploaded file may have.
    largest_file: int = LARGEST_FILE_BYTES


def create_app(place: Place) -> Flask:
    """The whole sandbox as one web application; its deliveries run in threads beside it."""
    store = Store(place.data_dir, SandboxClock(place.clock_file))
    store.files.address, store.files.largest = place.address, place.largest_file
    journal = Journal(Stored(store, "accounts", "slug"), Stored(store, "users", "name"))
    sky = Sky()
    tokens = Tokens(store, place.app)
    deliverer = Deliverer(
        store,
        journal,
        sky,
        app=place.app,
        retry_seconds=place.retry_seconds,
        short_token=tokens.short_lived,
    )
    lifecycle = Lifecycle(store, journal, place.app, retry_seconds=place.retry_seconds)
    installs = Installs(store, place.app, lifecycle.tell)
    calls = Calls(store, journal, tokens, place.app, Sender())
    engine = Engine(calls, place.address, place.retry_seconds)
    quotas = Quotas(store, is_marketplace_app=place.is_marketplace_app)
    api = Api(store, deliverer.challenge, quotas, place.app)
    doer = Doer(store, api, tokens)
    door = Door(
        store=store,
        api=api,
        doer=doer,
        tokens=tokens,
        journal=journal,
        sky=sky,
        keys=IdempotencyKeys(store),
        quotas=quotas,
    )
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.add_url_rule("/v2", "api", uploads.answering(door, store.files), methods=["POST"])
    app.add_url_rule(
        "/v2/file", "file", uploads.answering(door, store.files, is_file_door=True), methods=["POST"]
    )
    app.register_blueprint(files.create_blueprint(store.files, store.clock))
    doors = control.create_blueprint(store, journal, sky, quotas, doer)
    doors.register_blueprint(host.create_blueprint(store))
    doors.register_blueprint(apps.create_doors(store, tokens, installs, engine))
    app.register_blueprint(doors)
    app.register_blueprint(apps.create_callbacks(engine))
    app.register_blueprint(oauth.create_blueprint(store, tokens, installs, place.app))
    app.register_blueprint(pages.blueprint)
    lifecycle.start()
    installs.start()
    deliverer.start()
    return app
