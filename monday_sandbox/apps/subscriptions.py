"""What an account pays for the app: the subscription, how events move it, and the mock one for a day.

Sources: developer.monday.com on lifecycle webhooks (May 2026), its FAQ (November 2025) and the
reference of ``app_subscription`` (September 2026).
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.clock import iso_seconds
from monday_sandbox.state import Store

TRIAL_DAYS = 14
#: What is free is renewed in ten years.
FREE_DAYS = 3652
PERIOD_DAYS = {"monthly": 30, "yearly": 365}
MOCK_LIFE = timedelta(hours=24)
FREE_PLAN = "free"
#: Everything that happens to a subscription, by the name of its lifecycle event.
EVENTS = (
    "app_subscription_created",
    "app_subscription_changed",
    "app_subscription_renewed",
    "app_subscription_cancelled_by_user",
    "app_subscription_cancelled",
    "app_subscription_cancellation_revoked_by_user",
    "app_subscription_renewal_attempt_failed",
    "app_subscription_renewal_failed",
    "app_trial_subscription_started",
    "app_trial_subscription_ended",
    "app_subscription_pricing_version_change_scheduled",
)
#: What befalls only a subscription that there is; the others begin one.
_BEGIN = frozenset({"app_subscription_created", "app_trial_subscription_started"})
#: From the first payment that failed until the subscription is gone.
GRACE = timedelta(days=45)
RENEWED = "app_subscription_renewed"
_FATES = {
    "app_subscription_cancelled_by_user": "cancelled",
    "app_subscription_cancellation_revoked_by_user": "goes_on",
    "app_subscription_renewal_attempt_failed": "unpaid",
}
#: Trials are not paid.
_OF_PAYING = frozenset(
    {RENEWED, "app_subscription_renewal_attempt_failed", "app_subscription_renewal_failed"}
)
#: After these the account has nothing any more.
_ENDS = frozenset(
    {"app_subscription_cancelled", "app_subscription_renewal_failed", "app_trial_subscription_ended"}
)

TABLES = """
CREATE TABLE IF NOT EXISTS app_subscriptions (
    account_id INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, is_trial INTEGER NOT NULL,
    billing_period TEXT, max_units INTEGER, pricing_version INTEGER NOT NULL, renewal_at TEXT,
    is_active INTEGER NOT NULL, monthly_price REAL NOT NULL, currency TEXT NOT NULL, ended_at TEXT,
    fate TEXT NOT NULL DEFAULT 'goes_on', next_pricing_version INTEGER);
CREATE INDEX IF NOT EXISTS app_subscriptions_due ON app_subscriptions (renewal_at);
CREATE TABLE IF NOT EXISTS mock_subscriptions (
    account_id INTEGER PRIMARY KEY, plan_id TEXT NOT NULL, is_trial INTEGER NOT NULL,
    billing_period TEXT, max_units INTEGER, pricing_version INTEGER, renewal_at TEXT NOT NULL,
    good_until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS app_installs (
    account_id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, scopes TEXT NOT NULL,
    installed_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS app_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
    event TEXT NOT NULL, body TEXT NOT NULL, tries INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS app_operations (
    account_id INTEGER NOT NULL, kind TEXT NOT NULL, period TEXT NOT NULL, counted INTEGER NOT NULL,
    PRIMARY KEY (account_id, kind, period))
"""
#: What older state files lack.
_ADDED_COLUMNS = (
    ("fate", "TEXT NOT NULL DEFAULT 'goes_on'"),
    ("next_pricing_version", "INTEGER"),
)


class SubscriptionError(ValueError):
    """What was ordered for a subscription makes no sense; the message says why."""


@dataclass(frozen=True)
class Subscription:
    """An account's subscription; ``renewal_at`` is None once it has ended."""

    plan_id: str
    is_trial: bool
    billing_period: str | None
    max_units: int | None
    pricing_version: int
    renewal_at: datetime | None
    is_active: bool = True
    monthly_price: float = 0.0
    currency: str = "USD"
    ended_at: datetime | None = None
    #: What comes at the renewal: it ``goes_on``; the user has ``cancelled``; a payment failed: ``unpaid``.
    fate: str = "goes_on"
    #: Of the prices from the next renewal on.
    next_pricing_version: int | None = None

    def days_left(self, now: datetime) -> int:
        """Whole days until it is renewed, or ends."""
        return 0 if self.renewal_at is None else max(0, (self.renewal_at - now).days)


def trial(app: AppSecrets, now: datetime) -> Subscription:
    """What an account begins with where the app has trials."""
    until = now + timedelta(days=app.trial_days)
    return replace(at_install(now), plan_id=app.trial_plan, is_trial=True, renewal_at=until)


def at_install(now: datetime) -> Subscription:
    """What an account begins with where there are no trials, or it has had its own: the free plan."""
    return Subscription(FREE_PLAN, False, None, None, 1, now + timedelta(days=FREE_DAYS))  # noqa: FBT003 - in their order


def after(event: str, held: Subscription | None, wishes: Mapping[str, Any], now: datetime) -> Subscription:
    """The subscription after an event.

    Args:
        event: One of ``EVENTS``.
        held: What the account had.
        wishes: ``plan_id``, ``billing_period``, ``max_units``, ``pricing_version``, ``monthly_price``,
            ``currency`` and ``days`` until it is renewed, where they are to be others.
        now: The sandbox's time.

    Raises:
        SubscriptionError: there is no such event, it can't befall what the account has, or a wish is none.
    """
    if event not in EVENTS:
        raise SubscriptionError(f"event must be one of {', '.join(EVENTS)}.")
    _require_possible(event, held)
    changed = _wished(held or at_install(now), wishes)
    if event in _ENDS:
        return replace(changed, is_active=False, is_trial=False, renewal_at=None, ended_at=now)
    if event in _FATES:
        return replace(changed, fate=_FATES[event])
    if event == "app_subscription_pricing_version_change_scheduled":
        version = wishes.get("pricing_version", changed.pricing_version + 1)
        return replace(held or changed, next_pricing_version=version)
    days = wishes.get("days")
    begun = replace(changed, is_active=True, ended_at=None, fate="goes_on", next_pricing_version=None)
    if event == "app_trial_subscription_started":
        until = now + timedelta(days=TRIAL_DAYS if days is None else float(days))
        return replace(begun, is_trial=True, renewal_at=until)
    period = changed.billing_period or "monthly"
    # What the clock renews goes on from where it ended, however late that is noticed.
    is_due = changed.renewal_at is not None and changed.renewal_at <= now
    start = changed.renewal_at if event == RENEWED and is_due and changed.renewal_at else now
    until = start + timedelta(days=PERIOD_DAYS[period] if days is None else float(days))
    if event == RENEWED:
        version = changed.next_pricing_version or changed.pricing_version
        begun = replace(begun, pricing_version=version)
    return replace(begun, is_trial=False, billing_period=period, renewal_at=until)


def due_event(held: Subscription, now: datetime) -> str | None:
    """What time alone brings about: a trial or a cancelled subscription ends, another renews or is lost."""
    if held.renewal_at is None or held.renewal_at > now:
        return None
    if held.is_trial:
        return "app_trial_subscription_ended"
    if held.fate == "unpaid":
        return "app_subscription_renewal_failed" if held.renewal_at + GRACE <= now else None
    return "app_subscription_cancelled" if held.fate == "cancelled" else RENEWED


def _require_possible(event: str, held: Subscription | None) -> None:
    if event not in _BEGIN and (held is None or not held.is_active):
        raise SubscriptionError(f"{event} can't be: the account has no subscription.")
    if held is None:
        return
    if event == "app_trial_subscription_ended" and not held.is_trial:
        raise SubscriptionError("There is no trial that could end.")
    if event == "app_subscription_cancellation_revoked_by_user" and held.fate != "cancelled":
        raise SubscriptionError("There is no cancellation to revoke.")
    if event in _OF_PAYING and held.is_trial:
        raise SubscriptionError(f"{event} can't befall a trial.")


def _wished(held: Subscription, wishes: Mapping[str, Any]) -> Subscription:
    period = wishes.get("billing_period", held.billing_period)
    if period is not None and period not in PERIOD_DAYS:
        raise SubscriptionError("billing_period must be monthly or yearly.")
    days = wishes.get("days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int | float) or days < 0):
        raise SubscriptionError("days must be a number, 0 or more.")
    plan_id = wishes.get("plan_id", held.plan_id)
    if not isinstance(plan_id, str) or not plan_id:
        raise SubscriptionError("plan_id must be a text.")
    numbers = {name: wishes.get(name, getattr(held, name)) for name in ("max_units", "pricing_version")}
    for name, number in numbers.items():
        if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
            raise SubscriptionError(f"{name} must be a whole number.")
    return replace(
        held,
        plan_id=plan_id,
        billing_period=period,
        max_units=numbers["max_units"],
        pricing_version=numbers["pricing_version"] or held.pricing_version,
        monthly_price=float(wishes.get("monthly_price", held.monthly_price)),
        currency=str(wishes.get("currency", held.currency)),
    )


def told(held: Subscription, now: datetime) -> dict[str, Any]:
    """A subscription as lifecycle events and session tokens carry it."""
    return {
        "plan_id": held.plan_id,
        "renewal_date": None if held.renewal_at is None else with_offset(iso_seconds(held.renewal_at)),
        "is_trial": held.is_trial,
        "billing_period": held.billing_period,
        "days_left": held.days_left(now),
        "pricing_version": held.pricing_version,
        "max_units": held.max_units,
    }


def with_offset(moment: str) -> str:
    """A moment as monday.com writes it there: with an offset in place of Z."""
    return moment.replace("Z", "+00:00")


def effective(connection: sqlite3.Connection, account_id: int, now: datetime) -> Subscription | None:
    """What counts: the mock one while there is one, else what the account has."""
    row = connection.execute(
        "SELECT * FROM mock_subscriptions WHERE account_id = ? AND good_until > ?",
        (account_id, iso_seconds(now)),
    ).fetchone()
    if row is None:
        held = find(connection, account_id)
        return held if held is not None and held.is_active else None
    return Subscription(
        row["plan_id"],
        bool(row["is_trial"]),
        row["billing_period"],
        row["max_units"],
        row["pricing_version"] or 1,
        _moment(row["renewal_at"]),
    )


def find(connection: sqlite3.Connection, account_id: int) -> Subscription | None:
    """What an account has, or had."""
    row = connection.execute("SELECT * FROM app_subscriptions WHERE account_id = ?", (account_id,)).fetchone()
    return None if row is None else read(row)


def read(row: sqlite3.Row) -> Subscription:
    """A stored subscription."""
    return Subscription(
        row["plan_id"],
        bool(row["is_trial"]),
        row["billing_period"],
        row["max_units"],
        row["pricing_version"],
        _moment(row["renewal_at"]),
        bool(row["is_active"]),
        row["monthly_price"],
        row["currency"],
        _moment(row["ended_at"]),
        row["fate"],
        row["next_pricing_version"],
    )


def keep(connection: sqlite3.Connection, account_id: int, held: Subscription) -> None:
    """Store what an account has."""
    connection.execute(
        "INSERT OR REPLACE INTO app_subscriptions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            account_id,
            held.plan_id,
            int(held.is_trial),
            held.billing_period,
            held.max_units,
            held.pricing_version,
            _text(held.renewal_at),
            int(held.is_active),
            held.monthly_price,
            held.currency,
            _text(held.ended_at),
            held.fate,
            held.next_pricing_version,
        ),
    )


def make_tables(store: Store) -> None:
    """Make the tables of subscriptions where they are missing."""
    with store.writing() as connection:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        names = {row[1] for row in connection.execute("PRAGMA table_info(app_subscriptions)")}
        for column, declaration in _ADDED_COLUMNS:
            if column not in names:
                connection.execute(f"ALTER TABLE app_subscriptions ADD COLUMN {column} {declaration}")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else iso_seconds(moment)
