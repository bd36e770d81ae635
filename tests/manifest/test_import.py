"""The manifest goes through the official command-line tool's own import code.

The tool is fetched once, without running any of its install scripts, into ``var/``. It
deletes a manifest that it can't fill in, so it only ever gets a copy.
"""

import io
import json
import os
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support import npm

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "monday_manifest" / "manifest.json"
TOOL = "@mondaycom/apps-cli@4.10.5"
APP = {"APP_NAME": "Support SLA for monday.com", "ACCOUNT_SLUG": "synerity", "APP_SLUG": "support-sla"}

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="session")
def tool() -> Path:
    """The folder in which the command-line tool is installed."""
    folder = npm.installed(TOOL.replace("/", "-").lstrip("@"), ("install", TOOL))
    return folder / "node_modules" / "@mondaycom" / "apps-cli"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the manifest that the tool may do with as it likes."""
    return Path(shutil.copy(MANIFEST, tmp_path / "manifest.json"))


def run(command: list[str], cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": os.environ["PATH"], "HOME": str(cwd)}
    return subprocess.run(
        command, cwd=cwd, env={**own, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def fill_in(tool: Path, copy: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the tool's own template step on a copy; it prints what it made."""
    module = tool / "dist" / "services" / "import-manifest-service.js"
    script = (
        f"import {{ processManifestTemplate }} from {json.dumps(module.as_uri())};"
        "console.log(JSON.stringify(await processManifestTemplate(process.argv[1], false)));"
    )
    return run(["node", "--input-type=module", "-e", script, str(copy)], copy.parent, **environment)


def test_the_tool_fills_in_the_manifest(tool: Path, copy: Path) -> None:
    done = fill_in(tool, copy, **APP)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert (made["app"]["name"], made["app"]["slug"]) == (APP["APP_NAME"], "synerity_support-sla")


def test_the_tool_names_a_variable_that_is_not_set(tool: Path, copy: Path) -> None:
    done = fill_in(tool, copy, APP_NAME="x", ACCOUNT_SLUG="y")
    assert done.returncode != 0
    assert "APP_SLUG" in done.stderr + done.stdout


class _Monday(ThreadingHTTPServer):
    """Takes what the tool uploads."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.uploads: list[tuple[str, str, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Monday

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.uploads.append((self.path, self.headers["Authorization"], body))
        answer = json.dumps({"data": {"app": {"id": 1, "name": "x"}}, "appId": 1}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def monday() -> Iterator[_Monday]:
    with _Monday() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def uploaded_manifest(body: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(body[body.index(b"PK\x03\x04") :])) as archive:
        assert archive.namelist() == ["manifest.json"]
        content: dict[str, Any] = json.loads(archive.read("manifest.json"))
        return content


def test_the_tool_uploads_the_manifest_with_every_scope(tool: Path, copy: Path, monday: _Monday) -> None:
    environment = {**APP, "APPS_DOMAIN": f"http://127.0.0.1:{monday.server_port}"}
    mapps = ["node", str(tool / "bin" / "run.js")]
    ready = run([*mapps, "init", "-t", "a-token-of-nobody", "-l"], copy.parent, **environment)
    assert ready.returncode == 0, ready.stderr
    done = run([*mapps, "manifest:import", "-p", str(copy), "-n"], copy.parent, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    ((path, token, body),) = monday.uploads
    assert (path, token) == ("/api/apps/manifest", "a-token-of-nobody")
    expected = json.loads(MANIFEST.read_text())["app"]["oauth"]
    assert uploaded_manifest(body)["app"]["oauth"] == expected


def test_the_name_fits_the_marketplace() -> None:
    assert len(APP["APP_NAME"]) <= 30
    assert not APP["APP_NAME"].lower().startswith("monday")


def test_no_feature_is_promised_that_has_no_page() -> None:
    assert json.loads(MANIFEST.read_text())["app"]["features"] == []
