"""A request on its way: what is missing is asked for, the customer approves, each step is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.feature_requests import handing, releasing, reviewing, writing
from app.feature_requests.on_wish import OnWish, followers, tell_story
from app.feature_requests.rules.anonymity import given_away
from app.feature_requests.rules.steps import (
    RELEASE_TEXTS,
    Filing,
    Hindrance,
    Status,
    hindrance,
    missing_of_release,
    status_of,
)
from app.feature_requests.rules.use_case import FIELDS, answers_of, missing
from app.mirror import service as mirror
from app.mirror.service import NAME
from app.mirror.told import Told

APPROVED = "approved"
#: What a follower hears when what it follows has gone a step, or has been filed.
LEAD_CHANGED = "wish.lead"
_WORDS = (NAME, *FIELDS)


def go_on(session: Session, on: OnWish, *, now: datetime) -> None:
    """Ask for what is missing, once; with everything there, ask the customer to approve."""
    wish = on.wish
    if wish.status != Status.DRAFT:
        return
    lacks = missing(wish.answers)
    if not lacks:
        step_to(session, on, Status.FOR_APPROVAL, at=now, now=now)
    elif wish.asked_at is None:
        wish.asked_at = now
        on.tell_customer(session, "wish.asked", now=now, fields=writing.fields(on.theirs[1], lacks))


def follow_customer(
    session: Session, on: OnWish, changed: Mapping[str, Any], told: Told, *, now: datetime
) -> None:
    """The customer has changed what it wishes, approved it, or taken that back."""
    words = [key for key in _WORDS if key in changed]
    if words:
        _take_words(session, on, words, now)
    if APPROVED in changed:
        said_at = told.changed_at.get(APPROVED, now)
        later = [key for key in words if told.changed_at.get(key, said_at) > said_at]
        # What was changed after it was approved has been read by nobody.
        approves = bool(changed[APPROVED]) and not later
        approve(session, on, approves=approves, at=said_at, now=now)
    elif words and on.wish.approved_at is not None and not on.wish.is_handed_over:
        _take_approval_back(session, on, now)
        on.tell_desk(session, "wish.approval.changed.desk", now=now)
    if words:
        go_on(session, on, now=now)


def follow_name(session: Session, on: OnWish, *, now: datetime) -> None:
    """A technician has renamed the request: what is written says so; the customer's approval is another's."""
    if on.wish.is_handed_over:
        return
    on.wish.title = str(on.on_desk(session).get(NAME) or on.wish.title)
    writing.write(session, on, now=now)
    if on.wish.approved_at is not None:
        _take_approval_back(session, on, now)


def approve(session: Session, on: OnWish, *, approves: bool, at: datetime, now: datetime) -> None:
    """The customer approves what is to be filed, or no longer does."""
    wish = on.wish
    if wish.is_handed_over or (approves and wish.status != Status.FOR_APPROVAL):
        on.show(session, APPROVED, True if wish.approved_at is not None else None, now=now)
        _say_why_not(session, on, now)
        return
    was_approved = wish.approved_at is not None
    wish.approved_at = at if approves else None
    on.show(session, APPROVED, True if approves else None, now=now)
    if approves and not was_approved:
        on.tell_customer(session, "wish.approved", now=now)
        on.tell_desk(session, "wish.approved.desk", now=now)
    elif was_approved and not approves:
        on.tell_customer(session, "wish.approval.withdrawn", now=now)
        on.tell_desk(session, "wish.approval.withdrawn.desk", now=now)


def step_hindrance(
    session: Session, on: OnWish, shown: Mapping[str, Any], known: Mapping[str, Any]
) -> Hindrance | None:
    """What keeps a technician's change of the status, as the desk's item shows it, from standing.

    ``known``: what the item held before; the other columns count as they are shown.
    """
    if "status" not in shown or shown["status"] == known.get("status"):
        return None
    values, to = {**known, **shown}, status_of(shown["status"])
    why = hindrance(on.standing, to, values)
    if why is None and to is Status.RELEASED and names_at_release(session, on, values):
        # Every requester reads the same words, and none may read of another.
        return Hindrance.NAMES_IN_RELEASE
    return why


def names_at_release(session: Session, on: OnWish, values: Mapping[str, Any]) -> str:
    """Words by which what is told at release names a customer or somebody there."""
    told = "\n".join(str(values.get(key) or "") for key in RELEASE_TEXTS)
    found = given_away(told, writing.known_names(session, on.wish))
    return ", ".join(dict.fromkeys(one.words for one in found if one.kind != "address"))


def tell_hindrance(
    session: Session, on: OnWish, why: Hindrance, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Say on the desk why a step can't be taken, and what to do."""
    board = on.desk[1]
    lacks = [board.columns[key].title for key in missing_of_release(values) if key in board.columns]
    words = names_at_release(session, on, values)
    on.tell_desk(session, f"wish.step.{why.value}", now=now, columns=", ".join(lacks), words=words)


def follow_step(session: Session, on: OnWish, to: Status, *, at: datetime, now: datetime) -> None:
    """A technician has taken the request a step that is open to it."""
    if to is Status.FILED:
        values = on.on_desk(session)
        reference, link = values.get("reference"), values.get("link")
        handing.settle(session, on, reference, link, now=now)
        record_filed(session, on, reference, link, at=at, now=now)
        return
    if to is Status.DRAFT and on.wish.approved_at is not None:
        on.wish.approved_at = None
        on.show(session, APPROVED, None, now=now)
    step_to(session, on, to, at=at, now=now)


def record_filed(
    session: Session, on: OnWish, reference: str | None, link: str | None, *, at: datetime, now: datetime
) -> None:
    """It is filed: under which reference, and where; told once."""
    if on.wish.is_at_monday:
        return
    handing.note_filed(session, on, reference, link, at=at, now=now)
    on.tell_desk(session, "wish.filed.desk", now=now, reference=reference or link or "-")
    step_to(session, on, Status.FILED, at=at, now=now)


def record_not_filed(session: Session, on: OnWish, what: Filing, reason: str, *, now: datetime) -> None:
    """It was not filed, or nobody knows. What had counted as filed (a mail bounced later) waits again."""
    was_filed = on.wish.status == Status.FILED
    handing.note_trouble(session, on, what, reason, now=now)
    if was_filed and on.wish.filing == Filing.REFUSED:
        on.wish.filed_at = None
        step_to(session, on, Status.FOR_APPROVAL, at=now, now=now, key="wish.not_filed_after_all")


def step_to(
    session: Session, on: OnWish, to: Status, *, at: datetime, now: datetime, key: str | None = None
) -> None:
    """Let a request stand where it has come to, on both boards, and tell its customer and who follows it.

    ``key`` is the sentence that tells the customer, where it is not the usual one.
    """
    wish = on.wish
    wish.status, wish.status_at = to.value, at
    on.show(session, "status", to.value, now=now)
    if to is Status.RELEASED:
        releasing.tell(session, on, on.on_desk(session), now=now)
    else:
        on.tell_customer(session, key or f"wish.status.{to.value}", now=now)
    if wish.lead_id is None:
        reviewing.arm(session, on, now=now)
    if wish.is_at_monday:
        for follower in followers(session, wish.id):
            tell_story(session, follower.id, on.partner_account_id, LEAD_CHANGED, now=now)


def _take_words(session: Session, on: OnWish, keys: list[str], now: datetime) -> None:
    values = mirror.coming(session, on.theirs[0])
    on.wish.title = str(values.get(NAME) or on.wish.title)
    on.wish.answers = answers_of(values)
    if on.wish.is_handed_over:
        named = writing.fields(on.desk[1], [key for key in keys if key != NAME]) or NAME
        on.tell_desk(session, "wish.changed_late.desk", now=now, fields=named)
        on.tell_customer(session, "wish.changed_late", now=now)
        return
    writing.write(session, on, now=now)


def _take_approval_back(session: Session, on: OnWish, now: datetime) -> None:
    on.wish.approved_at = None
    on.show(session, APPROVED, None, now=now)
    on.tell_customer(session, "wish.approval.changed", now=now)


def _say_why_not(session: Session, on: OnWish, now: datetime) -> None:
    wish = on.wish
    lacks = missing(wish.answers)
    if wish.is_handed_over:
        on.tell_customer(session, "wish.approve.filed", now=now)
    elif wish.status == Status.DRAFT and lacks:
        named = writing.fields(on.theirs[1], lacks)
        on.tell_customer(session, "wish.approve.lacks", now=now, fields=named)
    else:
        on.tell_customer(session, "wish.approve.not_now", now=now)
