"""Limits of single fields: calls a minute, requests at once, boards that are being written.

What is refused here is one field of an answer, null with an error beside it; the rest stands. That a
field's calls a minute are refused so is reported of ``display_value`` and assumed of the others.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monday_sandbox import refusals
from monday_sandbox.limits.answers import OverLimitError
from monday_sandbox.limits.figures import ENDPOINT_NAMES
from monday_sandbox.limits.quotas import Visit
from monday_sandbox.limits.windows import MINUTE_SECONDS, Windows

#: Fields of which only so many requests may be under way.
SUBITEMS = "Item.subitems"
FIELD_WAIT_SECONDS = 15
LOCK_WAIT_SECONDS = 1


@dataclass(frozen=True)
class Struck:
    """What a field fails with under today's weather."""

    refusal: Exception
    #: Whether the field has done its work nevertheless.
    done: bool


#: Name of a field, its name in the answer → what it fails with, if anything.
Strike = Callable[[str, str], Struck | None]


class FieldLimits:
    """What all requests have used of fields."""

    def __init__(self) -> None:
        self.minutes = Windows(MINUTE_SECONDS)
        self._lock = threading.Lock()
        self._reading_subitems: dict[int, int] = {}
        self._boards: set[tuple[int, int]] = set()

    def take_place(self, account_id: int, most: int) -> bool:
        """Take a place among the requests that read subitems, if there is one."""
        with self._lock:
            taken = self._reading_subitems.get(account_id, 0)
            if taken >= most:
                return False
            self._reading_subitems[account_id] = taken + 1
            return True

    def leave_place(self, account_id: int) -> None:
        """Give a place back."""
        with self._lock:
            self._reading_subitems[account_id] -= 1

    @contextmanager
    def writing_boards(self, account_id: int, board_ids: Iterable[int]) -> Iterator[None]:
        """Hold boards while a request writes them.

        Raises:
            OverLimitError: another request is writing one of them.
        """
        wanted = {(account_id, board_id) for board_id in board_ids}
        with self._lock:
            if wanted & self._boards:
                raise OverLimitError("locked", LOCK_WAIT_SECONDS)
            self._boards |= wanted
        try:
            yield
        finally:
            with self._lock:
                self._boards -= wanted


class Gate:
    """What one request's fields must pass."""

    def __init__(self, limits: FieldLimits, visit: Visit, now: datetime, strike: Strike | None) -> None:
        self._limits = limits
        self._visit = visit
        self._now = now
        self._strike = strike
        #: Whether the request has a place among those that read subitems; None: it did not ask yet.
        self._has_place: bool | None = None

    def enter(self, coordinate: str, key: str | int) -> Exception | None:
        """Ask for a field.

        Args:
            coordinate: ``Type.field``.
            key: Its name in the answer.

        Returns:
            A refusal that the field is to fail with when it has done its work.

        Raises:
            Exception: a refusal of this field alone.
        """
        struck = None if self._strike is None else self._strike(coordinate.partition(".")[2], str(key))
        if struck is not None and not struck.done:
            raise struck.refusal
        if not self._visit.is_exempt:
            self._require(coordinate)
        return None if struck is None else struck.refusal

    def close(self) -> None:
        """The request has run."""
        if self._has_place:
            self._limits.leave_place(self._visit.account_id)

    def _require(self, coordinate: str) -> None:
        if coordinate == SUBITEMS:
            self._require_place()
        name = ENDPOINT_NAMES.get(coordinate)
        if name is not None:
            self._require_minute(name)

    def _require_place(self) -> None:
        if self._has_place is None:
            most = self._visit.figures.subitems_concurrency
            self._has_place = self._limits.take_place(self._visit.account_id, most)
        if not self._has_place:
            raise refusals.field_concurrency("subitems", FIELD_WAIT_SECONDS)

    def _require_minute(self, name: str) -> None:
        key: tuple[Any, ...] = (*self._visit.bucket, name)
        most = self._visit.figures.endpoints[name]
        if self._limits.minutes.add_within(key, 1, most, self._now) is None:
            wait = self._limits.minutes.look(key, self._now).resets_in
            raise refusals.field_minute_rate(name, wait)
