"""Opening accounts and accepting invitations, by the sandbox's own doors; state files of before."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from monday_sandbox.clock import SandboxClock
from monday_sandbox.state import FILE_NAME, Store
from monday_sandbox.testing import RunningSandbox, running_sandbox

INVITE = (
    "mutation ($e: [String!]!, $r: UserRole) {"
    " invite_users(emails: $e, user_role: $r) { invited_users { id } } }"
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A served one that no other test looks into."""
    with running_sandbox(tmp_path_factory.mktemp("own")) as running:
        yield running


def open_account(own: RunningSandbox, **given: Any) -> requests.Response:
    return requests.post(f"{own.url}/sandbox/accounts", json=given, timeout=10)


def test_an_account_that_was_opened_is_like_the_others(own: RunningSandbox) -> None:
    people = [
        {"name": "Ida Ek", "email": "ida@ek.example"},
        {"name": "Bo Ek"},
        {"name": "Gun", "kind": "guest"},
    ]
    answer = open_account(own, slug="ek", name="Ek AB", plan="enterprise", users=people)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["slug"], made["name"], made["plan"]) == ("ek", "Ek AB", "enterprise")
    assert [(user["name"], user["kind"]) for user in made["users"]] == [
        ("Ida Ek", "admin"),
        ("Bo Ek", "member"),
        ("Gun", "guest"),
    ]
    token = made["users"][0]["api_token"]
    read = own.graphql(token, "{ me { email account { slug } } workspaces { is_default_workspace } }").json()
    assert read["data"] == {
        "me": {"email": "ida@ek.example", "account": {"slug": "ek"}},
        "workspaces": [{"is_default_workspace": True}],
    }
    log = requests.get(f"{own.url}/sandbox/log", timeout=10).json()["entries"]
    assert (log[-1]["account"], log[-1]["user"]) == ("ek", "Ida Ek")


def test_a_hundred_accounts_can_be_opened(own: RunningSandbox) -> None:
    for number in range(100):
        assert open_account(own, slug=f"account-{number}").status_code == 201
    slugs = [account["slug"] for account in own.accounts()]
    assert len(set(slugs)) == len(slugs) > 100
    assert own.graphql(own.token("account-99"), "{ account { plan { tier } } }").ok


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"slug": "Upper"},
        {"slug": "synerity"},
        {"slug": "x", "plan": "golden"},
        {"slug": "x", "users": {"name": "Ida"}},
        {"slug": "x", "users": ["Ida"]},
        {"slug": "x", "users": [{"name": " "}]},
        {"slug": "x", "users": [{"name": "Ida", "kind": "member"}]},
        {"slug": "x", "users": [{"name": "Ida"}, {"name": "Bo", "kind": "owner"}]},
        {
            "slug": "x",
            "users": [{"name": "Ida", "email": "a@x.example"}, {"name": "Bo", "email": "A@x.example"}],
        },
    ],
)
def test_an_account_that_can_not_be_opened_is_refused_in_a_sentence(
    own: RunningSandbox, wrong: dict[str, Any]
) -> None:
    answer = open_account(own, **wrong)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert "x" not in {account["slug"] for account in own.accounts()}


def test_an_invited_user_is_listed_and_comes_in_by_accepting(own: RunningSandbox) -> None:
    admin = own.token("synerity")
    made = own.graphql(admin, INVITE, {"e": ["karin.holm@bjorko.example"], "r": "GUEST"}).json()
    (guest_id,) = [user["id"] for user in made["data"]["invite_users"]["invited_users"]]
    synerity = next(account for account in own.accounts() if account["slug"] == "synerity")
    (listed,) = [user for user in synerity["users"] if user["id"] == guest_id]
    assert listed["status"] == "PENDING"
    refused = own.graphql(listed["api_token"], "{ me { id } }")
    assert refused.status_code == 403
    accepted = requests.post(f"{own.url}/sandbox/invitations", json={"user": guest_id}, timeout=10)
    assert accepted.status_code == 200
    assert own.graphql(listed["api_token"], "{ me { id } }").json()["data"] == {"me": {"id": guest_id}}


@pytest.mark.parametrize("user", ["1", "nobody", "81020334", None])
def test_only_the_invited_accept(own: RunningSandbox, user: str | None) -> None:
    answer = requests.post(f"{own.url}/sandbox/invitations", json={"user": user}, timeout=10)
    assert answer.status_code == 400


def test_a_state_file_of_before_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    with sqlite3.connect(path) as old:
        old.executescript(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
            " plan TEXT NOT NULL, time_zone TEXT NOT NULL, country_code TEXT NOT NULL,"
            " created_at TEXT NOT NULL);"
            "INSERT INTO accounts VALUES (7, 'old', 'Old AB', 'pro', 'Europe/Stockholm', 'SE', 'then');"
            "CREATE TABLE users (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts,"
            " name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, title TEXT NOT NULL, kind TEXT NOT NULL,"
            " api_token TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);"
            "CREATE INDEX users_of_account ON users (account_id);"
            "INSERT INTO users VALUES (70, 7, 'Ida', 'ida@old.example', '', 'admin', 'her token', 'then');"
        )
    old.close()
    for _ in range(2):
        store = Store(tmp_path, SandboxClock(None))
        with store.writing() as connection:
            row = connection.execute("SELECT name, api_token, status FROM users").fetchone()
            connection.execute("SELECT folder_id, edit_permissions FROM boards")
            connection.execute("INSERT OR IGNORE INTO accounts VALUES (8, 'two', 'T', 'pro', '', '', '')")
            connection.execute(
                "INSERT OR IGNORE INTO users"
                " (id, account_id, name, email, title, kind, api_token, created_at)"
                " VALUES (71, 8, 'Ida', 'ida@old.example', '', 'guest', 'another', 'now')"
            )
        store.close()
        assert tuple(row) == ("Ida", "her token", "ACTIVE")
