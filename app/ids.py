"""Names of things: items across accounts, sync ids, ticket numbers, unguessable keys.

monday.com's ids are unique only within an account and exceed 32 bits, so an item is
always named by account, board and item together, each as a string.
"""

import hashlib
import secrets
from dataclasses import dataclass

FIRST_TICKET_NUMBER = 1001
TICKET_PREFIX = "SYN-"


@dataclass(frozen=True, order=True)
class ItemKey:
    """One item of one board of one monday.com account."""

    account_id: str
    board_id: str
    item_id: str

    @property
    def lane(self) -> str:
        """The lane in which everything that happens to this item is handled, in order."""
        return f"item:{self.account_id}:{self.board_id}:{self.item_id}"


def board_lane(account_id: str, board_id: str) -> str:
    """The lane of all writes to one board: monday.com wants one writer at a time."""
    return f"board:{account_id}:{board_id}"


def ticket_number(sequence: int) -> str:
    """The number people use for a ticket, from its sequence (1 is the first)."""
    return f"{TICKET_PREFIX}{FIRST_TICKET_NUMBER - 1 + sequence}"


def new_key(size: int = 24) -> str:
    """An unguessable, URL-safe key of ``size`` random bytes."""
    return secrets.token_urlsafe(size)


def new_token(size: int) -> str:
    """An unguessable key of ``size`` random bytes that survives where capitals are made small."""
    return secrets.token_hex(size)


def stable_key(*parts: str) -> str:
    """The same 32 hexadecimal characters for the same parts, for idempotency keys and sync ids."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
