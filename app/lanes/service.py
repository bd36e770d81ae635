"""Asking for work on a lane, holding it, finishing it.

The recipe: whoever wants work raises ``wanted``; a worker claims the lane with a lease and
a new fence, works, and raises ``done`` to the ``wanted`` it saw, if its fence still
stands. Askings that came meanwhile keep the lane waiting. Queue jobs are only doorbells:
lost, doubled or late ones change nothing.

All moments here are real epoch seconds (``app.clock.lease_time``).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, event, text
from sqlalchemy.engine import CursorResult, Row
from sqlalchemy.orm import Session

from app.errors import SupportError
from app.priority import Priority, priority_of

#: How long a job works on one account before it goes to the back, so that others get their turn, in seconds.
SLICE_SECONDS = 0.5
#: Where a session keeps what it asks for until it commits.
_WANTED = "wanted_lanes"

_WANT = text(
    """
    INSERT INTO lanes
        (key, account_id, kind, share, priority, wanted, done, fence, lease_until, not_before, pending_since,
         attempts)
    VALUES (:key, :account_id, :kind, '', :priority, 1, 0, 0, 0, 0, :now, 0)
    ON CONFLICT (key) DO UPDATE SET
        wanted = lanes.wanted + 1,
        priority =
            CASE WHEN lanes.wanted > lanes.done AND lanes.priority < excluded.priority
            THEN lanes.priority ELSE excluded.priority END,
        not_before =
            CASE WHEN excluded.priority < lanes.priority AND lanes.attempts = 0
            THEN 0 ELSE lanes.not_before END,
        pending_since =
            CASE WHEN lanes.wanted > lanes.done THEN lanes.pending_since ELSE excluded.pending_since END
    """
)
_ASSIGN = text(
    """
    INSERT INTO lanes
        (key, account_id, kind, share, priority, wanted, done, fence, lease_until, not_before, pending_since,
         attempts)
    VALUES (:key, :account_id, :kind, :share, 0, 0, 0, 0, 0, 0, 0, 0)
    ON CONFLICT (key) DO UPDATE SET share = excluded.share
    """
)
# The first of each share, then the second of each, and so on: who has much to do does not hold up
# who has little.
_CLAIM = """
    UPDATE lanes SET fence = fence + 1, lease_until = :until
    WHERE key IN (
        SELECT key FROM lanes WHERE key IN (
            SELECT key FROM (
                SELECT key, priority, pending_since,
                       ROW_NUMBER() OVER (PARTITION BY share ORDER BY priority, pending_since) AS place
                FROM lanes
                WHERE account_id = :account_id AND kind = :kind AND wanted > done
                  AND lease_until <= :now AND not_before <= :now
                  AND CAST(priority AS TEXT) || ':' || share NOT IN :beside
            ) AS waiting
            ORDER BY priority, place, pending_since LIMIT :limit
        ) {skip_locked}
    )
      AND wanted > done AND lease_until <= :now
    RETURNING key, kind, account_id, wanted, fence, attempts, priority, share, pending_since
    """
# PostgreSQL: never wait for a lane somebody else is touching. SQLite has one writer anyway.
_CLAIM_BY_DIALECT = {
    dialect: text(_CLAIM.format(skip_locked=skip_locked)).bindparams(bindparam("beside", expanding=True))
    for dialect, skip_locked in (("postgresql", "FOR UPDATE SKIP LOCKED"), ("sqlite", ""))
}
_CLAIM_ONE = text(
    """
    UPDATE lanes SET fence = fence + 1, lease_until = :until
    WHERE key = :key AND wanted > done AND lease_until <= :now AND not_before <= :now
    RETURNING key, kind, account_id, wanted, fence, attempts, priority, share
    """
)
_FINISH = text(
    """
    UPDATE lanes SET done = :wanted, lease_until = 0, not_before = 0, attempts = 0, pending_since = :now
    WHERE key = :key AND fence = :fence AND done < :wanted
    """
)
_SNOOZE = text(
    """
    UPDATE lanes SET lease_until = 0, not_before = :not_before, attempts = :attempts
    WHERE key = :key AND fence = :fence
    """
)
# What was wanted meanwhile may be more urgent: then the lane does not wait.
_SNOOZE_AT_PRIORITY = text(
    """
    UPDATE lanes SET lease_until = 0, attempts = :attempts,
        not_before = CASE WHEN wanted = :wanted THEN :not_before ELSE 0 END,
        priority = CASE WHEN wanted = :wanted THEN :priority ELSE priority END
    WHERE key = :key AND fence = :fence
    """
)
_HELD_AS = text("SELECT key, fence, wanted FROM lanes WHERE key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)
_KEEP = text("UPDATE lanes SET lease_until = :until WHERE key = :key AND fence = :fence AND done < wanted")
_RENEW = text("UPDATE lanes SET lease_until = :until WHERE key = :key AND fence = :fence AND lease_until > 0")
_HELD = text("SELECT 1 FROM lanes WHERE key = :key AND fence = :fence AND done < :wanted")
# What is ready is found first, by the moments; grouped at once, SQLite would walk through all that waits.
_WAITING = text(
    """
    WITH ready AS MATERIALIZED (
        SELECT account_id, kind, CASE WHEN kind = 'board' THEN key ELSE '' END AS key, priority, pending_since
        FROM lanes
        WHERE wanted > done AND lease_until <= :now AND not_before <= :now
    )
    SELECT account_id, kind, key, MIN(priority) AS priority
    FROM ready
    GROUP BY account_id, kind, key
    ORDER BY MIN(priority), MIN(pending_since)
    LIMIT :limit
    """
)
_COUNT_COMING = text(
    """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM lanes
        WHERE wanted > done AND kind = 'item' AND share = :share AND not_before <= :now LIMIT :limit
    ) AS waiting
    """
)
_NEXT_MOMENT = text(
    """
    SELECT MIN(CASE WHEN lease_until > not_before THEN lease_until ELSE not_before END)
    FROM lanes WHERE wanted > done
    """
)
_PUT_OFF = text(
    """
    UPDATE lanes SET not_before = :until
    WHERE account_id = :account_id AND kind = :kind AND wanted > done AND priority >= :priority
      AND lease_until <= :now AND not_before < :until
    """
)
_COUNT = text(
    """
    SELECT COUNT(*) FROM lanes
    WHERE account_id = :account_id AND kind = :kind AND wanted > done AND priority = :priority
      AND key LIKE :pattern
    """
)
_WAKE = text("UPDATE lanes SET not_before = 0 WHERE account_id = :account_id AND wanted > done")


class LaneLostError(SupportError):
    """The lease ran out and another worker took the lane; this worker's work must be rolled back."""

    code = "lane_lost"


@dataclass(frozen=True)
class LaneName:
    """A lane as it is asked for.

    ``kind`` is ``item``, ``ticket``, ``account``, ``board``, ``sweep``, ``forum`` or ``unusable``.
    """

    key: str
    account_id: str
    kind: str


@dataclass(frozen=True)
class Claim:
    """A lane held by this worker until its lease ends."""

    key: str
    kind: str
    account_id: str
    #: The asking up to which this claim will be done.
    wanted: int
    fence: int
    #: Failed tries before this one.
    attempts: int
    #: The most urgent of what waits.
    priority: Priority
    #: Whose work it is; empty when nobody said.
    share: str = ""


@dataclass(frozen=True)
class Bell:
    """What to ring: all waiting lanes of a kind in an account, or one board's lane."""

    account_id: str
    kind: str
    key: str = ""
    priority: Priority = Priority.LIVE


def want(session: Session, lanes: Iterable[LaneName], *, now: float) -> None:
    """Ask for work on lanes, in the transaction that writes what the work is about.

    What a transaction asks for is written once, when it commits, in the order of the keys:
    two transactions that touch the same lanes then never wait for each other in a ring.
    """
    wanted: dict[LaneName, tuple[float, Priority]] = session.info.setdefault(_WANTED, {})
    if not wanted and not event.contains(session, "before_commit", _write_wanted):
        event.listen(session, "before_commit", _write_wanted)
    priority = priority_of(session)
    for lane in lanes:
        _, before = wanted.get(lane, (now, priority))
        wanted[lane] = (now, min(before, priority))


def _write_wanted(session: Session) -> None:
    wanted: dict[LaneName, tuple[float, Priority]] = session.info.pop(_WANTED, {})
    rows = [
        {**asdict(lane), "now": now, "priority": int(priority)}
        for lane, (now, priority) in sorted(wanted.items(), key=lambda item: item[0].key)
    ]
    if rows:
        session.connection().execute(_WANT, rows)


def assign(session: Session, lane: LaneName, share: str) -> None:
    """Say whose work a lane is, so that it gets its turn beside the other shares of its account."""
    session.connection().execute(_ASSIGN, {**asdict(lane), "share": share})


def claim(
    session: Session,
    account_id: str,
    kind: str,
    *,
    now: float,
    lease_seconds: float,
    limit: int,
    beside: Iterable[Claim] = (),
) -> Sequence[Claim]:
    """Hold up to ``limit`` waiting lanes: the most urgent first, then each share in turn, the oldest first.

    They come back in that order. Of the shares of those held already (``beside``) none is held that is as
    urgent.
    """
    parameters = {
        "account_id": account_id,
        "kind": kind,
        "now": now,
        "until": now + lease_seconds,
        "limit": limit,
        # Never empty: no database knows what type nothing has.
        "beside": ["", *{f"{int(held.priority)}:{held.share}" for held in beside}],
    }
    statement = _CLAIM_BY_DIALECT[session.get_bind().dialect.name]
    rows = sorted(session.execute(statement, parameters), key=lambda row: (row.priority, row.pending_since))
    places: Counter[tuple[int, str]] = Counter()
    ordered = []
    for row in rows:
        places[row.priority, row.share] += 1
        ordered.append((row.priority, places[row.priority, row.share], row))
    return [_claim(row) for *_, row in sorted(ordered, key=itemgetter(0, 1))]


def claim_one(session: Session, key: str, *, now: float, lease_seconds: float) -> Claim | None:
    """Hold one lane, or None when nothing waits in it or somebody else holds it."""
    row = session.execute(_CLAIM_ONE, {"key": key, "now": now, "until": now + lease_seconds}).one_or_none()
    return None if row is None else _claim(row)


def finish(session: Session, held: Claim, *, now: float) -> None:
    """Mark the work of a claim as done, in the transaction that records its effects.

    Raises:
        LaneLostError: another worker holds the lane now; the transaction must roll back.
    """
    parameters = {"key": held.key, "fence": held.fence, "wanted": held.wanted, "now": now}
    _expect_held(session.execute(_FINISH, parameters), held)


def confirm_held(session: Session, held: Claim) -> None:
    """Make sure the lane is still ours, before an effect that can't be undone.

    Raises:
        LaneLostError: another worker holds the lane now.
    """
    row = session.execute(_HELD, {"key": held.key, "fence": held.fence, "wanted": held.wanted}).one_or_none()
    if row is None:
        raise LaneLostError(f"The lane {held.key} was taken over by another worker.")


def renew(session: Session, held: Claim, *, now: float, lease_seconds: float) -> None:
    """Keep a lane for another lease.

    Raises:
        LaneLostError: another worker holds the lane now.
    """
    parameters = {"key": held.key, "fence": held.fence, "until": now + lease_seconds}
    _expect_held(session.execute(_RENEW, parameters), held)


def keep(session: Session, held: Sequence[Claim], *, until: float) -> None:
    """Hold lanes until a moment, which may be past: then anybody may claim them. Lost ones stay lost."""
    rows = [{"key": one.key, "fence": one.fence, "until": until} for one in held]
    if rows:
        session.connection().execute(_KEEP, sorted(rows, key=itemgetter("key")))


def take_up(session: Session, held: Sequence[Claim], *, now: float, lease_seconds: float) -> Sequence[Claim]:
    """Hold again what was kept, though its lease may have ended; those come back in which nothing is new.

    Those in which work was asked for meanwhile are let go, and who else has claimed one keeps it.
    """
    keys = [one.key for one in held]
    known = {row.key: (row.fence, row.wanted) for row in session.execute(_HELD_AS, {"keys": keys})}
    same = [one for one in held if known.get(one.key) == (one.fence, one.wanted)]
    kept = {one.key for one in same}
    keep(session, [one for one in held if one.key not in kept], until=0.0)
    keep(session, same, until=now + lease_seconds)
    return same


def snooze(
    session: Session, held: Claim, *, until: float, failed: bool, priority: Priority | None = None
) -> None:
    """Let go of a lane whose work is not done; it waits until the given moment.

    ``failed`` counts an attempt; waiting for a budget or a busy item does not. ``priority`` is that of what
    is left, when it is known: what is wanted later and is more urgent ends the waiting.
    """
    attempts = held.attempts + 1 if failed else held.attempts
    parameters = {"key": held.key, "fence": held.fence, "not_before": until, "attempts": attempts}
    if priority is None:
        session.execute(_SNOOZE, parameters)
    else:
        known = {"priority": int(priority), "wanted": held.wanted}
        session.execute(_SNOOZE_AT_PRIORITY, {**parameters, **known})


def put_off(
    session: Session, account_id: str, kind: str, priority: Priority, *, now: float, until: float
) -> None:
    """Let all of an account's lanes of a kind that nobody holds wait, those more urgent excepted."""
    parameters = {
        "account_id": account_id,
        "kind": kind,
        "priority": int(priority),
        "now": now,
        "until": until,
    }
    session.execute(_PUT_OFF, parameters)


def wake(session: Session, account_id: str) -> None:
    """End every snooze in an account, as after it was connected again."""
    session.execute(_WAKE, {"account_id": account_id})


def waiting(session: Session, *, now: float, limit: int = 500) -> Sequence[Bell]:
    """What should be rung now: the truth from which lost doorbells are repaired."""
    rows = session.execute(_WAITING, {"now": now, "limit": limit})
    return [Bell(row.account_id, row.kind, row.key, Priority(row.priority)) for row in rows]


def count_waiting(
    session: Session, account_id: str, kind: str, priority: Priority, *, prefix: str = ""
) -> int:
    """How many lanes of a kind and a priority have work that is not done in an account.

    ``prefix``: only those whose key begins so.
    """
    parameters = {
        "account_id": account_id,
        "kind": kind,
        "priority": int(priority),
        "pattern": f"{prefix}%",
    }
    return int(session.execute(_COUNT, parameters).scalar_one())


def count_coming(session: Session, share: str, *, now: float, limit: int) -> int:
    """How many items of a customer may be looked at now, or are, counted no further than ``limit``."""
    counted: int = session.execute(_COUNT_COMING, {"share": share, "now": now, "limit": limit}).scalar_one()
    return counted


def next_moment(session: Session) -> float | None:
    """When the next waiting lane may be claimed, or None when no lane waits."""
    moment: float | None = session.execute(_NEXT_MOMENT).scalar_one_or_none()
    return moment


def _claim(row: Row[Any]) -> Claim:
    return Claim(
        row.key,
        row.kind,
        row.account_id,
        row.wanted,
        row.fence,
        row.attempts,
        Priority(row.priority),
        row.share,
    )


def _expect_held(result: object, held: Claim) -> None:
    if not isinstance(result, CursorResult) or result.rowcount == 0:
        raise LaneLostError(f"The lane {held.key} was taken over by another worker.")
