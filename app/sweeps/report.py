"""What sweeps did: for the operator's page and for ``synerity``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.sweeps.models import Healed, SweepRun


@dataclass(frozen=True)
class SweepReport:
    """One sweep of one board. The fields are those of ``SweepRun``."""

    id: int
    account_id: str
    board_id: str
    kind: str
    cause: str
    state: str
    begun_at: datetime
    ended_at: datetime | None
    note: str | None
    expected: int | None
    items: int
    asked: int
    healed: int
    missing: int
    guarded: int
    requests: int


@dataclass(frozen=True)
class HealedThing:
    """One thing that a sweep put right. ``column_key`` is None unless ``what`` is ``column``."""

    run_id: int
    item_id: str
    what: str
    column_key: str | None
    why: str
    at: datetime


def reports(
    session: Session,
    *,
    account_id: str | None = None,
    board_id: str | None = None,
    eventful_only: bool = False,
    limit: int = 50,
) -> Sequence[SweepReport]:
    """The latest sweeps, newest first; ``eventful_only`` leaves out those that found nothing."""
    query = select(SweepRun).order_by(SweepRun.id.desc()).limit(limit)
    if account_id is not None:
        query = query.where(SweepRun.account_id == account_id)
    if board_id is not None:
        query = query.where(SweepRun.board_id == board_id)
    if eventful_only:
        query = query.where((SweepRun.healed > 0) | (SweepRun.guarded > 0) | (SweepRun.state != "done"))
    return [_report(run) for run in session.execute(query).scalars()]


def newest(session: Session) -> dict[tuple[str, str], SweepReport]:
    """Each board's newest sweep, under way or ended, by the account's and the board's id."""
    latest = select(func.max(SweepRun.id)).group_by(SweepRun.account_id, SweepRun.board_id)
    runs = session.execute(select(SweepRun).where(SweepRun.id.in_(latest))).scalars()
    return {(run.account_id, run.board_id): _report(run) for run in runs}


def healed(session: Session, run_id: int, *, limit: int = 500) -> Sequence[HealedThing]:
    """What one sweep put right, in the order in which it was."""
    rows = session.execute(
        select(Healed).where(Healed.run_id == run_id).order_by(Healed.id).limit(limit)
    ).scalars()
    return [HealedThing(row.run_id, row.item_id, row.what, row.column_key, row.why, row.at) for row in rows]


def prune(session: Session, *, before: datetime) -> None:
    """Forget reports of sweeps that began before a moment."""
    old = select(SweepRun.id).where(SweepRun.begun_at < before, SweepRun.state != "running")
    session.execute(delete(Healed).where(Healed.run_id.in_(old)))
    session.execute(delete(SweepRun).where(SweepRun.id.in_(old)))


def _report(run: SweepRun) -> SweepReport:
    names = SweepReport.__dataclass_fields__
    return SweepReport(**{name: getattr(run, name) for name in names})
