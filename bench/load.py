"""A load generator in a few lines: keep-alive connections on one selector a process.

Closed loop (``rate`` is None): every connection sends its next request as soon as the last
is answered; that finds the ceiling. Open loop: requests are due at fixed moments, and
latency counts from the moment a request was due, so that a server that stalls can't hide
its stall by slowing the generator down.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

GENERATORS = 2
ANSWER = b"HTTP/1.1 200"
DEADLINE_SECONDS = 10.0
#: Each generator numbers its requests from its own multiple, so that no two are the same.
NUMBERS_EACH = 1_000_000


@dataclass(frozen=True)
class Target:
    """A server and the request it gets.

    ``head`` ends with the blank line. ``body`` is a ``%``-template with the places
    ``%(own)032d`` for the request's own number and ``%(shared)09d`` for one below ``spread``,
    and must always come out equally long.
    """

    port: int
    head: bytes
    body: bytes
    spread: int = 1_000

    def request(self, number: int) -> bytes:
        """The bytes of the request of that number."""
        return self.head + _fill(self.body, number, self.spread)


def target(port: int, path: str, body: bytes, headers: dict[str, str] | None = None) -> Target:
    """A target for POST requests of JSON."""
    length = len(_fill(body, 0, 1))
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return Target(port, ("\r\n".join(lines) + "\r\n\r\n").encode(), body)


def _fill(body: bytes, number: int, spread: int) -> bytes:
    return body % {b"own": number, b"shared": number % spread}


@dataclass(frozen=True)
class Outcome:
    """What came of a load: requests answered with 200, with anything else, and each one's seconds."""

    answered: int
    refused: int
    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.answered / self.seconds

    def percentile(self, percent: float) -> float:
        """Seconds within which that share of the requests was answered."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def run(
    to: Target, *, connections: int, seconds: float, first_number: int = 0, rate: float | None = None
) -> Outcome:
    """Load a server from several processes and add up what they saw.

    Args:
        to: The server and its request.
        connections: Connections in all.
        seconds: For how long to send.
        first_number: The number of the first request; runs against one server must not overlap.
        rate: Requests a second in all, or None for as many as the server takes.
    """
    share = None if rate is None else rate / GENERATORS
    with ProcessPoolExecutor(GENERATORS, mp_context=get_context("spawn")) as pool:
        parts = [
            pool.submit(
                _generate, to, connections // GENERATORS, seconds, first_number + n * NUMBERS_EACH, share
            )
            for n in range(GENERATORS)
        ]
        return _together([part.result() for part in parts])


def _together(parts: Sequence[Outcome]) -> Outcome:
    return Outcome(
        sum(part.answered for part in parts),
        sum(part.refused for part in parts),
        max(part.seconds for part in parts),
        tuple(latency for part in parts for latency in part.latencies),
    )


class _Connection:
    """One keep-alive connection and the request that is under way on it."""

    __slots__ = ("due", "seen", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.seen = b""
        self.due = 0.0

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.socket.sendall(request)

    def answer(self) -> bool | None:
        """Read what is there: None while the answer is incomplete, else whether it is a good one."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("The server closed a connection in the middle of a load.")
        self.seen += data
        head, end, body = self.seen.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return None
        good = head.startswith(ANSWER)
        self.seen = b""
        return good


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def _generate(to: Target, connections: int, seconds: float, first_number: int, rate: float | None) -> Outcome:
    selector = selectors.DefaultSelector()
    idle = deque(_Connection(to.port) for _ in range(connections))
    for connection in idle:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    latencies: list[float] = []
    refused = under_way = 0
    number = first_number
    started = time.monotonic()
    end = started + seconds
    while True:
        now = time.monotonic()
        while idle and now < end:
            due = now if rate is None else started + (number - first_number) / rate
            if due > now or due > end:
                break
            connection = idle.popleft()
            connection.send(to.request(number), due)
            number += 1
            under_way += 1
        if now >= end and not under_way:
            break
        if now >= end + DEADLINE_SECONDS:
            raise TimeoutError(f"{under_way} requests were not answered within {DEADLINE_SECONDS:g} seconds.")
        pause = 0.05 if rate is None or not idle else max(0.0, started + (number - first_number) / rate - now)
        for key, _ in selector.select(min(pause, 0.05)):
            connection = key.data
            good = connection.answer()
            if good is None:
                continue
            latencies.append(time.monotonic() - connection.due)
            refused += not good
            under_way -= 1
            idle.append(connection)
    for connection in idle:
        connection.socket.close()
    selector.close()
    return Outcome(len(latencies) - refused, refused, time.monotonic() - started, tuple(latencies))
