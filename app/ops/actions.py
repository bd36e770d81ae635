"""What an operator may do to a link, each with its row in the record of actions.

The page and ``synerity`` both come here, so that neither does anything the other leaves out.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.service import Account
from app.boards.provisioning import BoardReport
from app.boards.site import Context
from app.errors import SupportError
from app.links import overview
from app.links import service as links
from app.links.overview import LinkState
from app.onboarding import further
from app.onboarding import service as onboarding
from app.operators import audit
from app.sla import service as sla
from app.sweeps import service as sweeps
from app.tickets import service as tickets
from app.tickets.models import Ticket

LONGEST_REASON = 500


class ReasonMissingError(SupportError):
    """Nobody said why."""

    code = "reason_missing"
    permanent = True


class SweepNotWaitingError(SupportError):
    """The sweep does not wait for anybody."""

    code = "sweep_not_waiting"
    permanent = True


class LinkPausedError(SupportError):
    """The link's board is to be left alone."""

    code = "link_paused"
    permanent = True


def go_on(session: Session, run_id: int, *, by: str, now: datetime) -> int:
    """Let a sweep go on that waits because a board lacks many items; return how many are looked up.

    Raises:
        SweepNotWaitingError: it does not wait for anybody.
    """
    number = sweeps.go_on(session, run_id, now=now)
    if number == 0:
        raise SweepNotWaitingError(f"Sweep {run_id} does not wait for anybody.")
    audit.note(session, by, "sweep let go on", f"sweep {run_id}", now=now, detail=f"{number} items")
    return number


def pause(session: Session, link: LinkState, reason: str, *, by: str, now: datetime) -> bool:
    """Leave a customer's board alone; False when it is paused already, whose reason then stands.

    Raises:
        ReasonMissingError: no reason is given.
    """
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ReasonMissingError("Say why the link is paused: others will want to know.")
    if link.state == "paused":
        return False
    links.pause(session, link.account_id, link.board_id, reason=reason, by=by[:64], now=now)
    audit.note(session, by, "link paused", _subject(link), now=now, detail=reason)
    return True


def resume(session: Session, link: LinkState, *, by: str, now: datetime) -> bool:
    """Follow a customer's board again; False when it was not paused."""
    if not links.resume(session, link.account_id, link.board_id, now=now):
        return False
    audit.note(session, by, "link resumed", _subject(link), now=now)
    return True


def sweep(session: Session, link: LinkState, *, by: str, now: datetime) -> None:
    """Ask for every item of the link's board to be compared with what is known.

    Raises:
        LinkPausedError: its board is to be left alone.
    """
    if link.state != "running":
        raise LinkPausedError("The link is not followed now. It is swept by itself when that is mended.")
    sweeps.ask_board(session, link.account_id, link.board_id, kind="full", cause="asked", now=now)
    audit.note(session, by, "sweep asked for", _subject(link), now=now)


def adopt(
    context: Context,
    customer_id: int,
    account_id: str,
    board_id: str,
    *,
    answers: Mapping[str, str],
    by: str,
    now: datetime,
) -> BoardReport:
    """Follow a board that people made; see ``app.onboarding.further.adopt_board``."""
    report = further.adopt_board(context, customer_id, account_id, board_id, answers=answers, now=now)
    _note_board(context, "board adopted", report, account_id, by, now)
    return report


def add_board(
    context: Context, customer_id: int, account_id: str, *, title: str, by: str, now: datetime
) -> BoardReport:
    """Make one more board of a customer; see ``app.onboarding.further.add_board``."""
    report = further.add_board(context, customer_id, account_id, title=title, now=now)
    _note_board(context, "board added", report, account_id, by, now)
    return report


def reconcile(session: Session, account: Account, *, by: str, now: datetime) -> None:
    """Ask for all boards of an account to be compared with what is known."""
    onboarding.ask_to_sweep(session, account.account_id, now=now)
    audit.note(session, by, "sweep asked for", f"account {account.slug}", now=now)


def find(session: Session, board_id: str, slug: str | None, *, now: datetime, lease_time: float) -> LinkState:
    """The link of a board; the account may be left out where the board's id says enough.

    Raises:
        LinkMissingError: no customer's tickets stand on it, or boards of several accounts have that id.
    """
    found = [
        state
        for state in overview.overview(session, now=now, lease_time=lease_time)
        if state.board_id == board_id and slug in (None, state.slug)
    ]
    if len(found) != 1:
        what = (
            "several accounts have such a board; say --account"
            if found
            else "no customer's tickets stand there"
        )
        raise links.LinkMissingError(
            f"Board {board_id}: {what}. `synerity links` lists the boards that are followed."
        )
    return found[0]


def _note_board(
    context: Context, action: str, report: BoardReport, account_id: str, by: str, now: datetime
) -> None:
    with context.database.transaction() as session:
        audit.note(session, by, action, f"board {report.board_id} of account {account_id}", now=now)


def excuse(
    session: Session,
    ticket: Ticket,
    *,
    start: datetime,
    end: datetime,
    reason: str,
    by: str,
    now: datetime,
) -> None:
    """Decide that a stretch of time does not count for a ticket.

    Raises:
        NoClockError: the stretch has no length, nobody says why, or the ticket has no clocks.
    """
    sla.excuse(session, ticket.id, start=start, end=end, by=by, reason=reason[:LONGEST_REASON], now=now)
    tickets.ask_to_show_clock(session, ticket.id, now=now)
    audit.note(session, by, "time excused", ticket.number, now=now, detail=f"{start} to {end}: {reason}")


def _subject(link: LinkState) -> str:
    return f"board {link.board_id} of {link.slug} ({link.customer})"
