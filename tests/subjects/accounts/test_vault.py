"""A token at rest opens in its own row, with our keys, and nowhere else."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.vault import Kind, TokenUnreadableError, rotate, seal, unseal

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@given(st.text(min_size=1), st.text(alphabet="0123456789", min_size=1, max_size=20))
def test_a_token_comes_back_as_it_was(token: str, account_id: str) -> None:
    assert unseal([NEW], account_id, "access", seal([NEW], account_id, "access", token)) == token


@given(st.text(alphabet="abcdefgh", min_size=8))
def test_a_ciphertext_does_not_show_the_token(token: str) -> None:
    assert token not in seal([NEW], "42", "access", token)


@pytest.mark.parametrize(("account_id", "kind"), [("43", "access"), ("42", "refresh"), ("", "access")])
def test_a_ciphertext_does_not_open_in_another_place(account_id: str, kind: Kind) -> None:
    with pytest.raises(TokenUnreadableError, match="another row"):
        unseal([NEW], account_id, kind, seal([NEW], "42", "access", "t"))


def test_a_ciphertext_does_not_open_with_another_key() -> None:
    with pytest.raises(TokenUnreadableError, match="SECRET_KEYS"):
        unseal([OTHER], "42", "access", seal([NEW], "42", "access", "t"))


@pytest.mark.parametrize("damaged", ["", "nonsense", "gAAAAA", "é"])
def test_what_is_no_ciphertext_does_not_open(damaged: str) -> None:
    with pytest.raises(TokenUnreadableError):
        unseal([NEW], "42", "access", damaged)


def test_an_older_key_still_opens() -> None:
    assert unseal([NEW, OLD], "42", "access", seal([OLD], "42", "access", "t")) == "t"


def test_after_rotation_the_older_key_is_not_needed() -> None:
    rotated = rotate([NEW, OLD], seal([OLD], "42", "access", "t"))
    assert unseal([NEW], "42", "access", rotated) == "t"


def test_rotation_without_the_older_key_is_refused() -> None:
    with pytest.raises(TokenUnreadableError):
        rotate([NEW], seal([OLD], "42", "access", "t"))
