"""A server that answers as it is told, for what no well-behaved monday.com would do."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What a scripted monday.com does with one request, on its raw connection.
Script = Callable[["Handler"], None]


@dataclass(frozen=True)
class Heard:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


@dataclass
class Peer:
    """A monday.com that does as it is told."""

    url: str
    script: Script
    heard: list[Heard] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    peer: Peer

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.peer.heard.append(Heard(self.path, dict(self.headers), body))
        self.peer.script(self)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def scripted_peer(script: Script) -> Iterator[Peer]:
    """Run such a server on a free port."""

    class OwnHandler(Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), OwnHandler) as server:
        server.daemon_threads = True
        OwnHandler.peer = Peer(f"http://127.0.0.1:{server.server_port}", script)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield OwnHandler.peer
        finally:
            server.shutdown()
            thread.join()


def answers(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Script:
    """Answer with these bytes, or with this JSON."""

    def script(handler: Handler) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in {"API-Version": "2026-10", **(headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return script


def hangs_up(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True
