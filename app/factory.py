"""The one place that wires the product together, for the web and for the workers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

from app import logs
from app.accounts import routes as accounts_routes
from app.accounts import service as accounts
from app.accounts.service import InstallationContext
from app.agreements import routes as agreements_routes
from app.boards import service as boards
from app.budgets.gate import AccountGate
from app.budgets.ledger import Ledger
from app.clock import Clock, DevelopmentClock, SystemClock, lease_time
from app.db import Database
from app.doorbell import Doorbell, connect
from app.feature_requests.filing.channels import Channel, channel_of
from app.files import fetching
from app.files import routes as files_routes
from app.files import service as files
from app.files.fetching import FileGoneError, FileHosts
from app.files.service import FileTerms
from app.inbox import routes as inbox_routes
from app.inbox.intake import Intake
from app.inbox.routes import WebhookSettings
from app.lanes import service as lanes
from app.lanes.service import Bell
from app.monday.client import MondayClient
from app.onboarding import service as onboarding
from app.ops import routes as ops_routes
from app.ops.pages import routes as pages_routes
from app.ops.pages.routes import Console
from app.priority import Priority
from app.settings import Settings
from app.web import problems
from app.web.development import create_blueprint as create_development_blueprint


@dataclass(frozen=True)
class Product:
    """Everything a process of the product works with."""

    settings: Settings
    database: Database
    clock: Clock
    doorbell: Doorbell
    ledger: Ledger

    def client(self, account_id: str, priority: Priority = Priority.LIVE) -> MondayClient:
        """A client for an account, with a token that is good now; its calls keep within the budget.

        Raises:
            NotInstalledError, InstallationPausedError: the account may not be called.
        """
        token = accounts.access_token(self.database, self.settings, account_id, now=self.clock.now())
        return MondayClient(
            self.settings.monday_api_url,
            token,
            timeout_seconds=self.settings.monday_timeout_seconds,
            gate=self.gate(account_id, priority),
        )

    @property
    def file_terms(self) -> FileTerms:
        """How files are carried."""
        return FileTerms(self.settings.base_url, self.settings.largest_file_bytes)

    @property
    def channel(self) -> Channel:
        """How feature requests are filed."""
        return channel_of(self.settings)

    @property
    def vendor_address(self) -> str | None:
        """The address of monday.com's own support; None where no mail can be sent."""
        return self.settings.vendor_support_address if self.settings.mail_server else None

    @property
    def file_hosts(self) -> FileHosts:
        """Where files may be read."""
        return FileHosts(self.settings.file_hosts, self.settings.monday_api_url)

    def gate(self, account_id: str, priority: Priority = Priority.LIVE) -> AccountGate:
        """What has to let a call to an account through."""
        # To connect, to wait, to read: each takes the time of a call at most.
        call_seconds = 3 * self.settings.monday_timeout_seconds
        return AccountGate(self.ledger, account_id, priority, call_seconds)


def build(settings: Settings, *, redis_url: str | None = None) -> Product:
    """Wire a product from its settings. Starts nothing and connects to nothing.

    ``redis_url`` is for who has started a server of its own; else the setting holds.
    """
    logs.configure()
    clock = SystemClock() if settings.clock_file is None else DevelopmentClock(settings.clock_file)
    shared = redis_url or settings.redis_url
    ledger = Ledger(None if shared is None else connect(shared), clock, daily_calls=settings.daily_calls)
    return Product(settings, Database(settings.database_url), clock, Doorbell(shared), ledger)


def create_app(settings: Settings | None = None) -> Flask:
    """The web application, as gunicorn starts it.

    Raises:
        SettingsError: the environment does not describe a product that can run.
    """
    product = build(settings or Settings.from_env())
    app = Flask("app.web")
    if proxies := product.settings.trusted_proxies:
        # Only as many of the addresses that are told as are ours to believe.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    app.config["MAX_CONTENT_LENGTH"] = inbox_routes.LARGEST_BODY
    # gunicorn has its own access log; werkzeug's would show webhook addresses.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    problems.register(app)
    intake = Intake(product.database, product.doorbell.ring_soon)
    webhooks = WebhookSettings(product.settings.monday_signing_secret, product.settings.base_url)
    app.register_blueprint(
        inbox_routes.create_blueprint(webhooks, intake, product.clock, _board_finder(product.database))
    )
    app.register_blueprint(agreements_routes.create_blueprint(product.settings, intake, product.clock))
    app.register_blueprint(accounts_routes.create_blueprint(_installation_context(product)))
    app.register_blueprint(ops_routes.create_blueprint(product.database, product.clock, product.ledger))
    app.register_blueprint(pages_routes.create_blueprint(_console(product)))
    app.register_blueprint(files_routes.create_blueprint(partial(_locate_file, product)))
    app.register_blueprint(create_development_blueprint(product.clock))
    return app


def _console(product: Product) -> Console:
    def ring() -> None:
        with product.database.reading() as session:
            bells = lanes.waiting(session, now=lease_time())
        product.doorbell.ring_soon(bells)

    return Console(product, product.clock, product.ledger, ring)


def _installation_context(product: Product) -> InstallationContext:
    return InstallationContext(
        product.database, product.settings, product.clock, partial(_on_installed, product)
    )


def _locate_file(product: Product, key: str) -> str:
    """Where monday.com has a file that is told with a link."""
    with product.database.reading() as session:
        file = files.find_link(session, key)
    if file is None:
        raise FileGoneError("No file is told with this link.")
    return fetching.locate(product.client(file.account_id), product.file_hosts, file.asset_id).url


def _on_installed(product: Product, session: Session, account_id: str) -> None:
    onboarding.ask_to_connect(session, account_id, now=product.clock.now())
    # What waited because the account was paused goes on.
    onboarding.wake(session, account_id)
    product.doorbell.ring_soon([Bell(account_id, "account")])


def _board_finder(database: Database) -> Callable[[str], tuple[str, str] | None]:
    """Look up a webhook's key once a process: what a key was made for never changes."""
    known: dict[str, tuple[str, str]] = {}

    def find(key: str) -> tuple[str, str] | None:
        if key not in known:
            with database.reading() as session:
                address = boards.by_webhook_key(session, key)
            if address is None:
                return None
            known[key] = (address.account_id, address.board_id)
        return known[key]

    return find
