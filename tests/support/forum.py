"""A forum shaped like Discourse, over real HTTP: strict as the real one is, and with weather.

What it answers follows Discourse's own ``posts_controller.rb`` and ``topics_controller.rb``: an external id
is unique among all topics, deleted ones too; it is looked up with a redirect; posts may wait for moderators,
whose queue knows no external ids; who is not let in and what is not found gets JSON with ``errors``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

KEY, USER, CATEGORY = "a-key-that-nobody-may-read", "synerity", 7
#: What the next question meets. Those with ``after`` come when it has had its effect.
WEATHER = (
    *("silence", "silence_after", "reset", "reset_after", "500", "502_after", "503_page", "403_page", "429"),
    *("garbage", "garbage_after"),
)


@dataclass
class Topic:
    """A topic, or a post that waits for moderators."""

    id: int
    title: str
    raw: str
    external_id: str
    is_deleted: bool = False

    @property
    def slug(self) -> str:
        """The title as it stands in addresses."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-") or "topic"


@dataclass
class Forum:
    """A running forum: what stands in it, and what the next questions meet."""

    url: str
    topics: list[Topic] = field(default_factory=list)
    queue: list[Topic] = field(default_factory=list)
    #: ``METHOD path`` of every question.
    asked: list[str] = field(default_factory=list)
    #: For the next questions, one each, ``fair`` where all is well; so it is when nothing is left.
    weather: list[str] = field(default_factory=list)
    has_moderators: bool = False
    shows_queue: bool = True
    _number: int = 100
    _lock: Lock = field(default_factory=Lock)

    def reset(self) -> None:
        """Be as new."""
        for kept in (self.topics, self.queue, self.asked, self.weather):
            kept.clear()
        self.has_moderators, self.shows_queue = False, True

    @property
    def settings(self) -> dict[str, str]:
        """The product's settings for this forum."""
        return {
            "FEATURE_REQUEST_CHANNEL": "forum",
            "FORUM_URL": self.url,
            "FORUM_API_KEY": KEY,
            "FORUM_API_USER": USER,
            "FORUM_CATEGORY": str(CATEGORY),
        }

    def made(self) -> list[str]:
        """The titles of all that was ever made of what was asked for."""
        return [topic.title for topic in (*self.topics, *self.queue)]

    def approve(self) -> None:
        """The moderators let everything through."""
        with self._lock:
            self.topics += self.queue
            self.queue.clear()

    def take_asked(self, method: str, path: str) -> str | None:
        """Note a question; what it meets."""
        with self._lock:
            self.asked.append(f"{method} {path}")
            met = self.weather.pop(0) if self.weather else "fair"
        return None if met == "fair" else met

    def look(self, external_id: str) -> tuple[int, Any, Mapping[str, str]]:
        """The topic of an external id."""
        found = next((topic for topic in self.topics if topic.external_id == external_id), None)
        if found is None or found.is_deleted:
            return 404, _not_found(), {}
        return 301, None, {"Location": f"{self.url}/t/{found.slug}/{found.id}.json"}

    def pending(self, user: str) -> tuple[int, Any, Mapping[str, str]]:
        """A user's posts that wait for moderators."""
        if user != USER or not self.shows_queue:
            return 404, _not_found(), {}
        rows = [{"id": one.id, "title": one.title, "raw_text": one.raw} for one in self.queue]
        return 200, {"pending_posts": rows}, {}

    def post(self, wanted: Mapping[str, Any]) -> tuple[int, Any, Mapping[str, str]]:
        """Make a topic, or keep it for the moderators."""
        with self._lock:
            if errors := self._errors(wanted):
                return 422, {"action": "create_post", "errors": errors}, {}
            self._number += 1
            made = Topic(self._number, wanted["title"], wanted["raw"], wanted["external_id"])
            if self.has_moderators:
                self.queue.append(made)
                return 200, {"success": True, "action": "enqueued", "pending_count": len(self.queue)}, {}
            self.topics.append(made)
            told = {"id": 10 * made.id, "topic_id": made.id, "topic_slug": made.slug, "username": USER}
            return 200, told, {}

    def _errors(self, wanted: Mapping[str, Any]) -> list[str]:
        errors = []
        title, external_id = str(wanted.get("title", "")), str(wanted.get("external_id", ""))
        if wanted.get("category") != CATEGORY:
            errors.append("Category is invalid")
        if not 15 <= len(title) <= 255:
            errors.append("Title must be between 15 and 255 characters")
        if len(str(wanted.get("raw", ""))) < 20:
            errors.append("Body is too short (minimum is 20 characters)")
        if any(topic.title.lower() == title.lower() and not topic.is_deleted for topic in self.topics):
            errors.append("Title has already been used")
        if not re.fullmatch(r"[\w-]{1,50}", external_id, re.ASCII):
            errors.append("External is invalid")
        if any(topic.external_id.lower() == external_id.lower() for topic in self.topics):
            errors.append("External has already been taken")
        return errors


def _not_found() -> Mapping[str, Any]:
    told = "The requested URL or resource could not be found."
    return {"errors": [told], "error_type": "not_found"}


class _Handler(BaseHTTPRequestHandler):
    """One question."""

    forum: Forum
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def log_message(self, *args: object) -> None:
        """Keep still."""

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        weather = self.forum.take_asked(method, path)
        if weather is not None and not weather.endswith("_after"):
            self._storm(weather)
            return
        told = self._act(method, path, body)
        if weather is not None:
            self._storm(weather.removesuffix("_after"))
        else:
            self._tell(*told)

    def _act(self, method: str, path: str, body: bytes) -> tuple[int, Any, Mapping[str, str]]:
        if (self.headers.get("Api-Key"), self.headers.get("Api-Username")) != (KEY, USER):
            errors = ["You are not permitted to view the requested resource."]
            return 403, {"errors": errors, "error_type": "invalid_access"}, {}
        if method == "POST" and path == "/posts.json":
            return self.forum.post(json.loads(body))
        if match := re.fullmatch(r"/t/external_id/([\w-]+)\.json", path):
            return self.forum.look(match[1])
        if match := re.fullmatch(r"/posts/([^/]+)/pending\.json", path):
            return self.forum.pending(match[1])
        return 404, _not_found(), {}

    def _storm(self, weather: str) -> None:
        if weather in ("silence", "reset"):
            # Half an answer, or none.
            if weather == "reset":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
            self.close_connection = True
        elif weather == "429":
            told = {"errors": ["You've performed this action too many times."], "error_type": "rate_limit"}
            self._tell(429, {**told, "extras": {"wait_seconds": 37}}, {"Retry-After": "12"})
        elif weather == "garbage":
            self._page(200)
        elif weather.endswith("_page"):
            self._page(int(weather[:3]))
        else:
            self._tell(int(weather), {"errors": ["Oops"]}, {})

    def _page(self, status: int) -> None:
        self._send(status, b"<html><h1>Just a moment</h1></html>", {"Content-Type": "text/html"})

    def _tell(self, status: int, content: Any, headers: Mapping[str, str]) -> None:
        self._send(status, b"" if content is None else json.dumps(content).encode(), headers)

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_forum() -> Iterator[Forum]:
    """A forum on a port of its own."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        forum = Forum(f"http://127.0.0.1:{server.server_address[1]}")
        handler.forum = forum  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield forum
        finally:
            server.shutdown()
            thread.join()
