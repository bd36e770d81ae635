"""Fetching a file's content from monday.com: where it is read now, and whether that is monday.com at all.

The address is asked for each time: it is good for an hour. It is only followed to monday.com's own hosts
and those that keep its files, by https, and nowhere else, whatever it says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import SupportError
from app.monday.client import MondayClient
from app.monday.transport import PIECE_BYTES, download


class FileGoneError(SupportError):
    """monday.com does not show a file, or not where files are."""

    code = "file_gone"
    permanent = True


@dataclass(frozen=True)
class Located:
    """A file that can be read now."""

    #: In bytes.
    size: int
    #: Good for an hour, for everybody who has it: kept nowhere, logged nowhere.
    url: str


@dataclass(frozen=True)
class FileHosts:
    """Which addresses are those of files."""

    #: Hosts whose own and whose subdomains' addresses are followed.
    names: Sequence[str]
    #: The API's own address: the local monday.com keeps its files itself.
    api_url: str

    def include(self, url: str) -> bool:
        """Whether a file may be read at an address."""
        here, api = urlsplit(url), urlsplit(self.api_url)
        if (here.scheme, here.netloc) == (api.scheme, api.netloc):
            return True
        host = (here.hostname or "").lower()
        is_named = any(host == name or host.endswith(f".{name}") for name in self.names)
        return here.scheme == "https" and here.port in (None, 443) and is_named and here.username is None


def locate(client: MondayClient, hosts: FileHosts, asset_id: str) -> Located:
    """Where a file of the client's account can be read.

    Raises:
        FileGoneError: monday.com does not show it, or names an address that is no file's.
        SupportError: monday.com did not answer, or answered with a fault.
    """
    assets = client.execute("assets", {"ids": [asset_id]})["assets"] or ()
    found = next((asset for asset in assets if asset is not None and str(asset["id"]) == asset_id), None)
    if found is None:
        raise FileGoneError(f"monday.com does not show the file {asset_id} any more.")
    if not hosts.include(found["public_url"]):
        host = urlsplit(found["public_url"]).hostname
        raise FileGoneError(f"The file {asset_id} is said to be at {host}, which is no host of files.")
    return Located(int(found["file_size"]), found["public_url"])


def pieces(url: str, size: int, *, timeout_seconds: float) -> Iterator[bytes]:
    """A file's content in pieces of a megabyte, exactly ``size`` bytes in all.

    Raises:
        FileUnreadableError: what stands there is no file, or not of that size.
        MondayUnreachableError, MondayUncertainError: it can't be reached, or breaks off.
    """
    kept, taken = bytearray(), 0
    for part in download(url, timeout_seconds=timeout_seconds, size=size):
        kept += part
        taken += len(part)
        while len(kept) >= PIECE_BYTES:
            yield bytes(kept[:PIECE_BYTES])
            del kept[:PIECE_BYTES]
    if kept or not taken:
        yield bytes(kept)
