"""Requests of several customers that say the same: one leads, is filed, and takes the others with it.

Only the desk sees who else wishes it. What a follower's customer reads is about its own request, as if it
stood alone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.agreements.models import Customer
from app.feature_requests import handing, progress, releasing
from app.feature_requests.models import Wish
from app.feature_requests.on_wish import OnWish, candidate, followers, tell_story
from app.feature_requests.rules import joining as rules
from app.feature_requests.rules.joining import Unfit, number, read_number
from app.feature_requests.rules.steps import Status
from app.mirror import service as mirror

COLUMN = "joined_to"
#: What a request hears when others have begun to follow it, or stopped.
FOLLOWERS_CHANGED = "wish.followers"


def follow(session: Session, on: OnWish, written: str | None, *, now: datetime) -> None:
    """A technician has written which request this one is the same as, or has taken that away."""
    wish = on.wish
    if written is None:
        _part(session, on, now)
        return
    named_id = read_number(written)
    # Held, so that of two that are to follow each other one hears of the other.
    named = None if named_id is None else session.get(Wish, named_id, with_for_update=True)
    if named is not None and named.status == Status.NOT_INCLUDED:
        named = None
    lead = rules.lead_for(candidate(wish), None if named is None else candidate(named))
    if isinstance(lead, Unfit):
        on.tell_desk(session, f"wish.join.{lead.value}", now=now, written=written)
    elif lead != wish.lead_id:
        _join(session, on, lead, now)
    _show_lead(session, on, now)


def follow_lead(session: Session, on: OnWish, *, now: datetime) -> None:
    """What a request follows has gone a step: it goes the same, and its customer is told."""
    lead = None if on.wish.lead_id is None else session.get(Wish, on.wish.lead_id)
    if lead is None:
        return
    if lead.lead_id is not None:
        # What it follows has begun to follow another.
        on.wish.lead_id = lead.lead_id
        session.flush()
        _show_lead(session, on, now)
        tell_story(session, lead.lead_id, on.partner_account_id, FOLLOWERS_CHANGED, now=now)
        lead = session.get_one(Wish, lead.lead_id)
    if not lead.is_at_monday:
        return
    if on.wish.filed_at is None or (on.wish.reference, on.wish.link) != (lead.reference, lead.link):
        handing.note_filed(session, on, lead.reference, lead.link, at=lead.filed_at or now, now=now)
    if on.wish.status == lead.status:
        return
    if lead.status == Status.RELEASED:
        _copy_release_texts(session, on, lead, now)
    progress.step_to(session, on, Status(lead.status), at=lead.status_at, now=now)


def tell_followers(session: Session, on: OnWish, *, now: datetime) -> None:
    """Let whoever follows this request hear that something of it has changed."""
    for follower in followers(session, on.wish.id):
        tell_story(session, follower.id, on.partner_account_id, progress.LEAD_CHANGED, now=now)


def show_followers(session: Session, on: OnWish, *, now: datetime) -> None:
    """Let the desk's item show how many customers wish it, and all of them."""
    for key, value in shown(session, on.wish).items():
        mirror.write(session, *on.desk, key, value, now=now)


def shown(session: Session, wish: Wish) -> Mapping[str, Any]:
    """Column key → what the desk's item shows of who wishes it; nothing of one that follows another."""
    if wish.lead_id is not None:
        return {"votes": None, "requesters": None}
    family = [wish, *followers(session, wish.id)]
    customers = {one.customer_id for one in family}
    query = select(Customer.id, Customer.name).where(Customer.id.in_(customers))
    names = {row.id: row.name for row in session.execute(query)}
    lines = [f"{one.number}  {names[one.customer_id]}: {one.requester}" for one in family]
    votes = rules.votes([one.customer_id for one in family])
    return {"votes": str(votes), "requesters": releasing.clipped_lines(lines)}


def _join(session: Session, on: OnWish, lead_id: int, now: datetime) -> None:
    wish, before = on.wish, on.wish.lead_id
    wish.lead_id = lead_id
    session.flush()
    on.tell_desk(session, "wish.joined", now=now, lead=number(lead_id))
    show_followers(session, on, now=now)
    tell_followers(session, on, now=now)
    for one in filter(None, (before, lead_id)):
        tell_story(session, one, on.partner_account_id, FOLLOWERS_CHANGED, now=now)
    # What it follows may have been filed long since.
    tell_story(session, wish.id, on.partner_account_id, progress.LEAD_CHANGED, now=now)


def _part(session: Session, on: OnWish, now: datetime) -> None:
    wish = on.wish
    if wish.lead_id is None:
        return
    lead = session.get_one(Wish, wish.lead_id)
    unfit = rules.unfit_to_part(candidate(lead))
    if unfit is not None:
        on.tell_desk(session, f"wish.join.{unfit.value}", now=now, written=lead.number)
        _show_lead(session, on, now)
        return
    wish.lead_id = None
    session.flush()
    on.tell_desk(session, "wish.parted", now=now, lead=lead.number)
    show_followers(session, on, now=now)
    tell_story(session, lead.id, on.partner_account_id, FOLLOWERS_CHANGED, now=now)


def _show_lead(session: Session, on: OnWish, now: datetime) -> None:
    lead_id = on.wish.lead_id
    mirror.write(session, *on.desk, COLUMN, None if lead_id is None else number(lead_id), now=now)


def _copy_release_texts(session: Session, on: OnWish, lead: Wish, now: datetime) -> None:
    """What changed and how it is used is the same for all: each item on the desk shows what was told."""
    side = mirror.side_of(session, lead.story, "desk")
    values = {} if side is None else mirror.coming(session, side)
    for key in releasing.TEXTS:
        mirror.write(session, *on.desk, key, values.get(key), now=now)
