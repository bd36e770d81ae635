"""Who gets in, for how long, and who does not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.db import Database
from app.operators import audit, service
from app.operators.models import Operator
from app.operators.passwords import PasswordUnfitError
from app.operators.service import (
    IDLE_SECONDS,
    LIFE_SECONDS,
    TRIES_BY_ADDRESS,
    TRIES_BY_NAME,
    TRIES_SECONDS,
    OperatorError,
    SignInRefusedError,
    TooManyTriesError,
)
from tests.support.passwords import cheap_hashes

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
START = 1_000_000.0


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    with cheap_hashes():
        yield


@pytest.fixture
def password(database: Database) -> str:
    with database.transaction() as session:
        return service.add(session, "anna", "anna@synerity.example", by="test", now=NOW)


def sign_in(
    database: Database, password: str, name: str = "anna", *, at: float = START, address: str = "10.0.0.1"
) -> str:
    return service.sign_in(database, name, password, address=address, now=NOW, real_time=at)


def name_of(database: Database, key: str, *, at: float = START, touch: bool = True) -> str | None:
    found = service.who(database, key, real_time=at, touch=touch)
    return None if found is None else found.name


def test_name_and_password_let_an_operator_in(database: Database, password: str) -> None:
    assert name_of(database, sign_in(database, password, "Anna ")) == "anna"


def test_the_stored_hash_is_argon2id_and_not_the_password(database: Database, password: str) -> None:
    with database.reading() as session:
        stored = session.get_one(Operator, 1).password_hash
    assert stored.startswith("$argon2id$")
    assert password not in stored


def test_wrong_names_wrong_passwords_and_disabled_operators_are_answered_alike(
    database: Database, password: str
) -> None:
    answers = set()
    for name, tried in (("anna", "wrong"), ("nobody", password)):
        with pytest.raises(SignInRefusedError) as refused:
            sign_in(database, tried, name)
        answers.add(refused.value.message)
    with database.transaction() as session:
        service.disable(session, "anna", by="test", now=NOW)
    with pytest.raises(SignInRefusedError) as refused:
        sign_in(database, password)
    assert {refused.value.message} == answers


def test_too_many_wrong_passwords_of_one_name_shut_it_for_a_while(database: Database, password: str) -> None:
    for number in range(TRIES_BY_NAME):
        with pytest.raises(SignInRefusedError):
            sign_in(database, "wrong", address=f"10.0.0.{number}")
    with pytest.raises(TooManyTriesError):
        sign_in(database, password, address="10.0.1.1")
    assert sign_in(database, password, at=START + TRIES_SECONDS + 1)


def test_too_many_tries_from_one_address_shut_it_out(database: Database, password: str) -> None:
    for number in range(TRIES_BY_ADDRESS):
        with pytest.raises(SignInRefusedError):
            sign_in(database, "wrong", f"name{number}")
    with pytest.raises(TooManyTriesError):
        sign_in(database, password)
    assert sign_in(database, password, address="10.0.0.2")


def test_a_session_that_nobody_uses_ends(database: Database, password: str) -> None:
    key = sign_in(database, password)
    assert name_of(database, key, at=START + IDLE_SECONDS - 1) == "anna"
    assert name_of(database, key, at=START + 2 * IDLE_SECONDS - 5) == "anna"
    assert name_of(database, key, at=START + 3 * IDLE_SECONDS) is None


def test_a_page_that_refreshes_itself_does_not_keep_a_session(database: Database, password: str) -> None:
    key = sign_in(database, password)
    assert name_of(database, key, at=START + IDLE_SECONDS - 1, touch=False) == "anna"
    assert name_of(database, key, at=START + IDLE_SECONDS + 1) is None


def test_a_session_ends_after_its_life_however_busy(database: Database, password: str) -> None:
    key, at = sign_in(database, password), START
    while at < START + LIFE_SECONDS - IDLE_SECONDS:
        at += IDLE_SECONDS / 2
        assert name_of(database, key, at=at) == "anna"
    assert name_of(database, key, at=START + LIFE_SECONDS + 1) is None


@pytest.mark.parametrize("end", ["sign_out", "disable", "password"])
def test_a_session_is_ended_on_our_side(database: Database, password: str, end: str) -> None:
    key = sign_in(database, password)
    with database.transaction() as session:
        if end == "sign_out":
            service.sign_out(session, key, by="anna", now=NOW)
        elif end == "disable":
            service.disable(session, "anna", by="test", now=NOW)
        else:
            service.give_password(session, "anna", by="test", now=NOW)
    assert name_of(database, key) is None


def test_an_operator_chooses_a_password_that_nobody_else_knows(database: Database, password: str) -> None:
    with database.transaction() as session:
        service.choose_password(session, 1, password, "correct horse battery", now=NOW)
    found = service.who(database, sign_in(database, "correct horse battery"), real_time=START)
    assert found is not None
    assert not found.must_choose


@pytest.mark.parametrize("chosen", ["short", "aaaaaaaaaaaaaaaa"])
def test_passwords_that_are_easily_guessed_are_not_taken(
    database: Database, password: str, chosen: str
) -> None:
    with pytest.raises(PasswordUnfitError), database.transaction() as session:
        service.choose_password(session, 1, password, chosen, now=NOW)


@pytest.mark.usefixtures("password")
def test_a_name_is_given_once(database: Database) -> None:
    with pytest.raises(OperatorError, match="already"), database.transaction() as session:
        service.add(session, "anna", "other@synerity.example", by="test", now=NOW)


def test_what_operators_do_is_written_down(database: Database, password: str) -> None:
    sign_in(database, password)
    with database.reading() as session:
        done = [(one.by, one.action) for one in audit.latest(session)]
    assert done == [("anna", "signed in"), ("test", "operator added")]
