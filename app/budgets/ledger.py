"""The books of all accounts, kept in Redis so that all processes share them.

A change reads an account's books, works out the new ones (``rules``), and writes them if nobody else
has written meanwhile; else it begins again. When Redis is away, each process goes by its own copy and
takes half of everything only; what monday.com's answers tell then keeps the processes apart. When
Redis comes back, or back empty, what this process knows is put in. Nothing fails because of Redis.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import redis

from app.budgets.rules import books as rules
from app.budgets.rules.books import Allowance, Books, Moment
from app.budgets.rules.written import from_text, to_text
from app.clock import Clock, lease_time
from app.logs import get_logger

#: What one process takes of everything while it can't see the others' books.
ALONE_SHARE = 0.5
#: How long books are kept of which nobody asks, in milliseconds: prices and figures are worth a few days.
KEPT_MILLISECONDS = 7 * 24 * 3600 * 1000
#: How long Redis is left alone after it did not answer: its silence takes a second each time.
AWAY_SECONDS = 2.0
#: So many others in a row can't have written between our reading and writing.
MOST_TRIES = 200

_REPLACE = """
local held = redis.call('GET', KEYS[1])
if (held or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

Told = TypeVar("Told")
#: From books, the moment and this process's share to the new books and what is told.
Change = Callable[[Books, Moment, float], tuple[Books, Told]]

log = get_logger("budgets")


class Ledger:
    """The books of all accounts; safe to use from several threads.

    Args:
        connection: Redis; None keeps the books in this process alone, as for a single one.
        clock: Says which day it is.
        daily_calls: Calls a day that each account has by its plan; None when they are not counted.
    """

    def __init__(
        self, connection: redis.Redis | None, clock: Clock, *, daily_calls: int | None = None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._daily_calls = daily_calls
        self._copies: dict[str, Books] = {}
        #: Accounts whose books went on here while Redis was away.
        self._apart: set[str] = set()
        self._away_until = 0.0
        self._is_away = False
        self._lock = threading.RLock()

    def change(self, account_id: str, change: Change[Told]) -> Told:
        """Change an account's books and return what the change tells."""
        if self._connection is not None and lease_time() >= self._away_until:
            try:
                told = self._change_shared(self._connection, account_id, change)
            except redis.RedisError as error:
                self._note_away(error)
            else:
                self._note_back()
                return told
        share = 1.0 if self._connection is None else ALONE_SHARE
        with self._lock:
            if self._connection is not None:
                self._apart.add(account_id)
            moment = self._moment()
            books = rules.turn_to(self._copy(account_id), moment)
            self._copies[account_id], told = change(books, moment, share)
            return told

    def look(self, account_ids: Sequence[str]) -> dict[str, Books]:
        """The books of some accounts as they stand now; accounts that were never called have none."""
        texts: Sequence[bytes | None] = ()
        if self._connection is not None and account_ids and lease_time() >= self._away_until:
            try:
                texts = self._connection.mget([_key(one) for one in account_ids])  # type: ignore[assignment]
                self._note_back()
            except redis.RedisError as error:
                self._note_away(error)
        found = dict(self._copies) if not texts else {}
        for account_id, text in zip(account_ids, texts, strict=False):
            read = from_text(text.decode()) if text else None
            if read is not None:
                found[account_id] = read
        moment = self._moment()
        return {one: rules.turn_to(found[one], moment) for one in account_ids if one in found}

    def _change_shared(self, connection: redis.Redis, account_id: str, change: Change[Told]) -> Told:
        replace = connection.register_script(_REPLACE)
        for _ in range(MOST_TRIES):
            held = connection.get(_key(account_id)) or b""
            books = self._shared(account_id, held)  # type: ignore[arg-type]
            moment = self._moment()
            books, told = change(rules.turn_to(books, moment), moment, 1.0)
            arguments = [held, to_text(books), KEPT_MILLISECONDS]
            if replace(keys=[_key(account_id)], args=arguments):
                with self._lock:
                    self._copies[account_id] = books
                    self._apart.discard(account_id)
                return told
        raise redis.RedisError("The books are written faster than they can be read.")

    def _shared(self, account_id: str, held: bytes) -> Books:
        """The books as Redis has them, with what this process knows beyond them."""
        books = from_text(held.decode()) if held else None
        if books is None:
            return self._copy(account_id)
        if account_id in self._apart:
            return rules.merged(books, self._copy(account_id))
        return books

    def _copy(self, account_id: str) -> Books:
        found = self._copies.get(account_id)
        return Books(allowance=Allowance(daily=self._daily_calls)) if found is None else found

    def _moment(self) -> Moment:
        now = self._clock.now()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return Moment(lease_time(), now.date().isoformat(), (midnight - now).total_seconds())

    def _note_away(self, error: redis.RedisError) -> None:
        self._away_until = lease_time() + AWAY_SECONDS
        if not self._is_away:
            self._is_away = True
            log.warning("budgets_kept_alone", error=type(error).__name__)

    def _note_back(self) -> None:
        if self._is_away:
            self._is_away = False
            log.info("budgets_shared_again")


def _key(account_id: str) -> str:
    return f"budget:{account_id}"
