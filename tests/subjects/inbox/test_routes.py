"""Only what monday.com signed is taken in; whatever it signed is kept."""

import json
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import SystemClock, lease_time
from app.db import Database
from app.inbox import routes
from app.inbox.intake import Intake
from app.inbox.models import InboxEvent
from app.inbox.routes import WebhookSettings
from app.web import problems

SECRET = "the-signing-secret-of-the-app-of-this-test-which-is-long-enough-for-any-algorithm"
BASE_URL = "https://support.example"
KEY = "key-of-the-board"
PATH = f"/monday/webhooks/{KEY}"
ACCOUNT, BOARD = "100", "200"


@pytest.fixture
def client(database: Database) -> FlaskClient:
    app = Flask("test")
    app.config["MAX_CONTENT_LENGTH"] = routes.LARGEST_BODY
    problems.register(app)
    boards = {KEY: (ACCOUNT, BOARD)}
    app.register_blueprint(
        routes.create_blueprint(
            WebhookSettings(SECRET, BASE_URL), Intake(database, lambda _: None), SystemClock(), boards.get
        )
    )
    return app.test_client()


def token(*, secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    now = int(lease_time())
    claims = {"accountId": 100, "userId": 7, "aud": BASE_URL + PATH, "iat": now, "exp": now + 300, **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm=algorithm)


def delivery(**changes: Any) -> dict[str, Any]:
    event = {
        "type": "create_pulse",
        "triggerTime": "2026-11-23T08:00:00.000Z",
        "subscriptionId": 5,
        "isRetry": False,
        "userId": 7,
        "boardId": 200,
        "pulseId": 300,
        "triggerUuid": "a" * 32,
        **changes,
    }
    return {"event": event}


def post(client: FlaskClient, body: Any, *, authorization: str | None, path: str = PATH) -> int:
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.post(path, json=body, headers=headers).status_code


def stored(database: Database) -> list[tuple[str, str | None]]:
    with database.reading() as session:
        rows = session.execute(select(InboxEvent.state, InboxEvent.reason).order_by(InboxEvent.id))
        return [(row.state, row.reason) for row in rows]


def test_a_signed_delivery_is_stored_before_it_is_acknowledged(
    client: FlaskClient, database: Database
) -> None:
    assert post(client, delivery(), authorization=token()) == 200
    assert stored(database) == [("new", None)]


def test_a_retried_delivery_is_one_event(client: FlaskClient, database: Database) -> None:
    post(client, delivery(), authorization=token())
    assert post(client, delivery(isRetry=True), authorization=token()) == 200
    assert len(stored(database)) == 1


def test_the_challenge_is_answered_without_authentication(client: FlaskClient) -> None:
    answer = client.post(PATH, json={"challenge": "abc123"})
    assert (answer.status_code, answer.get_json()) == (200, {"challenge": "abc123"})


def test_a_challenge_can_not_be_used_to_echo_a_novel(client: FlaskClient) -> None:
    assert client.post(PATH, json={"challenge": "a" * 10_000}).status_code == 400


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("not-a-token", id="no token"),
        pytest.param(token(secret="the-client-secret-of-the-app-of-this-test"), id="another secret"),
        pytest.param(token(exp=1_000_000, iat=999_000), id="expired"),
        pytest.param(token(exp=None), id="no end"),
        pytest.param(token(aud=None), id="no audience"),
        pytest.param(token(aud="https://elsewhere.example/monday/webhooks/x"), id="another audience"),
        pytest.param(token(aud=f"{BASE_URL}{PATH}/"), id="almost our audience"),
        pytest.param(token(accountId=101), id="another account"),
        pytest.param(token(accountId=None), id="no account"),
        pytest.param(jwt.encode({"accountId": 100}, "", algorithm="none"), id="alg none"),
        pytest.param(token(algorithm="HS512"), id="another algorithm"),
    ],
)
def test_what_monday_did_not_sign_leaves_no_trace(
    client: FlaskClient, database: Database, authorization: str | None
) -> None:
    assert post(client, delivery(), authorization=authorization) == 401
    assert stored(database) == []


def test_malformed_json_is_refused_and_kept(client: FlaskClient, database: Database) -> None:
    answer = client.post(PATH, data=b'{"event": ', headers={"Authorization": token()})
    assert answer.status_code == 400
    assert [state for state, _ in stored(database)] == ["parked"]


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"no": "event"},
        {"event": 5},
        delivery(boardId=None),
        delivery(boardId="x'; --"),
        delivery(pulseId=[]),
    ],
)
def test_what_is_no_event_is_refused_and_kept(client: FlaskClient, database: Database, body: Any) -> None:
    assert post(client, body, authorization=token()) == 400
    assert [state for state, _ in stored(database)] == ["parked"]


def test_an_unknown_event_is_acknowledged_and_kept(client: FlaskClient, database: Database) -> None:
    assert post(client, delivery(type="item_teleported"), authorization=token()) == 200
    [(state, reason)] = stored(database)
    assert state == "parked"
    assert "item_teleported" in (reason or "")


def test_an_event_for_an_address_nobody_has_is_kept(client: FlaskClient, database: Database) -> None:
    path = "/monday/webhooks/unknown"
    authorization = token(aud=BASE_URL + path)
    assert post(client, delivery(), authorization=authorization, path=path) == 200
    [(state, reason)] = stored(database)
    assert state == "parked"
    assert "synerity provision" in (reason or "")


def test_an_event_of_another_board_is_kept(client: FlaskClient, database: Database) -> None:
    assert post(client, delivery(boardId=999), authorization=token()) == 200
    assert [state for state, _ in stored(database)] == ["parked"]


def test_a_subitems_event_comes_by_its_parents_board(client: FlaskClient, database: Database) -> None:
    body = delivery(boardId=999, parentItemId="300", parentItemBoardId="200", itemId=301, pulseId=301)
    assert post(client, body, authorization=token()) == 200
    assert stored(database) == [("new", None)]


def test_an_oversized_body_is_refused(client: FlaskClient, database: Database) -> None:
    body = json.dumps(delivery(padding="x" * routes.LARGEST_BODY))
    answer = client.post(PATH, data=body, headers={"Authorization": token()})
    assert answer.status_code == 413
    assert stored(database) == []


@pytest.mark.parametrize(
    "hostile",
    ["\x00", "\ud800", "\u202e", "x" * 100_000, "'; DROP TABLE inbox; --"],
    ids=["nul", "lone surrogate", "direction override", "long", "sql"],
)
def test_hostile_text_is_kept_as_it_came(client: FlaskClient, database: Database, hostile: str) -> None:
    assert post(client, delivery(pulseName=hostile), authorization=token()) == 200
    with database.reading() as session:
        content = session.execute(select(InboxEvent.content)).scalar_one()
    assert json.loads(content)["event"]["pulseName"] == hostile


def test_deep_nesting_does_not_bring_us_down(client: FlaskClient, database: Database) -> None:
    answer = client.post(PATH, data="[" * 100_000, headers={"Authorization": token()})
    assert answer.status_code == 400
    assert [state for state, _ in stored(database)] == ["parked"]


def test_a_database_that_is_away_is_no_acknowledgement(database: Database, tmp_path: Any) -> None:
    app = Flask("test")
    absent = Database(f"sqlite:///{tmp_path}/empty.db")
    app.register_blueprint(
        routes.create_blueprint(
            WebhookSettings(SECRET, BASE_URL),
            Intake(absent, lambda _: None),
            SystemClock(),
            {KEY: (ACCOUNT, BOARD)}.get,
        )
    )
    assert post(app.test_client(), delivery(), authorization=token()) == 503
    absent.dispose()
    assert stored(database) == []
