"""Group commit: many deliveries that arrive together share one durable commit.

A delivery is acknowledged only when its row is committed, and a commit costs an fsync
(3 ms on ordinary cloud disks). One writer a process therefore takes whatever waits,
writes it in one transaction, and then answers all of them.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from app.clock import lease_time
from app.db import Database
from app.errors import SupportError
from app.inbox import service
from app.inbox.service import NewEvent
from app.lanes.service import Bell
from app.logs import get_logger

LARGEST_BATCH = 500
PATIENCE_SECONDS = 15.0
#: How long a busy writer waits for more before it commits.
GATHER_SECONDS = 0.002

log = get_logger("inbox")


class IntakeError(SupportError):
    """The event could not be made durable; the sender must try again."""

    code = "intake_unavailable"


class _Waiting:
    """An event on its way to the disk, and the request that waits for it."""

    __slots__ = ("event", "settled", "stored")

    def __init__(self, event: NewEvent) -> None:
        self.event = event
        self.settled = threading.Event()
        #: True only once a commit has said so: whatever else happens is no acknowledgement.
        self.stored = False


class Intake:
    """The one writer of received events in this process.

    Args:
        database: Where events are made durable.
        ring: Called after each commit with what should be looked at; must not block or raise.
    """

    def __init__(self, database: Database, ring: Callable[[Sequence[Bell]], None]) -> None:
        self._database = database
        self._ring = ring
        self._queue: deque[_Waiting] = deque()
        self._arrived = threading.Condition()
        self._writer: threading.Thread | None = None
        self._pause = threading.Event()

    def store(self, event: NewEvent) -> None:
        """Return when the event is durable.

        Raises:
            IntakeError: the database did not take it in time.
        """
        waiting = _Waiting(event)
        with self._arrived:
            self._queue.append(waiting)
            if self._writer is None:
                # Started here, not in __init__: threads do not survive the server's fork.
                self._writer = threading.Thread(target=self._write_forever, name="intake", daemon=True)
                self._writer.start()
            self._arrived.notify()
        if not waiting.settled.wait(PATIENCE_SECONDS):
            raise IntakeError("The event was not stored in time; please deliver it again.")
        if not waiting.stored:
            raise IntakeError("The event could not be stored; please deliver it again.")

    def _write_forever(self) -> None:
        busy = False
        while True:
            with self._arrived:
                while not self._queue:
                    self._arrived.wait()
            if busy:
                # Others are on their way: a commit's cost is shared by all that wait for it.
                self._pause.wait(GATHER_SECONDS)
            with self._arrived:
                batch = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_BATCH))]
            busy = len(batch) > 1
            self._write(batch)

    def _write(self, batch: Sequence[_Waiting]) -> None:
        events = [waiting.event for waiting in batch]
        try:
            with self._database.transaction() as session:
                service.store(session, events, lease_time=lease_time())
        except Exception as error:  # noqa: BLE001 - whatever it is, the writer lives on and nobody is told 200
            self._fail(batch, error)
            return
        for waiting in batch:
            waiting.stored = True
            waiting.settled.set()
        bells = {Bell(e.lane.account_id, e.lane.kind) for e in events if e.parked_reason is None}
        if bells:
            self._ring(sorted(bells, key=lambda bell: (bell.account_id, bell.kind)))

    def _fail(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """One event that can't be stored must not fail those that came with it: try each alone."""
        if len(batch) > 1:
            for waiting in batch:
                self._write([waiting])
            return
        log.error("intake_failed", exc_info=error)
        batch[0].settled.set()
