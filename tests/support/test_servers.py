"""The ground that other tests stand on, tried by itself."""

import socket

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from app import schema
from app.db import Database
from tests.support import servers
from tests.support.network import NetworkIsClosedError


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id INTEGER)"))
    engine.dispose()


def test_each_test_gets_the_newest_schema(database: Database) -> None:
    assert schema.is_current(database)


def test_a_database_that_was_used_is_lent_again_as_new(postgresql: str) -> None:
    insert = (
        "INSERT INTO operators (name, email, password_hash, must_choose, state, added_at)"
        " VALUES ('ada', 'ada@desk.example', '', false, 'active', now()) RETURNING id"
    )
    lent = []
    for _ in range(2):
        with servers.postgresql_with_schema(postgresql) as url:
            address = url.replace("+psycopg", "")
            with psycopg.connect(address) as connection:
                assert connection.execute(insert).fetchone() == (1,)
            left_open = psycopg.connect(address)
            left_open.execute("LOCK TABLE operators")
        left_open.close()
        lent.append(url)
    assert lent[0] == lent[1]


def test_each_test_gets_an_empty_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("only", "here")


def test_postgresql_is_a_real_one(postgresql: str) -> None:
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        assert connection.info.server_version >= 180_000


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(NetworkIsClosedError), socket.socket() as client:
        client.connect(("192.0.2.1", 80))


def test_no_test_asks_for_the_address_of_another_machine() -> None:
    with pytest.raises(NetworkIsClosedError):
        socket.getaddrinfo("example.com", 80)
