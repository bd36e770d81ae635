"""``python -m monday_sandbox``: a local monday.com, on this machine only."""

import argparse
import os
import socket
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from monday_sandbox.apps.registration import AppSecrets
from monday_sandbox.clock import SandboxClock
from monday_sandbox.server import Place, create_app
from monday_sandbox.state import Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")
THREADS = 64


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with one process: all state is behind one writer."""

    def __init__(self, place: Place, options: Mapping[str, Any]) -> None:
        self._place = place
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options as gunicorn's settings."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application in the process that serves it, so that its threads live there."""
        return create_app(self._place)


def main(given: Sequence[str] | None = None) -> int:
    """Serve until stopped, as told or else as the command line tells; 1 when that is not possible."""
    arguments = _arguments(given)
    problem = _problem(arguments)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    place = Place(
        arguments.data,
        arguments.clock_file,
        arguments.retry_seconds,
        _app(arguments),
        is_marketplace_app=arguments.marketplace,
        address=f"http://{_address(arguments)}",
        largest_file=round(arguments.largest_file_mb * 1_048_576),
    )
    options = {
        "bind": _address(arguments),
        "workers": 1,
        "worker_class": "gthread",
        "threads": THREADS,
        "keepalive": 75,
        "timeout": 0,
        "graceful_timeout": 1,
        "loglevel": "error",
        "control_socket_disable": True,
        # Said by the process that serves, when it does.
        "post_worker_init": lambda _: print(
            f"A local monday.com is on http://{_address(arguments)}/", flush=True
        ),
    }
    _Server(place, options).run()
    return 0


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m monday_sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8090, help="where to listen (8090)")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine (127.0.0.1)")
    parser.add_argument("--data", type=Path, default=Path("sandbox-data"), help="folder of the state")
    parser.add_argument(
        "--clock-file", type=Path, help="JSON file with offset_seconds, shared with others (none)"
    )
    parser.add_argument(
        "--retry-seconds", type=float, default=60.0, help="between tries of a webhook delivery (60)"
    )
    parser.add_argument(
        "--marketplace",
        action="store_true",
        help="the app is installed from the marketplace: its calls are none of an account's day (private)",
    )
    parser.add_argument(
        "--largest-file-mb", type=float, default=500.0, help="megabytes that an uploaded file may have (500)"
    )
    parser.add_argument("--app", type=Path, help="JSON file with the app's registration (none)")
    return parser.parse_args(given)


def _app(arguments: argparse.Namespace) -> AppSecrets:
    """The registered app; a ValueError where it is told wrongly."""
    if arguments.app is None:
        return AppSecrets.from_env(os.environ)
    return AppSecrets.from_file(arguments.app, os.environ)


def _address(arguments: argparse.Namespace) -> str:
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    return f"{host}:{arguments.port}"


def _problem(arguments: argparse.Namespace) -> str | None:
    """Why it can't be served as asked, in a sentence, or None."""
    host, port = arguments.host, arguments.port
    if host not in LOOPBACK:
        return f"The sandbox only serves this machine; {host} is not one of {', '.join(LOOPBACK)}."
    if not 0 < port < 65536:
        return f"{port} is no port; choose one between 1 and 65535 with --port."
    if arguments.largest_file_mb <= 0:
        return "--largest-file-mb must be above zero."
    if arguments.retry_seconds <= 0:
        return "--retry-seconds must be above zero."
    try:
        _app(arguments)
    except ValueError as error:
        return str(error)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return f"Port {port} can't be used: {error.strerror}. Choose another with --port."
    try:
        Store(arguments.data, SandboxClock(arguments.clock_file)).close()
    except (OSError, sqlite3.Error) as error:
        return f"The state can't be kept in {arguments.data}: {error}. Choose another folder with --data."
    except (ValueError, KeyError, TypeError):
        return f'{arguments.clock_file} is no clock file; it must hold {{"offset_seconds": 0}}.'
    return None


if __name__ == "__main__":
    sys.exit(main())
