"""A view of an app under development: its server, its page with the real SDK, and how to drive it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Frame, Page

VIEW = b"""<!doctype html>
<meta charset="utf-8">
<title>A view of the app</title>
<link rel="icon" href="data:,">
<h1>A view of the app</h1>
<script src="/main.js"></script>
<script>
  const monday = mondaySdk({ withoutScrollHelper: true });
  const told = {};
  function hear(type) {
    told[type] = [];
    monday.listen(type, ({ data }) => told[type].push(data));
  }
</script>
"""


class ViewServer(ThreadingHTTPServer):
    """The app's own pages: a view, and the SDK."""

    def __init__(self, sdk: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sdk = sdk

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/view"


class _Handler(BaseHTTPRequestHandler):
    server: ViewServer

    def do_GET(self) -> None:
        is_sdk = self.path == "/main.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_sdk else "text/html")
        self.end_headers()
        self.wfile.write(self.server.sdk if is_sdk else VIEW)

    def log_message(self, *_: object) -> None:
        pass


class View:
    """A view in the host page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.frame = self._frame(url)

    def _frame(self, url: str) -> Frame:
        """The view's own frame, once it has left the blank page with which it begins."""
        frame = self.page.locator("iframe.view-frame").element_handle().content_frame()
        assert frame is not None
        frame.wait_for_url(f"{url}**")
        return frame

    def ask(self, expression: str) -> Any:
        """What a promise of the SDK resolves to, or the message and data it is rejected with."""
        return self.frame.evaluate(
            f"async () => {{ try {{ return await {expression}; }}"
            " catch (error) { return { rejected: error.message, data: error.data }; } }"
        )

    def data(self, expression: str) -> Any:
        """The ``data`` of an answer."""
        return self.ask(expression)["data"]

    def begin(self, expression: str) -> None:
        """Ask for what a person must answer first; ``result`` waits for it."""
        self.frame.evaluate(f"() => {{ window.pending = {expression}; }}")

    def result(self) -> Any:
        """What was begun, once it is answered."""
        return self.frame.evaluate("async () => (await window.pending).data")

    def hear(self, kind: str) -> None:
        """Listen from now on."""
        self.frame.evaluate(f"() => hear({kind!r})")
        self.wait_until(f"told.{kind} !== undefined")

    def wait_until(self, condition: str) -> None:
        """Wait for something in the view."""
        self.frame.wait_for_function(f"() => {condition}")

    def told(self, kind: str) -> list[Any]:
        """What listeners of a kind were told."""
        found: list[Any] = self.frame.evaluate(f"() => told.{kind}")
        return found
