"""Tests reach nothing but this machine: any other connection or name look-up fails at once."""

import ipaddress
import sys
from typing import Any

LOCAL_NAMES = ("localhost", "", None)


class NetworkIsClosedError(RuntimeError):
    """A test tried to reach another machine."""


def close_network() -> None:
    """Refuse, from now on and for this whole process, to connect anywhere but to loopback."""
    sys.addaudithook(_refuse_the_world)


def _refuse_the_world(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple):  # a Unix socket's address is a string
            _check(address[0])
    elif event == "socket.getaddrinfo":
        _check(arguments[0])


def _check(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in LOCAL_NAMES or _is_loopback(name):
        return
    raise NetworkIsClosedError(f"A test tried to reach {name}. Tests use servers on 127.0.0.1 only.")


def _is_loopback(name: str | None) -> bool:
    try:
        return ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False
