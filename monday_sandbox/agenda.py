"""What is to be sent when, and to whom already enough is under way.

Kept in memory beside the rows it speaks of. Moments are seconds of the machine's own time
since 1970, because receivers live in it. One address gets at most ``MOST_AT_ONCE``
deliveries at a time, so that a receiver that hangs holds up nobody but itself.
"""

import heapq
import threading
from collections import Counter, deque

MOST_AT_ONCE = 8


class Agenda:
    """Delivery ids by the moment they are due."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str]] = []
        self._held: dict[str, deque[int]] = {}
        self._busy: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, due: float, delivery_id: int, url: str) -> None:
        """Send a delivery to an address at a moment."""
        with self._lock:
            heapq.heappush(self._heap, (due, delivery_id, url))

    def take(self, now: float) -> list[tuple[int, str]]:
        """The deliveries to send at once; each must be finished later."""
        taken = []
        with self._lock:
            while self._heap and self._heap[0][0] <= now:
                _, delivery_id, url = heapq.heappop(self._heap)
                if self._busy[url] < MOST_AT_ONCE:
                    self._busy[url] += 1
                    taken.append((delivery_id, url))
                else:
                    self._held.setdefault(url, deque()).append(delivery_id)
        return taken

    def finish(self, url: str) -> int | None:
        """One delivery to the address is over; the id of the next that waited for that, if any."""
        with self._lock:
            held = self._held.get(url)
            if held:
                following = held.popleft()
                if not held:
                    del self._held[url]
                return following
            self._busy[url] -= 1
            if not self._busy[url]:
                del self._busy[url]
        return None

    def next_due(self) -> float | None:
        """When the next delivery is due; None when none is planned."""
        with self._lock:
            return self._heap[0][0] if self._heap else None
