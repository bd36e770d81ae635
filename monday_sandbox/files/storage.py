"""Where uploaded files are kept, and the addresses at which they are read for an hour.

A file arrives in ``incoming`` and moves to its account's folder when an asset is made of it: what
was uploaded in vain is swept away with the request. Addresses are signed and carry their own end,
by the sandbox's clock: readable without login, as monday.com's ``public_url`` is.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from urllib.parse import quote

from itsdangerous import BadSignature, URLSafeSerializer

#: A ``public_url`` is good for so long.
PUBLIC_LIFE = timedelta(hours=1)
#: What the developers' upload flow documents; for these doors nothing is written down.
LARGEST_FILE_BYTES = 500 * 1024 * 1024
_IMAGES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}


@dataclass(frozen=True)
class Upload:
    """A file that came with a request and belongs to nothing yet."""

    name: str
    path: Path
    size: int


@dataclass(frozen=True)
class Ticket:
    """What a signed address opens."""

    account_id: int
    asset_id: int
    ends_at: float


class Files:
    """The files of all accounts.

    Args:
        folder: Where they are kept; made when missing.
        address: The sandbox's own, without a slash at the end.
        largest: Bytes that a file may have.
    """

    def __init__(
        self, folder: Path, address: str = "http://127.0.0.1", largest: int = LARGEST_FILE_BYTES
    ) -> None:
        self.address = address
        self.largest = largest
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._signer = URLSafeSerializer(_key(folder / "signing-key"), salt="public_url")

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """A folder for what one request brings; what nothing was made of goes with it."""
        folder = self._incoming / secrets.token_hex(8)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, upload: Upload, account_id: int, asset_id: int) -> None:
        """Make an asset's file of an upload."""
        kept = self.path(account_id, asset_id)
        kept.parent.mkdir(exist_ok=True)
        upload.path.replace(kept)

    def path(self, account_id: int, asset_id: int) -> Path:
        """Where an asset's file is."""
        return self._folder / str(account_id) / str(asset_id)

    def public_url(self, account_id: int, asset_id: int, name: str, now: datetime) -> str:
        """An address that anybody can read the file at, for an hour."""
        content = [account_id, asset_id, (now + PUBLIC_LIFE).timestamp(), secrets.token_hex(4)]
        return f"{self.address}/files/{self._signer.dumps(content)}/{quote(name)}"

    def open_ticket(self, ticket: str) -> Ticket | None:
        """What a signed address opens; None when it was not made here."""
        try:
            account_id, asset_id, ends_at, _ = self._signer.loads(ticket)
        except BadSignature:
            return None
        return Ticket(account_id, asset_id, ends_at)

    def url(self, account_id: int, asset_id: int, name: str) -> str:
        """The address that asks for a session of monday.com's."""
        return f"{self.address}/protected_static/{account_id}/resources/{asset_id}/{quote(name)}"


def extension_of(name: str) -> str:
    """A file's extension with its dot, empty when it has none."""
    return Path(name).suffix


def image_type(name: str) -> str | None:
    """The content type of a name that is an image's, else None."""
    return _IMAGES.get(extension_of(name).removeprefix(".").lower())


def base_name(given: str) -> str:
    """A file's own name: clients send whole paths, of whatever system."""
    return given.replace("\\", "/").rpartition("/")[2].replace("\x00", "").strip() or "file"


def copy_limited(source: IO[bytes], target: Path, most: int) -> int:
    """Copy a stream to a file and give its size; one byte more than ``most`` says that there was more."""
    size = 0
    with target.open("wb") as file:
        while chunk := source.read(min(1 << 20, most + 1 - size)):
            size += file.write(chunk)
    return size


def _key(path: Path) -> str:
    """The secret that addresses are signed with; made once."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text()
