"""Connecting an account that has installed the app; every step may be repeated.

Runs in the account's own lane. The calls to monday.com stand between transactions, each of
them repeatable, so that a process that dies anywhere leaves nothing that the next try
does not complete.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Account
from app.agreements import service as agreements
from app.agreements.models import Customer
from app.boards import provisioning, templates
from app.boards import service as boards
from app.boards.provisioning import BoardOrder, BoardReport, ProvisioningReport
from app.boards.service import BoardMap
from app.boards.site import Context
from app.clock import lease_time
from app.errors import SupportError
from app.files import service as files
from app.ids import ItemKey
from app.inbox import filing
from app.inbox import service as inbox
from app.lanes import service as lanes
from app.links import service as links
from app.mirror import service as mirror
from app.sweeps import backfill
from app.sweeps.backfill import Backfill
from app.tasks import service as tasks
from app.texts import DEFAULT_LANGUAGE

DESK = "service_desk"
CUSTOMERS = "customers"
#: The partner's boards are in English; a customer's are in the language of its agreement.
PARTNER_LANGUAGE = "en"


class PartnerMissingError(SupportError):
    """A customer can't be connected before the partner's boards exist; it is tried again."""

    code = "partner_missing"


@dataclass(frozen=True)
class Connected:
    """What connecting an account came to."""

    account: Account
    report: ProvisioningReport


def ask_to_connect(session: Session, account_id: str, *, now: datetime) -> None:
    """Ask for an account to be connected (again), in the caller's transaction."""
    lane = filing.account_lane(account_id)
    inbox.put(session, lane, "account.connect", {}, now=now, lease_time=lease_time())


def connect_account(context: Context, account_id: str, *, now: datetime) -> Connected:
    """Give an account its boards and, for a customer, its place on the partner's boards.

    Raises:
        PartnerMissingError: a customer came before the partner's boards.
        SupportError: monday.com did not answer, or refused.
    """
    with context.database.reading() as session:
        account = accounts.find_account(session, account_id)
        partner = accounts.find_partner(session)
    if account is None:
        raise accounts.NotInstalledError(f"Account {account_id} has not installed the app.")
    if account.role == "partner":
        report = _provision(context, account_id, PARTNER_LANGUAGE, now)
        _ask_waiting_customers(context, now)
        return Connected(account, report)
    if partner is None:
        raise PartnerMissingError("The partner's account has not installed the app yet.")
    return _connect_customer(context, account, partner, now)


def _provision(context: Context, account_id: str, language: str, now: datetime) -> ProvisioningReport:
    """Make or repair the boards; a column that had to be made again gets its values back."""
    report = provisioning.provision(context, account_id, now=now, language=language)
    for board_report in report.boards:
        refill(context, account_id, board_report, now=now)
    return report


def refill(context: Context, account_id: str, report: BoardReport, *, now: datetime) -> None:
    """Give columns that had to be made again their values back."""
    with context.database.transaction() as session:
        board = boards.board_map(session, account_id, report.board_id)
        if board is not None:
            mirror.refill(session, board, report.made, now=now)
            files.refill(session, board, report.made, now=now)
            tasks.ask_to_show(session, board, report.made, now=now)


def _connect_customer(context: Context, account: Account, partner: Account, now: datetime) -> Connected:
    with context.database.reading() as session:
        customer = agreements.find_by_slug(session, account.slug)
        # One that came with a later release is there when the partner's boards are provisioned again.
        ends = [
            key
            for key in links.OWN_BOARDS.values()
            if boards.find_board(session, partner.account_id, key) is not None
        ]
        if DESK not in ends:
            raise PartnerMissingError("The partner's boards do not exist yet.")
    language = DEFAULT_LANGUAGE if customer is None else customer.language
    report = _provision(context, account.account_id, language, now)
    customer = _ensure_customer(context, account, partner, now)
    group_ids = {
        key: provisioning.ensure_group(
            context, partner.account_id, key, customer.name, account.account_id, now=now
        )
        for key in ends
    }
    with context.database.transaction() as session:
        row = session.get_one(Customer, customer.id, with_for_update=True)
        board = customers_board(session, partner)
        agreements.connect(
            session, row, board, account_id=account.account_id, desk_group_id=group_ids[DESK], now=now
        )
        for key in links.OWN_BOARDS:
            own = boards.find_board(session, account.account_id, key)
            if own is not None:
                links.link(session, row, account.account_id, own.board_id, origin="own", now=now)
        # Items that were made before we listened.
        ask_to_sweep(session, account.account_id, now=now)
    return Connected(account, report)


def ask_to_hear_subitems(session: Session, item: ItemKey, *, now: datetime) -> None:
    """Ask for the subitems of an item's board to be told of from now on, in the caller's transaction."""
    lane = filing.account_lane(item.account_id)
    place = {"board_id": item.board_id, "item_id": item.item_id}
    inbox.put(session, lane, "account.subitems", place, now=now, lease_time=lease_time())


def hear_subitems(context: Context, items: Sequence[ItemKey], *, now: datetime) -> None:
    """Subscribe to what happens to the desk's subitems, and look at what happened to these items meanwhile.

    Raises:
        SupportError: monday.com did not answer, or refused.
    """
    order = BoardOrder.own(templates.load_all()[DESK])
    for account_id in {item.account_id for item in items}:
        provisioning.provision_further(context, account_id, order, language=PARTNER_LANGUAGE, now=now)
    with context.database.transaction() as session:
        for item in items:
            mirror.look_at(session, item, now=now)


def wake(session: Session, account_id: str) -> None:
    """Let everything that waits in an account go on, as after it was installed again."""
    lanes.wake(session, account_id)


def ask_to_sweep(session: Session, account_id: str, *, now: datetime) -> None:
    """Ask for all boards of an account to be compared with what we know."""
    lane = filing.account_lane(account_id)
    inbox.put(session, lane, "account.sweep", {}, now=now, lease_time=lease_time())


def backfills(session: Session, *, now: datetime) -> Sequence[Backfill]:
    """How far the items have come that stood on customers' boards before these were followed."""
    boards_seen = [seen.board for seen in links.list_links(session)]
    found = [backfill_of(session, seen.account_id, seen.board_id, now=now) for seen in boards_seen]
    return [one for one in found if one is not None]


def backfill_of(session: Session, account_id: str, board_id: str, *, now: datetime) -> Backfill | None:
    """How far one customer's board has come; None where nothing stood there before."""
    partner, board = accounts.find_partner(session), boards.board_map(session, account_id, board_id)
    if partner is None or board is None:
        return None
    desk = boards.find_board(session, partner.account_id, links.OWN_BOARDS.get(board.key, DESK))
    if desk is None:
        return None
    copies_on = (desk.account_id, desk.board_id)
    return backfill.backfill(session, account_id, board_id, copies_on=copies_on, now=now)


def customers_board(session: Session, partner: Account) -> BoardMap:
    """The partner's board of agreements.

    Raises:
        PartnerMissingError: there is none yet.
    """
    board = boards.find_board(session, partner.account_id, CUSTOMERS)
    if board is None:
        raise PartnerMissingError("The partner's boards do not exist yet.")
    return board


def _ensure_customer(context: Context, account: Account, partner: Account, now: datetime) -> Customer:
    with context.database.transaction() as session:
        board = customers_board(session, partner)
        return agreements.ensure_customer(session, board, slug=account.slug, name=account.name, now=now)


def _ask_waiting_customers(context: Context, now: datetime) -> None:
    with context.database.transaction() as session:
        for account in accounts.list_accounts(session):
            customer = agreements.find_by_slug(session, account.slug)
            waits = account.role == "customer" and (customer is None or customer.account_id is None)
            if waits and account.state == "active":
                ask_to_connect(session, account.account_id, now=now)
