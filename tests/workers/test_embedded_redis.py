"""The embedded Redis: found or started, kept over a kill, reachable from deep folders."""

import os
import signal
from pathlib import Path

import pytest
import redis

from workers.embedded_redis import ensure_running, stop


def _process_id(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "valkey"


@pytest.mark.parametrize(
    "name", ["valkey", 'a folder with "quotes"', "deep/" * 50], ids=["plain", "odd", "deep"]
)
def test_a_server_is_started_where_none_answers(tmp_path: Path, name: str) -> None:
    url = ensure_running(tmp_path / name)
    try:
        with redis.Redis.from_url(url) as client:
            assert client.ping()
    finally:
        stop(tmp_path / name)


def test_whoever_comes_second_finds_the_same_server(directory: Path) -> None:
    try:
        first = _process_id(ensure_running(directory))
        assert _process_id(ensure_running(directory)) == first
    finally:
        stop(directory)


def test_work_survives_a_stop_and_a_start(directory: Path) -> None:
    try:
        with redis.Redis.from_url(ensure_running(directory)) as client:
            client.set("doorbell", "rung")
        stop(directory)
        with redis.Redis.from_url(ensure_running(directory)) as client:
            assert client.get("doorbell") == b"rung"
    finally:
        stop(directory)


def test_a_killed_server_is_replaced(directory: Path) -> None:
    try:
        killed = _process_id(ensure_running(directory))
        os.kill(killed, signal.SIGKILL)
        assert _process_id(ensure_running(directory)) != killed
    finally:
        stop(directory)


def test_stopping_what_does_not_run_is_no_error(directory: Path) -> None:
    stop(directory)
