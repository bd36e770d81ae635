"""More boards than the one of each account: further ones, shareable ones with us, adopted ones.

Every step may be repeated: a board is known by its slot, and what was made is found again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Account
from app.agreements import service as agreements
from app.agreements.models import Customer
from app.boards import provisioning, templates
from app.boards.provisioning import BoardOrder, BoardReport
from app.boards.rules import BoardSeen
from app.boards.site import Context
from app.clock import lease_time
from app.errors import SupportError
from app.ids import stable_key
from app.inbox import filing
from app.inbox import service as inbox
from app.links import rules
from app.links import service as links
from app.links.rules import ColumnProposal
from app.onboarding import service as onboarding

SHAREABLE = "share"
_SLOT_LETTERS = 12


class BoardUnfitError(SupportError):
    """The board can't be followed."""

    code = "board_unfit"
    permanent = True


class CustomerMissingError(SupportError):
    """There is no such customer."""

    code = "customer_missing"
    permanent = True


@dataclass(frozen=True)
class Adoption:
    """A board that people made, and what could serve as each of our columns."""

    board: BoardSeen
    columns: Sequence[ColumnProposal]

    @property
    def is_open(self) -> bool:
        """Whether an operator has to say something first."""
        return any(column.is_open for column in self.columns)


def ask_to_share(session: Session, partner_account_id: str, customer_id: int, *, now: datetime) -> None:
    """Ask for a customer's shareable board in the partner's account, in the caller's transaction."""
    lane = filing.account_lane(partner_account_id)
    arguments = {"customer_id": customer_id}
    inbox.put(session, lane, "account.share", arguments, now=now, lease_time=lease_time())


def share_board(context: Context, customer_id: int, *, now: datetime) -> BoardReport:
    """Make a customer's shareable board in the partner's own account; no second token is needed.

    Whom to invite as a guest, people decide in monday.com.

    Raises:
        PartnerMissingError: the partner's boards do not exist yet.
        SupportError: monday.com did not answer, or refused.
    """
    partner, customer = _partner(context), _customer(context, customer_id)
    template = templates.load_all()[links.TICKETS]
    title = f"{template.title.spoken(customer.language)}: {customer.name}"
    order = BoardOrder(template, f"{links.TICKETS}:shared-{customer.id}", SHAREABLE, title)
    return _make(context, partner, customer, partner.account_id, order, "shared", now)


def add_board(
    context: Context, customer_id: int, account_id: str, *, title: str, now: datetime
) -> BoardReport:
    """Make one more tickets board in an account, for that customer; asked twice, it is made once.

    Raises:
        BoardUnfitError: the account is another customer's.
        SupportError: the account has not installed the app, or monday.com refused.
    """
    partner, customer = _partner(context), _customer(context, customer_id)
    _require_apart(context, customer, account_id)
    template = templates.load_all()[links.TICKETS]
    slot = f"{links.TICKETS}:{stable_key('further', str(customer.id), title)[:_SLOT_LETTERS]}"
    order = BoardOrder(template, slot, template.kind, title)
    return _make(context, partner, customer, account_id, order, "further", now)


def propose_adoption(context: Context, account_id: str, board_id: str, *, now: datetime) -> Adoption:
    """What could serve as our columns on a board that people made.

    Raises:
        BoardUnfitError: the app may not see the board, or it is not active.
        SupportError: monday.com did not answer, or refused.
    """
    seen = provisioning.read_structure(context, account_id, board_id, now=now)
    if seen is None or seen.state != "active":
        raise BoardUnfitError(
            f"Board {board_id} is not there, or the user who installed the app in account {account_id} "
            "may not see it. Invite that user to the board, then try again."
        )
    return Adoption(seen, rules.propose_columns(templates.load_all()[links.TICKETS], seen))


def adopt_board(
    context: Context,
    customer_id: int,
    account_id: str,
    board_id: str,
    *,
    answers: Mapping[str, str],
    now: datetime,
) -> BoardReport:
    """Follow a board that people made: it gets what it lacks, and its items become tickets.

    Args:
        context: What provisioning needs.
        customer_id: Whose tickets stand there.
        account_id: The account the board is in.
        board_id: The board.
        answers: Column key → a column's id, or ``new``: what ``propose_adoption`` left open.
        now: This moment, aware UTC.

    Raises:
        MappingError: a question is left open, or an answer can't be.
        BoardTakenError: the board is followed already.
        BoardUnfitError: the app may not see the board, or the account is another customer's.
        SupportError: monday.com did not answer, or refused.
    """
    partner, customer = _partner(context), _customer(context, customer_id)
    _require_apart(context, customer, account_id)
    template = templates.load_all()[links.TICKETS]
    order = BoardOrder(template, f"{links.TICKETS}:{board_id}", template.kind)
    adoption = propose_adoption(context, account_id, board_id, now=now)
    structure = rules.choose_columns(template, adoption.board, adoption.columns, answers)
    with context.database.transaction() as session:
        provisioning.take_over(session, account_id, board_id, order, structure, customer.language)
    return _make(context, partner, customer, account_id, order, "adopted", now)


def _make(
    context: Context,
    partner: Account,
    customer: Customer,
    account_id: str,
    order: BoardOrder,
    origin: str,
    now: datetime,
) -> BoardReport:
    marker = customer.account_id or f"shared-{customer.id}"
    group_id = provisioning.ensure_group(
        context, partner.account_id, onboarding.DESK, customer.name, marker, now=now
    )
    report = provisioning.provision_further(context, account_id, order, language=customer.language, now=now)
    onboarding.refill(context, account_id, report, now=now)
    with context.database.transaction() as session:
        row = session.get_one(Customer, customer.id, with_for_update=True)
        links.link(session, row, account_id, report.board_id, origin=origin, now=now)
        board = onboarding.customers_board(session, partner)
        agreements.connect(session, row, board, account_id=None, desk_group_id=group_id, now=now)
        onboarding.ask_to_sweep(session, account_id, now=now)
    return report


def _partner(context: Context) -> Account:
    with context.database.reading() as session:
        partner = accounts.find_partner(session)
    if partner is None:
        raise onboarding.PartnerMissingError("The partner's account has not installed the app yet.")
    return partner


def _customer(context: Context, customer_id: int) -> Customer:
    with context.database.reading() as session:
        found = session.get(Customer, customer_id)
    if found is None:
        raise CustomerMissingError(f"There is no customer of the number {customer_id}.")
    return found


def _require_apart(context: Context, customer: Customer, account_id: str) -> None:
    """One customer's tickets must not stand in the account of another."""
    with context.database.reading() as session:
        others = [
            other.name
            for other in agreements.list_customers(session)
            if other.account_id == account_id and other.id != customer.id
        ]
    if others:
        raise BoardUnfitError(
            f"That account is the one of {others[0]}: people there would read the tickets of "
            f"{customer.name}. Name the customer's own account."
        )
