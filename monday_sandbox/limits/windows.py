"""Counts over a stretch of time that begins with its first call, as monday.com's minutes do.

Moments are aware datetimes of the sandbox's clock; lengths are seconds.
"""

import math
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

MINUTE_SECONDS = 60
IP_SECONDS = 10


@dataclass(frozen=True)
class Count:
    """What a window holds."""

    used: int
    #: Until the window ends, rounded up; its whole length when it has not begun.
    resets_in: int


@dataclass
class _Window:
    began: datetime
    used: int = 0


class Windows:
    """Counts by key, each in a window of one length."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._windows: dict[Hashable, _Window] = {}
        self._lock = threading.Lock()

    def look(self, key: Hashable, now: datetime) -> Count:
        """What the running window holds."""
        with self._lock:
            return self._count(self._windows.get(key), now)

    def add(self, key: Hashable, amount: int, now: datetime) -> Count:
        """Count something, and tell what the window holds then; a negative amount takes back, down to 0."""
        with self._lock:
            return self._count(self._add(key, amount, now), now)

    def add_within(self, key: Hashable, amount: int, most: int, now: datetime) -> Count | None:
        """Count something if the window then holds no more than ``most``.

        Returns:
            What the window held before; None when there is no room, and nothing was counted.
        """
        with self._lock:
            before = self._count(self._windows.get(key), now)
            if before.used + amount > most:
                return None
            window = self._add(key, amount, now)
            return Count(before.used, self._count(window, now).resets_in)

    def _add(self, key: Hashable, amount: int, now: datetime) -> _Window:
        window = self._windows.get(key)
        if window is None or not self._is_open(window, now):
            window = self._windows[key] = _Window(now)
        window.used = max(0, window.used + amount)
        return window

    def _is_open(self, window: _Window, now: datetime) -> bool:
        return (now - window.began).total_seconds() < self._seconds

    def _count(self, window: _Window | None, now: datetime) -> Count:
        if window is None or not self._is_open(window, now):
            return Count(0, self._seconds)
        left = self._seconds - (now - window.began).total_seconds()
        return Count(window.used, max(1, min(self._seconds, math.ceil(left))))
