"""A client of Node.js at work: a process that makes the calls it is told to, and tells what came."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import npm

HERE = Path(__file__).parent
#: Exact versions with the digests of what they are made of.
_LOCKED = (HERE / "package.json", HERE / "package-lock.json")


def install_clients() -> Path:
    """The folder that holds the locked packages in ``node_modules``."""
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in _LOCKED)).hexdigest()[:12]
    return npm.installed(f"clients-{digest}", ("ci",), _LOCKED)


@dataclass(frozen=True)
class NodeClient:
    """A client with the options it is made with; every call is made by a new one."""

    process: "subprocess.Popen[str]"
    config: Mapping[str, Any]

    def configured(self, **config: Any) -> "NodeClient":
        """The same with other options."""
        return NodeClient(self.process, {**self.config, **config})

    def call(self, name: str, *arguments: Any) -> Any:
        """What a call resolved to."""
        told = self._tell(name, arguments)
        assert "error" not in told, told["error"]
        return told["value"]

    def failure(self, name: str, *arguments: Any) -> dict[str, Any]:
        """What a call was rejected with: its class and what it carries."""
        told = self._tell(name, arguments)
        assert "error" in told, told["value"]
        error: dict[str, Any] = told["error"]
        return error

    def _tell(self, name: str, arguments: tuple[Any, ...]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = {"config": self.config, "call": name, "arguments": arguments}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the driver ended with {self.process.wait()}"
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def running_client(
    driver: str, folder: Path, config: Mapping[str, Any], environment: Mapping[str, str]
) -> Iterator[NodeClient]:
    """Run a driver until the block ends.

    Args:
        driver: The name of a file beside this one.
        folder: An empty one, for the driver and a link to the packages it imports.
        config: The client's options.
        environment: Beside the path, all that the driver sees.
    """
    packages = install_clients()
    shutil.copy(HERE / driver, folder)
    (folder / "node_modules").symlink_to(packages / "node_modules")
    process = subprocess.Popen(
        ["node", driver],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield NodeClient(process, config)


def file_of(content: bytes, name: str, kind: str = "text/plain") -> dict[str, Any]:
    """A file among arguments, which the driver makes a ``File`` of."""
    return {"$file": {"name": name, "type": kind, "base64": base64.b64encode(content).decode()}}
