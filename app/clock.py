"""The one place that may ask what time it is.

Business decisions take ``now`` as an argument; whoever starts them asks a ``Clock``.
In development the clock can be moved forward, so that a person sees a breach without
waiting: the offset lives in a small file that every process of the product, and the
local monday.com beside it, reads.
"""

import json
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from app.errors import SupportError


class Clock(Protocol):
    """Tells the current moment as an aware UTC datetime."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC)


class ClockMovedBackError(SupportError):
    """The development clock only moves forward: timers that fired can't be unfired."""

    code = "clock_backwards"
    permanent = True


class DevelopmentClock:
    """The machine's time plus an offset kept in a file, ``{"offset_seconds": number}``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._offset = 0.0

    def now(self) -> datetime:
        """The current moment of the moved clock, aware, in UTC."""
        return datetime.fromtimestamp(time.time() + self._read_offset(), UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward for every process that reads the file; return the new now.

        Raises:
            ClockMovedBackError: ``by`` is negative.
        """
        if by < timedelta(0):
            raise ClockMovedBackError("The clock can only be moved forward. Give a positive length, like 3h.")
        offset = self._read_offset() + by.total_seconds()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=self._path.parent, delete=False) as file:
            json.dump({"offset_seconds": offset}, file)
        Path(file.name).replace(self._path)
        return self.now()

    def _read_offset(self) -> float:
        try:
            status = os.stat(self._path)  # noqa: PTH116 - called for every event; a Path object costs more
        except FileNotFoundError:
            return 0.0
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._offset = float(json.loads(self._path.read_text())["offset_seconds"])
            self._stamp = stamp
        return self._offset


def lease_time() -> float:
    """Real seconds since the epoch, for leases and back-off: never the development clock."""
    return time.time()


def elapsed_time() -> float:
    """Monotonic seconds, for measuring how long something took."""
    return time.monotonic()
