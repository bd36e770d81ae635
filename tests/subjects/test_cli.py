"""The command line as an operator meets it."""

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from app.accounts import vault
from app.accounts.models import Installation
from app.accounts.vault import TokenUnreadableError
from app.cli import cli
from app.db import Database
from tests.support.servers import sqlite_with_schema


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **variables: str) -> Result:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return CliRunner().invoke(cli, arguments)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
    return found


@pytest.mark.parametrize("command", commands(cli), ids=" ".join)
def test_every_command_says_what_it_is_for(command: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(cli, [*command, "--help"])
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 4


def test_replaying_nothing_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = run(monkeypatch, "replay", APP_ENV="development")
    assert answer.exit_code == 2
    assert "--all" in answer.output


def test_the_clock_is_not_moved_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer = run(
        monkeypatch,
        "clock",
        "advance",
        "3h",
        APP_ENV="production",
        BASE_URL="https://support.example",
        MONDAY_API_URL="https://api.monday.com/v2",
        MONDAY_AUTH_URL="https://auth.monday.com",
        MONDAY_CLIENT_ID="id",
        MONDAY_CLIENT_SECRET="a secret",
        MONDAY_SIGNING_SECRET="another",
        SECRET_KEYS=Fernet.generate_key().decode(),
        DATABASE_URL=f"sqlite:///{tmp_path / 'support.db'}",
    )
    assert answer.exit_code != 0
    assert "production" in answer.output


def new_key() -> str:
    return CliRunner().invoke(cli, ["keys", "new"]).output.strip()


@pytest.mark.parametrize(("scopes", "is_asked"), [("boards:read", True), ("boards:read assets:read", False)])
def test_an_account_that_keeps_its_files_is_asked_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scopes: str, *, is_asked: bool
) -> None:
    url = sqlite_with_schema(tmp_path / "test.db")
    with Database(url).transaction() as session:
        session.add(
            Installation(
                account_id="7",
                slug="acme",
                name="Acme",
                role="customer",
                user_id="1",
                access_token="",
                scopes=scopes,
                state="active",
                installed_at=datetime(2026, 11, 23, tzinfo=UTC),
            )
        )
    answer = run(monkeypatch, "status", DATABASE_URL=url, VAR_DIR=str(tmp_path), APP_ENV="development")
    assert answer.exit_code == 0, answer.output
    assert ("/oauth/start?subdomain=acme" in answer.output) is is_asked


def test_a_new_key_can_encrypt() -> None:
    Fernet(new_key())


def test_after_rotation_the_old_key_is_not_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    url = sqlite_with_schema(tmp_path / "support.db")
    store_installation(url, [old])
    answer = run(monkeypatch, "keys", "rotate", **rotating(url, new, old))
    assert answer.exit_code == 0, answer.output
    assert "2 token(s)" in answer.output
    stored = read_installation(url)
    assert vault.unseal([new], "42", "access", stored.access_token) == "the access token"
    assert vault.unseal([new], "42", "refresh", stored.refresh_token or "") == "the refresh token"


def test_a_rotation_without_the_old_key_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = new_key()
    url = sqlite_with_schema(tmp_path / "support.db")
    store_installation(url, [old])
    answer = run(monkeypatch, "keys", "rotate", **rotating(url, new_key()))
    assert isinstance(answer.exception, TokenUnreadableError)
    assert "SECRET_KEYS" in answer.exception.message
    assert vault.unseal([old], "42", "access", read_installation(url).access_token) == "the access token"


def rotating(url: str, *secret_keys: str) -> dict[str, str]:
    return {"APP_ENV": "development", "DATABASE_URL": url, "SECRET_KEYS": ",".join(secret_keys)}


def store_installation(url: str, secret_keys: list[str]) -> None:
    database = Database(url)
    with database.transaction() as session:
        session.add(
            Installation(
                account_id="42",
                slug="acme",
                name="Acme",
                role="customer",
                user_id="7",
                access_token=vault.seal(secret_keys, "42", "access", "the access token"),
                refresh_token=vault.seal(secret_keys, "42", "refresh", "the refresh token"),
                expires_at=None,
                scopes="me:read",
                state="active",
                pause_reason=None,
                installed_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
            )
        )
    database.dispose()


def read_installation(url: str) -> Installation:
    database = Database(url)
    with database.reading() as session:
        found = session.get_one(Installation, "42")
    database.dispose()
    return found
