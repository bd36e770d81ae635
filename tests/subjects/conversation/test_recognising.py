"""A post whose answer was lost is found again by its words, its thread and its writer, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.accounts import service as accounts
from app.accounts.service import Account
from app.conversation import service as conversation
from app.db import Database
from app.outbox.service import SettledChange

ACCOUNT, OURS, THEIRS = "7", "41", "42"


def posted(**content: Any) -> SettledChange:
    return SettledChange(1, "create_update", ACCOUNT, "1", "2", None, {"match": "Yes", **content})


def update(update_id: int, *, by: str = OURS, **more: Any) -> dict[str, Any]:
    return {"id": update_id, "body": "<p>Yes</p>", "creator_id": by, **more}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(
        ACCOUNT,
        "acme",
        "Acme",
        "customer",
        user_id=OURS,
        scopes=(),
        expires_at=None,
        state="active",
        pause_reason=None,
        installed_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    monkeypatch.setattr(accounts, "find_account", lambda *_: account)


@pytest.mark.parametrize(
    ("change", "updates", "found"),
    [
        (posted(), [update(5)], "5"),
        (posted(), [update(5, by=THEIRS), update(6)], "6"),
        (posted(), [update(5, parent_id="3")], None),
        (posted(parent_id="3"), [update(4), update(5, parent_id="9"), update(6, parent_id=3)], "6"),
        (posted(parent_id="3"), [update(4, by=THEIRS, parent_id="3")], None),
        (posted(), [{**update(5), "body": "<p>Yes!</p>"}], None),
    ],
)
def test_only_our_own_post_of_that_thread_is_it(
    database: Database, change: SettledChange, updates: list[dict[str, Any]], found: str | None
) -> None:
    with database.transaction() as session:
        assert conversation.recognise(session, change, updates) == found
