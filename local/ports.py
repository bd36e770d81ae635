"""Who holds a port, said so that a person knows what to stop."""

import socket
from contextlib import suppress
from pathlib import Path

from local.waits import LocalError

LISTENING = "0A"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(port: int, *, variable: str) -> None:
    """Make sure that a server can listen on ``port`` of 127.0.0.1.

    Raises:
        LocalError: somebody does already; the sentence names them where the system tells.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise LocalError(f"{_who(port)} {_what_to_do(port, variable)}") from error


def _who(port: int) -> str:
    holder = _holder(port)
    if holder is None:
        return f"Port {port} is taken by another program."
    return f"Port {port} is taken by process {holder} ({_command(holder)})."


def _what_to_do(port: int, variable: str) -> str:
    holder = _holder(port)
    stop = f"Stop it (kill {holder})" if holder is not None else "Stop that program"
    return f"{stop}, or use another port: {variable}={port + 100} make run"


def _holder(port: int) -> int | None:
    """The process that listens on ``port``, where Linux's /proc tells; None elsewhere."""
    inodes = _listening_inodes(port)
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            for descriptor in (entry / "fd").iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()) in inodes:
                        return int(entry.name)
    return None


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    return inodes


def _command(process_id: int) -> str:
    with suppress(OSError):
        words = Path(f"/proc/{process_id}/cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode(errors="replace").strip()[:120]
    return "unknown"
