"""Files are read where monday.com keeps them, and nowhere else."""

import pytest

from app.files.fetching import FileHosts

HOSTS = FileHosts(("monday.com", "amazonaws.com"), "https://api.monday.com/v2")
LOCAL = FileHosts(("monday.com",), "http://127.0.0.1:8090/v2")


@pytest.mark.parametrize(
    "url",
    [
        "https://files.monday.com/x?y=z",
        "https://prod-files.s3.eu-central-1.amazonaws.com/x",
        "https://api.monday.com/x",
        "https://monday.com:443/x",
    ],
)
def test_hosts_of_files_are_followed(url: str) -> None:
    assert HOSTS.include(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.monday.com/x",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "https://evilmonday.com/x",
        "https://monday.com.evil.example/x",
        "https://monday.com@evil.example/x",
        "https://user@files.monday.com/x",
        "https://files.monday.com:8443/x",
        "file:///etc/passwd",
        "ftp://files.monday.com/x",
        "",
    ],
)
def test_other_hosts_are_not(url: str) -> None:
    assert not HOSTS.include(url)


def test_the_local_monday_keeps_its_files_itself() -> None:
    assert LOCAL.include("http://127.0.0.1:8090/files/ticket/x.png")
    assert not LOCAL.include("http://127.0.0.1:9999/files/ticket/x.png")
