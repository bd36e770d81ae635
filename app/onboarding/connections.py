"""Telling the technicians that a customer's account can't be reached, and that it can be again.

What they have been told stands in the account's row and moves in the transaction that wants the telling:
each pause and each return is told once, whatever is retried, and one that is over before anybody looks is
not told at all. Nothing of it goes to a customer's board.
"""

from datetime import datetime
from html import unescape

from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.service import Account
from app.agreements import service as agreements
from app.boards import service as boards
from app.conversation import service as conversation
from app.logs import get_logger
from app.mirror import service as mirror
from app.onboarding.service import CUSTOMERS, PARTNER_LANGUAGE
from app.outbox import service as outbox
from app.settings import Settings
from app.texts import text

_PERSON = "person-"

log = get_logger("onboarding")


def tell_technicians(session: Session, settings: Settings, *, now: datetime) -> int:
    """Tell of every account whose state they have not been told of; how many it was.

    On the customer's item of the customers board, and to who is on duty or its support manager. Of the
    partner's own account only the log and the operator's page can tell: its boards can't be written.
    """
    untold = accounts.take_untold(session)
    for account in untold:
        log.warning(
            "connection_changed", account_id=account.account_id, role=account.role, state=account.state
        )
        if account.role == "customer":
            _tell(session, settings, account, now)
    return len(untold)


def _tell(session: Session, settings: Settings, account: Account, now: datetime) -> None:
    partner, customer = accounts.find_partner(session), agreements.find_by_slug(session, account.slug)
    board = None if partner is None else boards.find_board(session, partner.account_id, CUSTOMERS)
    side = None if customer is None else mirror.side_of(session, customer.story, "desk")
    if customer is None or board is None or side is None:
        # It was never connected: nobody waits for it.
        return
    is_back = account.state == "active"
    sentence = text(
        PARTNER_LANGUAGE,
        "connection.back" if is_back else "connection.paused",
        customer=customer.name,
        account=f"{account.slug}.monday.com",
        link=f"{settings.base_url}/oauth/start?subdomain={account.slug}",
    )
    if not is_back:
        # Connecting it again shows when that is done.
        agreements.show_connection(session, customer, board, "paused", now=now)
    conversation.notify(session, side, sentence, now=now)
    words = unescape(sentence)
    for person in dict.fromkeys((*customer.duty, *customer.manager)):
        # monday.com notifies users; a team can't be.
        if person.startswith(_PERSON):
            user_id = person.removeprefix(_PERSON)
            outbox.want_notification(session, mirror.target(side), user_id, words, now=now)
