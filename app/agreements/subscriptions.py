"""What an account pays for the app through monday.com, as an agreement.

Events count by monday.com's moments: late, twice or in another order, they come to the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer, SubscriptionEvent
from app.agreements.rules.table import TiersError, tiers
from app.errors import ParkedError
from app.monday.lifecycle import ENDS, HOLDS, LifecycleEvent

SOURCE = "subscription"


@dataclass(frozen=True)
class Plans:
    """The plans of the app's listing, and what each is."""

    tiers: Mapping[str, str]
    gives_trials: bool


@cache
def plans() -> Plans:
    """The plans as they are configured."""
    return read_plans(files("app.agreements").joinpath("plans.yaml").read_text())


def read_plans(described: str) -> Plans:
    """The plans of a description in YAML.

    Raises:
        TiersError: it is not described as it should be, or names a tier that there is not.
    """
    try:
        found = yaml.safe_load(described)
    except yaml.YAMLError as error:
        raise TiersError(f"The plans are not right: {error}") from error
    named = found.get("plans") if isinstance(found, dict) else None
    if not isinstance(named, dict):
        raise TiersError("The plans are not right: under `plans` they must be a list of tiers by plan.")
    unknown = sorted(str(tier) for tier in named.values() if tier not in tiers())
    if unknown:
        raise TiersError(f"The plans are not right: there is no agreement {', '.join(unknown)}.")
    return Plans({str(plan): tier for plan, tier in named.items()}, found.get("trials", True) is True)


def is_followed(event: LifecycleEvent) -> bool:
    """Whether anything follows from an event."""
    return event.type_name in ENDS or event.type_name in HOLDS


def note(session: Session, event: LifecycleEvent, *, now: datetime) -> None:
    """Note an event, unless it is known.

    Raises:
        ParkedError: nobody has said which agreement its plan is.
    """
    known = select(SubscriptionEvent.id).where(SubscriptionEvent.key == event.key)
    if session.execute(known).first() is not None:
        return
    session.add(
        SubscriptionEvent(
            account_id=event.account_id,
            key=event.key,
            type_name=event.type_name,
            at=event.at,
            plan_id=event.plan_id,
            tier=tier_of(event, plans()),
            is_trial=event.is_trial,
            noted_at=now,
        )
    )
    session.flush()


def tier_of(event: LifecycleEvent, known: Plans) -> str | None:
    """The tier that an account pays for after an event; None where it pays for nothing.

    Raises:
        ParkedError: nobody has said which agreement its plan is.
    """
    if event.type_name in ENDS or event.plan_id is None or (event.is_trial and not known.gives_trials):
        return None
    if event.plan_id not in known.tiers:
        raise ParkedError(
            f"The account {event.account_slug!r} pays for the plan {event.plan_id!r}, and no agreement is "
            "named for it. Add it to app/agreements/plans.yaml, start the processes again, then replay."
        )
    return known.tiers[event.plan_id]


def customer_of(session: Session, account_id: str) -> Customer | None:
    """The customer whose account pays, locked; None before it is connected."""
    query = select(Customer).where(Customer.account_id == account_id).with_for_update()
    return session.execute(query).scalar_one_or_none()
