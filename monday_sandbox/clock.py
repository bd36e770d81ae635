"""The sandbox's time: the machine's, moved forward by an offset that survives a restart.

The offset is kept in a JSON file, ``{"offset_seconds": 10800.0}``, that may be changed by
another process at any time; it is read again when the file has changed. The only module of
the sandbox that asks the machine what time it is. Moments are aware UTC datetimes.
"""

import json
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SandboxClock:
    """Tells the sandbox's time and moves it forward."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._offset_seconds = 0.0
        self._version: tuple[int, int] | None = None

    def now(self) -> datetime:
        """The present moment, to the microsecond."""
        real = datetime.now(UTC)  # noqa: TID251 - the sandbox's one place that asks
        offset = self.offset_seconds
        return real + timedelta(seconds=offset) if offset else real

    @property
    def offset_seconds(self) -> float:
        """How far the sandbox is ahead of the machine, in seconds."""
        if self._path is None:
            return self._offset_seconds
        with self._lock:
            return self._read()

    def advance(self, seconds: float) -> datetime:
        """Move time forward by a length in seconds and tell the new moment.

        Raises:
            ValueError: the length is negative; time does not go back.
        """
        if seconds < 0:
            raise ValueError(f"Time can't be moved back, by {-seconds} s. Give a length above zero.")
        with self._lock:
            self._offset_seconds = self._read() + seconds
            if self._path is not None:
                self._write(self._path)
        return self.now()

    def _read(self) -> float:
        if self._path is None:
            return self._offset_seconds
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return self._offset_seconds
        # A file put in place by renaming has a new inode, however coarse the file system's times are.
        version = (found.st_mtime_ns, found.st_ino)
        if version != self._version:
            self._offset_seconds = float(json.loads(self._path.read_text())["offset_seconds"])
            self._version = version
        return self._offset_seconds

    def _write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
            json.dump({"offset_seconds": self._offset_seconds}, file)
        Path(file.name).replace(path)


def iso_seconds(moment: datetime) -> str:
    """A moment as the API gives it: ``2026-11-02T08:15:30Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_milliseconds(moment: datetime) -> str:
    """A moment as webhooks give it: ``2026-11-02T08:15:30.123Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
