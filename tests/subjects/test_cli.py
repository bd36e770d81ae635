"""The command line as an operator meets it."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from cryptography.fernet import Fernet

from app.cli import cli


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


def test_a_new_key_can_encrypt() -> None:
    Fernet(CliRunner().invoke(cli, ["keys", "new"]).output.strip())
